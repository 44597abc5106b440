"""The dashboards over all services: the shop's business, and the queues."""

from observability.dashboards.boards import Board, Panel, Row, Series, p95, panel

_ADD = 'method="POST", route=~"/api/(public/cart/{cart_id}|cart)/items"'
_UPSELLS = 'outbox_published_total{type=~"upsell[.].+"}'


def business_board() -> Board:
    """What a merchant's operations people look at first."""
    return Board(
        "cartwheel-business",
        "Cartwheel: business",
        [
            Row("Carts", _carts()),
            Row("Shoppers", _shoppers()),
            Row("Stock and recovery", _stock_and_recovery()),
        ],
    )


def queues_board() -> Board:
    """What an on-call engineer looks at when events are late."""
    return Board(
        "cartwheel-queues",
        "Cartwheel: queues",
        [Row("Waiting", _waiting()), Row("Handling", _handling()), Row("RabbitMQ", _rabbitmq())],
    )


def _carts() -> list[Panel]:
    return [
        Panel(
            "Carts an hour",
            "short",
            [
                Series("cart_created:increase1h", "created"),
                Series("cart_converted:increase1h", "converted"),
                Series("cart_abandoned:increase1h", "abandoned"),
                Series("cart_merged:increase1h", "merged"),
            ],
        ),
        panel("Items added an hour", "short", "cart_items_added:increase1h", "items"),
        Panel(
            "Shares of a day's carts",
            "percentunit",
            [Series("cart_abandonment:ratio1d", "abandoned"), Series("cart_conversion:ratio1d", "converted")],
        ),
        panel("Upsells an hour", "short", f"sum by (type) (increase({_UPSELLS}[1h]))", "{{type}}"),
    ]


def _shoppers() -> list[Panel]:
    return [
        panel("P95 of add to cart", "s", p95("http_server_request_duration_seconds", f"{{{_ADD}}}"), "add"),
        panel(
            "Add to cart succeeds",
            "percentunit",
            f'sum(rate(http_server_request_duration_seconds_count{{{_ADD}, status=~"2.."}}[15m]))'
            f" / (sum(rate(http_server_request_duration_seconds_count{{{_ADD}}}[15m])) > 0)",
            "2xx",
        ),
        panel("Answers of 5xx, by service", "percentunit", "service:http_errors:ratio_rate5m", "{{service}}"),
    ]


def _stock_and_recovery() -> list[Panel]:
    return [
        panel("Carts that are being filled", "short", "max by (currency) (carts_active)", "{{currency}}"),
        panel(
            "Their average value, in minor units",
            "short",
            "max by (currency) (carts_active_value_minor_units) / max by (currency) (carts_active)",
            "{{currency}}",
        ),
        panel("Holds that are active", "short", "max(inventory_holds_active)", "holds"),
        panel("Holds refused a minute", "short", "sum(rate(inventory_hold_failures_total[5m])) * 60", "refused"),
        Panel(
            "Recovery an hour",
            "short",
            [
                Series("sum(increase(cart_recovery_emails_sent_total[1h]))", "mails"),
                Series("sum(increase(cart_recovery_clicks_total[1h]))", "clicks"),
                Series("sum(increase(cart_recovery_restores_total[1h]))", "restored"),
                Series("cart_recovery_conversions:increase1h", "recovered"),
            ],
        ),
    ]


def _waiting() -> list[Panel]:
    return [
        panel(
            "Oldest event that waits to be published", "s", "max by (service) (outbox_oldest_seconds)", "{{service}}"
        ),
        panel(
            "Messages ready",
            "short",
            'max by (queue) (queue_messages{queue!~".+[.]dlq|evt.unrouted"})',
            "{{queue}}",
        ),
        panel("Dead letters", "short", 'max by (queue) (queue_messages{queue=~".+[.]dlq"})', "{{queue}}"),
        panel("Events that reached no queue", "short", 'max(queue_messages{queue="evt.unrouted"})', "evt.unrouted"),
        panel("Queues at rest", "short", "max by (queue) (queue_paused)", "{{queue}}"),
    ]


def _handling() -> list[Panel]:
    return [
        panel(
            "Events that took effect, a second",
            "short",
            "sum by (service) (rate(events_handled_total[5m]))",
            "{{service}}",
        ),
        panel("P95 of handling", "s", p95("events_handling_seconds", "", "queue"), "{{queue}}"),
        panel("Duplicates an hour", "short", "sum by (handler) (increase(events_duplicate_total[1h]))", "{{handler}}"),
        panel("Tries again an hour", "short", "sum by (queue) (increase(events_retried_total[1h]))", "{{queue}}"),
        panel("Given up an hour", "short", "sum by (queue) (increase(events_dead_lettered_total[1h]))", "{{queue}}"),
        panel("P95 from making to confirm", "s", p95("outbox_publish_delay_seconds", "", "service"), "{{service}}"),
    ]


def _rabbitmq() -> list[Panel]:
    return [
        Panel(
            "Messages in RabbitMQ",
            "short",
            [
                Series("sum(rabbitmq_queue_messages_ready)", "ready"),
                Series("sum(rabbitmq_queue_messages_unacked)", "not acknowledged"),
            ],
        ),
        panel("Connections to RabbitMQ", "short", "sum(rabbitmq_connections)", "connections"),
        panel("RabbitMQ's memory", "bytes", "max(rabbitmq_process_resident_memory_bytes)", "resident"),
        panel("RabbitMQ's free disk", "bytes", "min(rabbitmq_disk_space_available_bytes)", "free"),
    ]
