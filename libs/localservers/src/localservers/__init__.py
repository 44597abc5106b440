"""PostgreSQL, Redis and RabbitMQ as ordinary processes of one directory, and what starting them takes."""
