"""`python -m <service>`: every role and every operation of a service on the command line."""
