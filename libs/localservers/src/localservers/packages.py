"""Finding the servers' programs where Debian, Homebrew and others put them."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from localservers.errors import ProgramMissing

_POSTGRESQL = ("postgres", "initdb", "pg_basebackup", "pg_rewind")
_POSTGRESQL_CLIENT = ("pg_dump", "pg_restore")
_PLACES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(
        _POSTGRESQL + _POSTGRESQL_CLIENT,
        ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql@*/bin", "/usr/pgsql-*/bin"),
    ),
    "redis-server": ("/usr/bin", "/opt/homebrew/bin"),
    # The wrapper that Debian puts on the PATH changes user and insists on the system's directories.
    "rabbitmq-server": ("/usr/lib/rabbitmq/bin", "/opt/homebrew/opt/rabbitmq/sbin"),
    "rabbitmqctl": ("/usr/lib/rabbitmq/bin", "/opt/homebrew/opt/rabbitmq/sbin"),
    "rabbitmq-plugins": ("/usr/lib/rabbitmq/bin", "/opt/homebrew/opt/rabbitmq/sbin"),
    "epmd": ("/usr/bin", "/opt/homebrew/bin"),
    "nginx": ("/usr/sbin", "/opt/homebrew/bin"),
    "pgbouncer": ("/usr/sbin", "/opt/homebrew/bin"),
    "prometheus": ("/usr/bin", "/opt/homebrew/bin"),
    "prometheus-alertmanager": ("/usr/bin",),
    "prometheus-nginx-exporter": ("/usr/bin",),
    "prometheus-postgres-exporter": ("/usr/bin",),
    "prometheus-redis-exporter": ("/usr/bin",),
}

_PACKAGES = {
    **dict.fromkeys(_POSTGRESQL, "postgresql (15 or newer)"),
    **dict.fromkeys(_POSTGRESQL_CLIENT, "postgresql-client (15 or newer)"),
    "redis-server": "redis-server (7 or newer)",
    "rabbitmq-server": "rabbitmq-server (3.10 or newer)",
    "rabbitmqctl": "rabbitmq-server (3.10 or newer)",
    "rabbitmq-plugins": "rabbitmq-server (3.10 or newer)",
    "epmd": "erlang-base",
    "nginx": "nginx-light",
    "pgbouncer": "pgbouncer (1.18 or newer)",
    "prometheus": "prometheus (2.42 or newer)",
    "prometheus-alertmanager": "prometheus-alertmanager (0.25 or newer)",
    "prometheus-nginx-exporter": "prometheus-nginx-exporter (0.11 or newer)",
    "prometheus-postgres-exporter": "prometheus-postgres-exporter (0.11 or newer)",
    "prometheus-redis-exporter": "prometheus-redis-exporter (1.45 or newer)",
}


def find_program(name: str) -> Path:
    """Return the program's path, the newest where several versions are installed.

    Raises ProgramMissing naming the package to install.
    """
    for pattern in _PLACES[name]:
        found = [place / name for place in _newest_first(_glob(pattern)) if (place / name).is_file()]
        if found:
            return found[0]
    on_path = shutil.which(name)
    if on_path is None:
        raise ProgramMissing(f"{name} is not installed: install {_PACKAGES[name]}, or run `make` as root")
    return Path(on_path)


def _glob(pattern: str) -> list[Path]:
    return list(Path("/").glob(pattern.removeprefix("/")))


def _newest_first(places: Iterable[Path]) -> list[Path]:
    def version(place: Path) -> list[int]:
        return [int(digits) for digits in "".join(c if c.isdigit() else " " for c in str(place)).split()]

    return sorted(places, key=version, reverse=True)
