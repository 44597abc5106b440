"""Roll-outs against stand-ins for kubectl and Prometheus."""
