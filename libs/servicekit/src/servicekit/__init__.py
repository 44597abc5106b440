"""The chassis of a Cartwheel service: HTTP, database, messaging, jobs, telemetry."""
