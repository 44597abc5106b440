"""Bodies and answers, one module for each service; generated from the services' OpenAPI documents (`make client`)."""
