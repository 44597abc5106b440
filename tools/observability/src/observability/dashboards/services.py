"""One dashboard for each service: its HTTP, its events in and out, its database, its jobs, and what is its own."""

from collections.abc import Mapping, Sequence

from cartwheel_local.services import SERVICES

from observability.dashboards.boards import Board, Panel, Row, Series, p95, panel

_PUBLISHES_NOTHING = frozenset({"analytics"})

_OWN: Mapping[str, Sequence[Panel]] = {
    "cart": [
        panel("Rule sets that wait for a newer engine", "short", "sum(increase(cart_rule_sets_waiting_total[1h]))"),
        Panel(
            "Open streams",
            "short",
            [
                Series("sum(cart_streams_open)", "open"),
                Series(
                    "count(cart_streams_open > 0 and cart_streams_listening == 0) or vector(0)",
                    "processes without hints",
                ),
            ],
        ),
        panel(
            "Streams that ended, by reason",
            "short",
            "sum by (reason) (rate(cart_streams_ended_total[5m])) * 60",
            "{{reason}}",
            "a minute",
        ),
        panel("P95 from a change to the open tab", "s", p95("cart_stream_delay_seconds", ""), "P95"),
    ],
    "inventory": [
        panel("Holds that are active", "short", "max(inventory_holds_active)"),
        panel("Holds refused a minute", "short", "sum(rate(inventory_hold_failures_total[5m])) * 60"),
        panel(
            "Pieces missing at conversion", "short", "sum(increase(inventory_stock_missing_units_total[1h]))", "", "1 h"
        ),
    ],
    "recovery": [
        panel(
            "Mails a minute, by outcome",
            "short",
            "sum by (outcome) (rate(cart_recovery_emails_sent_total[5m])) * 60",
            "{{outcome}}",
        ),
        Panel(
            "Clicks and restored carts an hour",
            "short",
            [
                Series("sum(increase(cart_recovery_clicks_total[1h]))", "clicks"),
                Series("sum(increase(cart_recovery_restores_total[1h]))", "restored"),
            ],
        ),
        Panel(
            "Mails without an outcome, in an hour",
            "short",
            [
                Series("sum(increase(cart_recovery_emails_unknown_total[1h]))", "worker died meanwhile"),
                Series("sum(increase(cart_recovery_emails_unwritable_total[1h]))", "could not be written"),
            ],
        ),
    ],
}


def service_boards() -> list[Board]:
    """The dashboards, by service."""
    return [_board(service) for service in SERVICES]


def _board(service: str) -> Board:
    rows = [
        Row("HTTP", _http(service)),
        Row("Events received", _received(service)),
        *([] if service in _PUBLISHES_NOTHING else [Row("Events published", _published(service))]),
        Row("Database", _database(service)),
        Row("Jobs", _jobs(service)),
        *([Row("Its own", _OWN[service])] if service in _OWN else []),
    ]
    return Board(f"cartwheel-{service}", f"Cartwheel: {service}", rows)


def _http(service: str) -> list[Panel]:
    labels = f'{{service="{service}"}}'
    return [
        panel("Requests by route", "reqps", f"route:http_requests:rate5m{labels}", "{{method}} {{route}}"),
        panel("P95 by route", "s", f"route:http_duration_seconds:p95_5m{labels}", "{{method}} {{route}}"),
        Panel(
            "P95 and P99 of all",
            "s",
            [
                Series(f"service:http_duration_seconds:p95_5m{labels}", "P95"),
                Series(f"service:http_duration_seconds:p99_5m{labels}", "P99"),
            ],
        ),
        panel("Answers of 5xx", "percentunit", f"service:http_errors:ratio_rate5m{labels}", "5xx", "of all answers"),
    ]


def _received(service: str) -> list[Panel]:
    labels = f'{{service="{service}"}}'
    return [
        panel(
            "Events that took effect",
            "short",
            f"sum by (handler) (rate(events_handled_total{labels}[5m]))",
            "{{handler}}",
            "a second",
        ),
        panel("P95 of handling", "s", p95("events_handling_seconds", labels, "queue"), "{{queue}}"),
        panel("Messages ready", "short", f"max by (queue) (queue_messages{labels})", "{{queue}}"),
        panel("Processes that answer", "short", f"sum by (role) (up{labels})", "{{role}}"),
    ]


def _published(service: str) -> list[Panel]:
    labels = f'{{service="{service}"}}'
    return [
        panel(
            "Events published",
            "short",
            f"sum by (type) (rate(outbox_published_total{labels}[5m]))",
            "{{type}}",
            "a second",
        ),
        panel("Oldest event that waits", "s", f"max(outbox_oldest_seconds{labels})", "age"),
        panel("P95 from making to confirm", "s", p95("outbox_publish_delay_seconds", labels), "P95"),
        panel(
            "Attempts not confirmed", "short", f"sum(rate(outbox_publish_failures_total{labels}[5m]))", "", "a second"
        ),
    ]


def _database(service: str) -> list[Panel]:
    labels = f'{{service="{service}"}}'
    return [
        panel("P95 of transactions", "s", p95("db_transaction_seconds", labels, "kind"), "{{kind}}"),
        Panel(
            "Connections",
            "short",
            [
                Series(f"max by (role) (db_pool_connections_in_use{labels})", "in use, {{role}}"),
                Series(f"max by (role) (db_pool_connections_max{labels})", "most, {{role}}"),
            ],
            "the process with the most",
        ),
        panel("Transactions without a connection", "short", f"sum(increase(db_pool_timeouts_total{labels}[5m]))"),
    ]


def _jobs(service: str) -> list[Panel]:
    labels = f'{{service="{service}"}}'
    return [
        panel(
            "Runs an hour",
            "short",
            f"sum by (exported_job, outcome) (increase(job_runs_total{labels}[1h]))",
            "{{exported_job}}, {{outcome}}",
        ),
        panel(
            "Mean of a run",
            "s",
            f"sum by (exported_job) (job_duration_seconds_sum{labels})"
            f" / sum by (exported_job) (job_duration_seconds_count{labels})",
            "{{exported_job}}",
            "since the worker's start: most run once a day",
        ),
        panel(
            "Things done an hour",
            "short",
            f"sum by (exported_job) (increase(job_items_total{labels}[1h]))",
            "{{exported_job}}",
        ),
    ]
