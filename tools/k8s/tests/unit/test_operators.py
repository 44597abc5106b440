"""Servers that operators run are as the services need them, and are reached by who uses them."""

import pytest
from k8s.catalogue import Catalogue
from k8s.judging import Rule, faults_of
from k8s.objects import Object
from k8s.rules import admitted, monitors, operated, pushed

from .overlays import composed
from .spoiled import Spoil, Spoiled

OPERATED: list[tuple[Spoil, str]] = [
    (lambda o: o.without("Cluster", "upsell-postgresql"), "upsell: 0 Clusters have the database cartwheel_upsell"),
    (lambda o: o("Cluster", "cart-postgresql")["spec"].update(instances=2), "has 2 instances, not 3"),
    (
        lambda o: o("Cluster", "cart-postgresql")["spec"]["postgresql"]["synchronous"].update(
            dataDurability="preferred"
        ),
        "Cluster cart-postgresql: answers a commit before a second instance has it",
    ),
    (
        lambda o: o("Cluster", "cart-postgresql")["spec"]["postgresql"]["parameters"].pop("jit"),
        "Cluster cart-postgresql: does not set jit, which its pooler drops",
    ),
    (lambda o: o.without("ObjectStore", "backups"), "Cluster cart-postgresql: archives its WAL into no ObjectStore"),
    (
        lambda o: o("ScheduledBackup", "cart-postgresql")["spec"]["pluginConfiguration"].update(name="other"),
        "Cluster cart-postgresql: no ScheduledBackup is for it and its plugin",
    ),
    (lambda o: o.without("Pooler", "cart-pooler"), "cart: 0 Poolers lead to cart-postgresql"),
    (
        lambda o: o("Pooler", "cart-pooler")["spec"]["pgbouncer"].update(poolMode="session"),
        "Pooler cart-pooler: does not lead transactions to the primary",
    ),
    (
        lambda o: o("Pooler", "cart-pooler")["spec"]["pgbouncer"]["parameters"].update(max_prepared_statements="100"),
        "follows no more prepared statements than a connection keeps (100)",
    ),
    (
        lambda o: o("Pooler", "cart-pooler")["spec"]["pgbouncer"]["parameters"].pop("ignore_startup_parameters"),
        "Pooler cart-pooler: refuses who connects with idle_in_transaction_session_timeout, jit, tcp_keepalives_count",
    ),
    (
        lambda o: o.without("PodDisruptionBudget", "cart-pooler"),
        "Pooler cart-pooler: no PodDisruptionBudget lets its pods go one by one",
    ),
    (
        lambda o: o("PodDisruptionBudget", "rabbitmq")["spec"].update(maxUnavailable=2),
        "RabbitmqCluster rabbitmq: no PodDisruptionBudget lets its nodes go one by one",
    ),
    (lambda o: o("RabbitmqCluster", "rabbitmq")["spec"].update(replicas=4), "has 4 nodes, of which no majority stays"),
    (
        lambda o: o("RabbitmqCluster", "rabbitmq")["spec"].pop("rabbitmq"),
        "the lesser part goes on when nodes lose each other",
    ),
    (lambda o: o.without("RabbitmqCluster", "rabbitmq"), "there are 0 RabbitmqClusters, not 1"),
    (
        lambda o: o.container("redis", "StatefulSet").update(args=["redis-server"]),
        "StatefulSet redis: may evict what it counts",
    ),
    (lambda o: o.without("StatefulSet", "redis"), "0 workloads are Redis, not 1"),
]

PUSHED: list[tuple[Spoil, str]] = [
    (lambda o: o.without("PushSecret", "redis"), "nobody writes REDIS_URL of cartwheel/shared for "),
    (
        lambda o: o("PushSecret", "cart-postgresql")["spec"]["data"][0]["match"]["remoteRef"].update(
            remoteKey="cartwheel/carts"
        ),
        "PushSecret cart-postgresql: writes DATABASE_URL of cartwheel/carts, which nobody reads",
    ),
    (
        lambda o: o("PushSecret", "cart-postgresql")["spec"]["template"]["data"].pop("DATABASE_DIRECT_URL"),
        "PushSecret cart-postgresql: has no value for DATABASE_DIRECT_URL",
    ),
    (
        lambda o: o("PushSecret", "cart-postgresql")["spec"]["template"]["data"].update(
            DATABASE_URL="postgresql://u:p@cart-postgresql-rw.cartwheel-servers:5432/cartwheel_cart"
        ),
        "PushSecret cart-postgresql: DATABASE_URL leads past the pooler",
    ),
    (
        lambda o: o("PushSecret", "cart-postgresql")["spec"]["template"]["data"].update(
            DATABASE_DIRECT_URL="postgresql://u:p@cart-pooler.cartwheel-servers:5432/cartwheel_cart"
        ),
        "PushSecret cart-postgresql: DATABASE_DIRECT_URL leads through the pooler",
    ),
    (
        lambda o: o("Secret", "redis-address")["stringData"].update(REDIS_URL="redis://redis.cartwheel:6379/0"),
        "PushSecret redis: REDIS_URL leads to redis.cartwheel, which is no server's address",
    ),
    (
        lambda o: o("PushSecret", "rabbitmq")["spec"]["selector"]["secret"].update(name="rabbitmq"),
        "PushSecret rabbitmq: nobody makes the Secret rabbitmq",
    ),
]

ADMITTED: list[tuple[Spoil, str]] = [
    (lambda o: o.without("NetworkPolicy", "instances"), "PostgreSQL: does not let jobs in"),
    (lambda o: o.without("NetworkPolicy", "default-deny"), "Redis: whoever no NetworkPolicy names gets in"),
    (
        lambda o: o("NetworkPolicy", "instances")["spec"]["ingress"][0]["from"][0].pop("podSelector"),
        "PostgreSQL: lets gateway in",
    ),
    (
        lambda o: o("NetworkPolicy", "rabbitmq")["spec"]["ingress"][0]["from"][0].pop("podSelector"),
        "RabbitMQ: lets jobs in",
    ),
    (
        lambda o: o("NetworkPolicy", "poolers")["spec"]["ingress"][0]["ports"][0].update(port=6432),
        "PgBouncer: does not let api in",
    ),
]

MONITORS: list[tuple[Spoil, str]] = [
    (lambda o: o.without("PodMonitor", "postgresql"), "Cluster: nothing scrapes it"),
    (
        lambda o: o("PodMonitor", "rabbitmq")["spec"]["podMetricsEndpoints"][0]["relabelings"].pop(),
        "PodMonitor rabbitmq: does not label what it scrapes with service rabbitmq and role server",
    ),
    (
        lambda o: o.pod("redis", "StatefulSet")["containers"].pop(),
        "PodMonitor redis: asks at metrics, a port that no container of StatefulSet redis names",
    ),
]

CASES = [
    (rule, spoil, sentence)
    for rule, cases in (
        (operated.faults, OPERATED),
        (pushed.faults, PUSHED),
        (admitted.faults, ADMITTED),
        (monitors.faults, MONITORS),
    )
    for spoil, sentence in cases
]


@pytest.fixture(scope="module")
def operators() -> list[Object]:
    """What is applied before production where nothing is bought."""
    return composed("operators")


def test_what_is_committed_agrees_with_the_code(operators: list[Object], catalogue: Catalogue) -> None:
    """A database for each service, the addresses that its secrets come from, and the way there for who uses it."""
    assert list(faults_of("operators", operators, catalogue)) == []


@pytest.mark.parametrize(("rule", "spoil", "sentence"), CASES, ids=[sentence for *_, sentence in CASES])
def test_a_spoiled_copy_is_refused(
    operators: list[Object], catalogue: Catalogue, rule: Rule, spoil: Spoil, sentence: str
) -> None:
    """No operator's types are at hand for most of it: these rules are what judges it."""
    copy = Spoiled(operators)
    spoil(copy)

    found = list(rule(copy.objects, catalogue))

    assert any(sentence in fault for fault in found), found
