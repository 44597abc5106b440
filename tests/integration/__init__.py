"""Several services in one process, on real servers: what one does is judged by the databases of all."""
