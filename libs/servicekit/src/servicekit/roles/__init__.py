"""The two roles of a service, api and worker, and the description that both are made from."""
