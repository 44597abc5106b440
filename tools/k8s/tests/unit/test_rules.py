"""The committed objects agree with the code, and each rule is shown to fail."""

import pytest
from k8s.catalogue import Catalogue
from k8s.judging import Rule, faults_of
from k8s.objects import Object
from k8s.rules import addresses, commands, environment, monitors, network, outward, pods, proxies, scaling

from .spoiled import Spoil, Spoiled


def test_what_is_committed_agrees_with_the_code(production: list[Object], catalogue: Catalogue) -> None:
    """Commands, settings, calls, queues, numbers and addresses."""
    assert list(faults_of("production", production, catalogue)) == []


COMMANDS: list[tuple[Spoil, str]] = [
    (lambda o: o.container("cart-api").update(args=["serve"]), "cart-api: cannot run serve: cart has no command serve"),
    (lambda o: o.container("cart-worker")["args"].append("--quickly"), "cart-worker: cannot run worker"),
    (lambda o: o.container("cart-worker")["args"].remove("--host"), "cart-worker: cannot run worker"),
    (lambda o: o.container("cart-api").update(args=["api", "--port", "8000"]), "but the pod itself reaches it"),
    (lambda o: o.container("cart-api")["ports"][0].update(containerPort=9000), "names the ports ['9000'] and listens"),
    (lambda o: o.container("cart-api").update(command=["python"]), "replaces the image's entry point"),
    (lambda o: o.container("cart-api").update(image="registry/cartwheel-shop:1"), "runs an image that is none of ours"),
    (lambda o: o.without("Job", "cart-migrate"), "nothing runs migrate of cart"),
    (lambda o: o.without("Deployment", "recovery-jobs"), "nothing runs jobs of recovery"),
]

ENVIRONMENT: list[tuple[Spoil, str]] = [
    (lambda o: o("ConfigMap", "cartwheel-settings")["data"].pop("SES_FROM"), "recovery-jobs: SES_FROM: Field required"),
    (lambda o: o("ConfigMap", "cartwheel-settings")["data"].pop("JWT_JWKS_URL"), "cart-api: JWT_JWKS_URL: is missing"),
    (lambda o: o("ExternalSecret", "cart-secrets")["spec"]["data"].pop(0), "cart-api: REDIS_URL: Field required"),
    (lambda o: o.container("cart-api")["env"].pop(0), "cart-api: INVENTORY_URL: Field required"),
    (lambda o: o("ConfigMap", "cartwheel-settings")["data"].update(LOG_LEVEL="LOUD"), "LOG_LEVEL: Input should be"),
    (lambda o: o("ConfigMap", "cartwheel-settings")["data"].update(LOG_LEVLE="INFO"), "has a setting LOG_LEVLE"),
    (
        lambda o: o("ConfigMap", "cartwheel-settings")["data"].update(SEAL_KEY="k"),
        "SEAL_KEY is a secret and stands in the open",
    ),
    (
        lambda o: o.container("cart-api")["env"].append({"name": "DATABASE_URL", "value": "postgresql://u:p@h/d"}),
        "DATABASE_URL is a secret and stands in the open",
    ),
    (lambda o: o.without("ExternalSecret", "cart-secrets"), "cart-api: there is no secret cart-secrets"),
]

NETWORK: list[tuple[Spoil, str]] = [
    (
        lambda o: o.without("NetworkPolicy", "cart-upstreams"),
        "Deployment cart-api calls Deployment pricing-api at 8000",
    ),
    (lambda o: o.without("NetworkPolicy", "cart-api"), "Deployment gateway calls Deployment cart-api at 8000"),
    (lambda o: o.without("NetworkPolicy", "default-deny"), "a pod that no NetworkPolicy chooses"),
    (
        lambda o: o("NetworkPolicy", "pricing-api")["spec"]["ingress"][0]["from"].append({"podSelector": {}}),
        "a NetworkPolicy lets Job cart-migrate call Deployment pricing-api at 8000",
    ),
]

OUTWARD: list[tuple[Spoil, str]] = [
    (lambda o: o.without("NetworkPolicy", "rabbitmq"), "Deployment cart-worker uses port 5672"),
    (
        lambda o: o("NetworkPolicy", "rabbitmq")["spec"]["podSelector"].update(matchExpressions=[]),
        "Deployment cart-jobs does not use port 5672",
    ),
    (lambda o: o.without("NetworkPolicy", "recovery-aws"), "Deployment recovery-jobs calls the internet"),
    (
        lambda o: o("NetworkPolicy", "pricing-keys")["spec"]["podSelector"]["matchLabels"].pop(
            "app.kubernetes.io/component"
        ),
        "Deployment pricing-worker does not call the internet",
    ),
    (
        lambda o: o("NetworkPolicy", "cart-keys")["spec"]["egress"][0]["to"][0]["ipBlock"].pop("except"),
        "reaches the address of a cloud's metadata",
    ),
]

PODS: list[tuple[Spoil, str]] = [
    (lambda o: o.pod("cart-api")["securityContext"].pop("runAsNonRoot"), "may run as root"),
    (lambda o: o.pod("cart-api")["securityContext"].pop("seccompProfile"), "may make any system call"),
    (lambda o: o.pod("cart-api").pop("automountServiceAccountToken"), "is given a token of the cluster"),
    (lambda o: o.pod("cart-api").pop("enableServiceLinks"), "is given variables about every Service"),
    (lambda o: o.pod("cart-api").update(hostNetwork=True), "shares its node's network"),
    (lambda o: o.pod("cart-api").update(terminationGracePeriodSeconds=30), "is killed before 45 s"),
    (lambda o: o.pod("cart-api")["topologySpreadConstraints"].pop(), "is not spread over zones and nodes"),
    (lambda o: o.container("cart-api")["securityContext"].pop("allowPrivilegeEscalation"), "may gain privileges"),
    (lambda o: o.container("cart-api")["securityContext"].pop("readOnlyRootFilesystem"), "can write to its root"),
    (lambda o: o.container("cart-api")["securityContext"].pop("capabilities"), "keeps capabilities"),
    (lambda o: o.container("cart-api")["resources"].pop("requests"), "asks for no CPU or memory"),
    (lambda o: o.container("cart-api")["resources"]["limits"].pop("memory"), "has no limit of memory"),
    (lambda o: o.container("cart-api").update(image="cartwheel-cart"), "has no tag of its own"),
    (lambda o: o.container("cart-api").update(image="host:5000/cartwheel-cart:latest"), "has no tag of its own"),
    (lambda o: o.container("cart-api").update(image="cartwheel-cart:unreleased"), "has no tag of its own"),
    (lambda o: o.container("cart-api").pop("readinessProbe"), "readinessProbe does not ask for /readyz"),
    (lambda o: o.container("cart-jobs")["livenessProbe"]["httpGet"].update(path="/health"), "does not ask for /livez"),
    (lambda o: o.pod("gateway")["containers"][1].pop("livenessProbe"), "exporter has no livenessProbe"),
    (lambda o: o.without("PodDisruptionBudget", "cart-jobs"), "cart-jobs: 0 PodDisruptionBudgets choose its pods"),
    (lambda o: o("PodDisruptionBudget", "cart-api")["spec"].update(maxUnavailable=0), "lets no pod go"),
]

SCALING: list[tuple[Spoil, str]] = [
    (lambda o: o("HorizontalPodAutoscaler", "cart-api")["spec"].update(maxReplicas=6), "has 3 to 6 pods, not 3 to 20"),
    (lambda o: o("HorizontalPodAutoscaler", "cart-api")["spec"]["metrics"].pop(), "is scaled at {'cpu': 70}"),
    (
        lambda o: o("HorizontalPodAutoscaler", "cart-api")["spec"]["behavior"]["scaleDown"].update(
            stabilizationWindowSeconds=0
        ),
        "scaleDown is not 10 % a minute after 300 s",
    ),
    (lambda o: o.without("HorizontalPodAutoscaler", "upsell-api"), "nothing scales upsell-api"),
    (lambda o: o.without("ScaledObject", "upsell-worker"), "nothing scales upsell-worker"),
    (lambda o: o("ScaledObject", "cart-worker")["spec"]["triggers"].pop(), "and the code subscribes to"),
    (
        lambda o: o("ScaledObject", "cart-worker")["spec"]["triggers"][0]["metadata"].update(queueName="cart.gone"),
        "watches ['cart.erasure', 'cart.gone'",
    ),
    (lambda o: o("ScaledObject", "cart-worker")["spec"].update(maxReplicaCount=200), "or more than 20"),
    (lambda o: o("ScaledObject", "cart-worker")["spec"].pop("fallback"), "says nothing of a broker"),
    (lambda o: o("Deployment", "cart-api")["spec"].update(replicas=2), "undoes it at each roll-out"),
    (
        lambda o: o("ScaledObject", "cart-worker")["spec"]["scaleTargetRef"].update(name="cart-workers"),
        "there is no Deployment cart-workers",
    ),
]

ADDRESSES: list[tuple[Spoil, str]] = [
    (lambda o: o("Service", "cart-api")["spec"]["selector"].update(app="cart"), "leads to the pods of 0 workloads"),
    (
        lambda o: o("Service", "cart-api")["spec"].update(selector={"app.kubernetes.io/name": "cart"}),
        "leads to the pods of 3 workloads",
    ),
    (
        lambda o: o("Ingress", "gateway")["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"].update(
            name="cart-api"
        ),
        "leads past the gateway",
    ),
    (lambda o: o("Service", "cart-api")["spec"]["ports"][0].update(targetPort="web"), "names a port web"),
    (lambda o: o("Namespace", "cartwheel")["metadata"].pop("labels"), "does not refuse pods that are not restricted"),
    (lambda o: o("Service", "cart-api")["metadata"].update(namespace="default"), "is in no namespace of the overlay"),
]

MONITORS: list[tuple[Spoil, str]] = [
    (
        lambda o: o("ServiceMonitor", "cart-api")["spec"]["endpoints"][0]["relabelings"].pop(0),
        "does not label what it scrapes with service cart and role api",
    ),
    (
        lambda o: o.without_all("PrometheusRule"),
        "what is scraped pages nobody: there is no PrometheusRule",
    ),
    (lambda o: o.without("PodMonitor", "cart-jobs"), "Deployment cart-jobs: nothing scrapes it"),
    (lambda o: o.without("PodMonitor", "gateway"), "Deployment gateway: nothing scrapes it"),
    (
        lambda o: o("PodMonitor", "gateway")["spec"]["podMetricsEndpoints"][0].update(port="status"),
        "PodMonitor gateway: asks at status, a port that no container of Deployment gateway names",
    ),
]

PROXIES: list[tuple[Spoil, str]] = [
    (
        lambda o: o.without("ConfigMap", "gateway-trusted-proxies"),
        "no ConfigMap is mounted at /etc/nginx/trusted-proxies",
    ),
    (lambda o: o.container("gateway")["volumeMounts"].pop(), "no ConfigMap is mounted at /etc/nginx/trusted-proxies"),
    (
        lambda o: o("ConfigMap", "gateway-trusted-proxies").update(data={"networks": "set_real_ip_from 10.0.0.0/8;"}),
        "no file *.conf names a network",
    ),
    (
        lambda o: o("ConfigMap", "gateway-trusted-proxies").update(data={"a.conf": "set_real_ip_from 0.0.0.0/0;"}),
        "believes everybody in 0.0.0.0/0",
    ),
    (
        lambda o: o("ConfigMap", "gateway-trusted-proxies").update(data={"a.conf": "set_real_ip_from the-ingress;"}),
        "is not `set_real_ip_from NETWORK;`: set_real_ip_from the-ingress;",
    ),
]


CASES = [
    (rule, spoil, sentence)
    for rule, cases in (
        (commands.faults, COMMANDS),
        (environment.faults, ENVIRONMENT),
        (network.faults, NETWORK),
        (outward.faults, OUTWARD),
        (pods.faults, PODS),
        (scaling.faults, SCALING),
        (addresses.faults, ADDRESSES),
        (monitors.faults, MONITORS),
        (proxies.faults, PROXIES),
    )
    for spoil, sentence in cases
]


@pytest.mark.parametrize(("rule", "spoil", "sentence"), CASES, ids=[sentence for _, _, sentence in CASES])
def test_a_spoiled_copy_is_refused(
    production: list[Object], catalogue: Catalogue, rule: Rule, spoil: Spoil, sentence: str
) -> None:
    """Each thing that a rule looks at is found when it is wrong, and said in a sentence."""
    copy = Spoiled(production)
    spoil(copy)

    found = list(rule(copy.objects, catalogue))

    assert any(sentence in fault for fault in found), found
