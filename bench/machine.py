"""What was measured, on what: without it no figure means anything."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import psutil
from cart.settings import CartSettings
from localservers.home import REPOSITORY

from bench.stack import Stack

_PACKAGES = ("fastapi", "starlette", "uvicorn", "uvloop", "httptools", "pydantic", "asyncpg", "redis", "orjson")
_POSTGRES = (
    "server_version",
    "shared_buffers",
    "synchronous_commit",
    "fsync",
    "full_page_writes",
    "wal_compression",
    "max_connections",
    "jit",
)
_SETTINGS = ("app_env", "db_pool_size", "access_log", "log_level", "otel_exporter_otlp_endpoint", "trusted_proxies")


async def configuration(stack: Stack) -> dict[str, str]:
    """Machine, versions, settings of the api and of PostgreSQL, each as a short text by its name."""
    async with stack.looking_into("cart") as database:
        postgres = {name: str(await database.fetchval(f"SHOW {name}")) for name in _POSTGRES}
    return {
        "commit": _commit(),
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "packages": ", ".join(f"{name} {version(name)}" for name in _PACKAGES),
        "load generator": "wrk with 1 thread (closed loop), an asyncio client (open loop), on the same cores",
        "api": "1 process, everything on: limiter, auth, row-level security, idempotency, access log, metrics",
        "api settings": ", ".join(f"{name}={value}" for name, value in _settings(stack).items()),
        "postgresql": ", ".join(f"{name}={value}" for name, value in postgres.items()),
    }


def load_average() -> str:
    """How busy the machine was over the last 1, 5 and 15 minutes."""
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


def _settings(stack: Stack) -> dict[str, str]:
    """As the running process has them: its environment, else the default."""
    environment = psutil.Process(stack.pids()["cart-api"]).environ()
    return {name: environment.get(name.upper(), str(CartSettings.model_fields[name].default)) for name in _SETTINGS}


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except FileNotFoundError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _commit() -> str:
    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    return described.stdout.strip() or "unknown"
