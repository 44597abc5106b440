"""Containers beside a server that turn what it says of itself into metrics."""

from typing import Any

from manifests.kubernetes import pod
from manifests.kubernetes.pod import Resources

NAME, PORT_NAME = "exporter", "metrics"
NGINX_PORT, REDIS_PORT = 9113, 9121
_RESOURCES = Resources("10m", "32Mi", "64Mi")


def of_nginx() -> dict[str, Any]:
    """Asks the gateway beside it at the address that no other pod reaches."""
    status = "--nginx.scrape-uri=http://127.0.0.1:8081/status"
    return _exporter("nginx/nginx-prometheus-exporter:1.4.2", NGINX_PORT, status)


def of_redis() -> dict[str, Any]:
    """Asks the Redis beside it."""
    return _exporter("oliver006/redis_exporter:v1.67.0", REDIS_PORT, "--redis.addr=redis://127.0.0.1:6379")


def _exporter(image: str, port: int, *args: str) -> dict[str, Any]:
    found = pod.container(NAME, image, _RESOURCES, args=args, tag=None)
    found["ports"] = [{"name": PORT_NAME, "containerPort": port}]
    probe = {"httpGet": {"path": "/", "port": PORT_NAME}, "timeoutSeconds": 5}
    return found | dict.fromkeys(("startupProbe", "readinessProbe", "livenessProbe"), probe)
