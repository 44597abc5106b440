"""A laptop's cluster has its servers beside it, and lets through what they are used for."""

import pytest
from k8s.catalogue import Catalogue
from k8s.judging import Rule, faults_of
from k8s.objects import Object
from k8s.rules import addresses, environment, network, outward, pods

from .spoiled import Spoil, Spoiled

CASES: list[tuple[Rule, Spoil, str]] = [
    (
        network.faults,
        lambda o: o.without("NetworkPolicy", "jaeger-server"),
        "Deployment cart-api calls StatefulSet jaeger at 4318, and no NetworkPolicy lets it",
    ),
    (
        network.faults,
        lambda o: o.without("NetworkPolicy", "recovery-aws"),
        "Deployment recovery-jobs calls StatefulSet aws at 5000, and no NetworkPolicy lets it",
    ),
    (
        network.faults,
        lambda o: o("NetworkPolicy", "postgresql-server")["spec"]["ingress"][0].update({"from": [{"podSelector": {}}]}),
        "a NetworkPolicy lets Deployment gateway call StatefulSet postgresql at 5432, which it never does",
    ),
    (
        outward.faults,
        lambda o: o("NetworkPolicy", "redis")["spec"]["egress"][0].update(to=[{"namespaceSelector": {}}]),
        "Deployment cart-api does not use port 6379 outside",
    ),
    (
        outward.faults,
        lambda o: o("NetworkPolicy", "cart-aws")["spec"]["egress"].append(
            {"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"port": 443}]}
        ),
        "Deployment cart-worker does not call the internet",
    ),
    (
        environment.faults,
        lambda o: o("Secret", "recovery-secrets")["stringData"].pop("CONTACT_SEAL_KEY"),
        "recovery-jobs: CONTACT_SEAL_KEY: Field required",
    ),
    (
        environment.faults,
        lambda o: o("ConfigMap", "cartwheel-settings")["data"].update(APP_ENV="production"),
        "Secret cart-secrets: its values stand in the repository",
    ),
    (
        addresses.faults,
        lambda o: o("Service", "postgresql")["spec"]["selector"].update({"app.kubernetes.io/name": "postgres"}),
        "Service postgresql: leads to the pods of 0 workloads",
    ),
    (
        addresses.faults,
        lambda o: o("ConfigMap", "cartwheel-settings")["data"].update(OTEL_EXPORTER_OTLP_ENDPOINT="http://jaeger:4317"),
        "OTEL_EXPORTER_OTLP_ENDPOINT leads to jaeger:4317, where no Service answers",
    ),
    (
        addresses.faults,
        lambda o: o("Secret", "cart-secrets")["stringData"].update(REDIS_URL="redis://cache:6379/0"),
        "REDIS_URL leads to cache:6379, where no Service answers",
    ),
    (
        addresses.faults,
        lambda o: o.container("upsell-api")["env"][0].update(value="http://carts:8000"),
        "CART_URL leads to carts:8000, where no Service answers",
    ),
    (pods.faults, lambda o: o.pod("rabbitmq", "StatefulSet")["securityContext"].pop("runAsUser"), "may run as root"),
    (pods.faults, lambda o: o.container("jaeger", "StatefulSet").pop("readinessProbe"), "jaeger has no readinessProbe"),
    (pods.faults, lambda o: o.container("redis", "StatefulSet").update(image="redis"), "redis has no tag of its own"),
]


def test_what_is_committed_agrees_with_the_code(development: list[Object], catalogue: Catalogue) -> None:
    """Every call to a server that is really made arrives, and none beside it; nothing goes to the internet."""
    assert list(faults_of("dev", development, catalogue)) == []


@pytest.mark.parametrize(("rule", "spoil", "sentence"), CASES, ids=[sentence for *_, sentence in CASES])
def test_a_spoiled_copy_is_refused(
    development: list[Object], catalogue: Catalogue, rule: Rule, spoil: Spoil, sentence: str
) -> None:
    """Servers are held to the rules as services are."""
    copy = Spoiled(development)
    spoil(copy)

    found = list(rule(copy.objects, catalogue))

    assert any(sentence in fault for fault in found), found
