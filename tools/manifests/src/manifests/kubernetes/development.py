"""What a cluster on a laptop has in place of bought servers and of a store of secrets: everything once, with passwords
that everybody can read here.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence

from manifests.kubernetes.network import CALLERS, USERS, choosing, ingress, policy, roles
from manifests.kubernetes.objects import Object, kind, labels, pods, secrets_of
from manifests.kubernetes.pod import Resources
from manifests.kubernetes.secrets import names_of
from manifests.kubernetes.single_servers import SERVER, Server, objects, redis
from manifests.model import Manifest

PASSWORD = "development"  # noqa: S105 # nothing that is reached from outside a laptop has it
SCRIPTS = "create-databases"
"""The ConfigMap that deploy/local/kustomization.yaml makes of the script that compose uses, too."""
AWS_PORT = 5000
TRACES_PORT = 4318
PORTS = {"postgresql": 5432, "redis": 6379, "rabbitmq": 5672}

_POSTGRESQL = (
    "postgres",
    "-cmax_connections=300",
    "-cshared_buffers=128MB",
    "-cwal_compression=on",
    "-cidle_in_transaction_session_timeout=30s",
)


def files(manifests: Sequence[Manifest]) -> Mapping[str, Sequence[Object]]:
    """The component's objects by the file that each is in."""
    return {
        **{server.name: objects(server) for server in _servers(manifests)},
        "network": [*_policies(manifests)],
        "secrets": [_secret("postgresql-passwords", _passwords()), *(_secret_of(found) for found in manifests)],
    }


def _servers(manifests: Sequence[Manifest]) -> Iterator[Server]:
    yield Server(
        "postgresql",
        "postgres:15",
        PORTS["postgresql"],
        Resources("100m", "256Mi", "1Gi"),
        {"exec": {"command": ["pg_isready", "--host", "127.0.0.1", "--username", "cartwheel"]}},
        _POSTGRESQL,
        environment={
            "PGDATA": "/var/lib/postgresql/data/cluster",
            "SERVICE_DATABASES": " ".join(manifest.database for manifest in manifests),
        },
        secret="postgresql-passwords",  # noqa: S106 # the name of a Secret
        scratch={"run": "/var/run/postgresql"},
        data="/var/lib/postgresql/data",
        files={"/docker-entrypoint-initdb.d": SCRIPTS},
    )
    yield redis(memory_mb=128)
    yield Server(
        "rabbitmq",
        "rabbitmq:3.13-management",
        PORTS["rabbitmq"],
        Resources("100m", "256Mi", "768Mi"),
        {"exec": {"command": ["rabbitmq-diagnostics", "--quiet", "check_port_connectivity"]}},
        environment={"RABBITMQ_DEFAULT_USER": "cartwheel", "RABBITMQ_DEFAULT_PASS": PASSWORD},
        more_ports={"management": 15672},
        scratch={"home": "/var/lib/rabbitmq"},
        data="/var/lib/rabbitmq/mnesia",
    )
    yield Server(
        "jaeger",
        "jaegertracing/jaeger:2.4.0",
        TRACES_PORT,
        Resources("50m", "128Mi", "1Gi"),
        {"httpGet": {"path": "/", "port": "pages"}},
        environment={"JAEGER_LISTEN_HOST": "0.0.0.0"},  # noqa: S104 # a pod's own address
        more_ports={"pages": 16686},
    )
    yield Server(
        "aws",
        "cartwheel-aws:unreleased",
        AWS_PORT,
        Resources("50m", "128Mi", "512Mi"),
        {"httpGet": {"path": "/messages", "port": "mailbox"}},
        more_ports={"mailbox": 8025},
    )


def _policies(manifests: Sequence[Manifest]) -> Iterator[Object]:
    """Each server answers who uses it, and calls nobody."""
    for server, port in PORTS.items():
        yield _answers(server, [{"podSelector": roles(USERS[server])}], port)
    yield _answers("jaeger", [{"podSelector": roles(CALLERS)}], TRACES_PORT)
    senders = [manifest.name for manifest in manifests if manifest.aws]
    yield _answers("aws", [{"podSelector": choosing(name, ("worker", "jobs"))} for name in senders], AWS_PORT)


def _answers(server: str, callers: Sequence[object], port: int) -> Object:
    return policy(f"{server}-server", pods(server, SERVER), ingress=[ingress(callers, port)])


def _passwords() -> dict[str, str]:
    return {"POSTGRES_USER": "cartwheel", "POSTGRES_PASSWORD": PASSWORD, "SERVICE_PASSWORD": PASSWORD}


def _secret_of(manifest: Manifest) -> Object:
    """What a service reads of a store elsewhere, and the key of its tokens, which an issuer has elsewhere."""
    database = f"postgresql://{manifest.database}:{PASSWORD}@postgresql:{PORTS['postgresql']}/{manifest.database}"
    addresses = {
        "DATABASE_URL": database,
        "DATABASE_DIRECT_URL": database,
        "REDIS_URL": f"redis://redis:{PORTS['redis']}/0",
        "RABBITMQ_URL": f"amqp://cartwheel:{PASSWORD}@rabbitmq:{PORTS['rabbitmq']}/",
    }
    names = (*names_of(manifest), "JWT_SECRET")
    return _secret(secrets_of(manifest.name), {name: addresses.get(name) or _key(name) for name in names})


def _key(name: str) -> str:
    """A key that is alike in every service: 32 bytes to seal with, a ring of one to sign links with, or a text."""
    text = f"{PASSWORD}-only-{PASSWORD}-only-{PASSWORD}"
    if name.endswith("SEAL_KEY"):
        return base64.b64encode(text.encode()[:32]).decode()
    return f"1:{text}" if name.endswith("HMAC_SECRET") else text


def _secret(name: str, values: Mapping[str, str]) -> Object:
    return kind("v1", "Secret", name, labels(name.removesuffix("-secrets"), "secrets"), stringData=dict(values))
