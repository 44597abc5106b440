"""The dashboard of the gateway's nginx, of PostgreSQL and of Redis; RabbitMQ is with the queues."""

from observability.dashboards.boards import Board, Panel, Row, Series, panel

CONNECTIONS_USED = (
    "sum by (instance) (pg_stat_database_numbackends) / max by (instance) (pg_settings_max_connections > 0)"
)
_DATABASES = '{datname!~"|template.+"}'
"""Neither what is shared by all databases nor those that new ones are copied from."""


def servers_board() -> Board:
    """What an on-call engineer looks at when every service is slow at once."""
    return Board(
        "cartwheel-servers",
        "Cartwheel: servers",
        [Row("Gateway", _gateway()), Row("PostgreSQL", _postgres()), Row("Redis", _redis())],
    )


def _gateway() -> list[Panel]:
    return [
        panel("Requests", "reqps", "sum by (instance) (rate(nginx_http_requests_total[5m]))", "{{instance}}"),
        Panel(
            "Connections",
            "short",
            [
                Series("sum(nginx_connections_active)", "open"),
                Series("sum(nginx_connections_waiting)", "idle"),
            ],
        ),
        panel(
            "Connections dropped",
            "short",
            "sum(increase(nginx_connections_accepted[5m])) - sum(increase(nginx_connections_handled[5m]))",
            "dropped",
            "accepted and closed at once, because worker_connections were used up",
        ),
    ]


def _postgres() -> list[Panel]:
    hit, read = (f"rate(pg_stat_database_blks_{name}{_DATABASES}[5m])" for name in ("hit", "read"))
    return [
        panel("Connections, of those it allows", "percentunit", CONNECTIONS_USED, "{{instance}}"),
        panel(
            "Connections by database",
            "short",
            f"max by (datname) (pg_stat_database_numbackends{_DATABASES})",
            "{{datname}}",
        ),
        Panel(
            "Transactions a second",
            "short",
            [
                Series("sum(rate(pg_stat_database_xact_commit[5m]))", "committed"),
                Series("sum(rate(pg_stat_database_xact_rollback[5m]))", "rolled back"),
            ],
        ),
        panel(
            "Pages found in memory",
            "percentunit",
            f"sum by (datname) ({hit}) / (sum by (datname) ({hit} + {read}) > 0)",
            "{{datname}}",
        ),
        panel(
            "Longest open transaction",
            "s",
            f"max by (datname) (pg_stat_activity_max_tx_duration{_DATABASES})",
            "{{datname}}",
        ),
        panel(
            "Deadlocks an hour",
            "short",
            f"sum by (datname) (increase(pg_stat_database_deadlocks{_DATABASES}[1h]))",
            "{{datname}}",
        ),
        panel("Size", "bytes", f"max by (datname) (pg_database_size_bytes{_DATABASES})", "{{datname}}"),
    ]


def _redis() -> list[Panel]:
    return [
        panel(
            "Memory",
            "percentunit",
            "max by (instance) (redis_memory_used_bytes / (redis_memory_max_bytes > 0))",
            "{{instance}}",
            "of its limit",
        ),
        panel("Connections", "short", "sum(redis_connected_clients)", "connections"),
    ]
