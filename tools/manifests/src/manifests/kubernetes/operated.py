"""PostgreSQL, RabbitMQ and Redis in a cluster where nothing is bought: what operators make them of."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from manifests.kubernetes import exporters, monitoring, operated_network, single_servers
from manifests.kubernetes.objects import PART, PART_OF_SERVERS, Object, kind
from manifests.kubernetes.secrets import STORE
from manifests.kubernetes.single_servers import Server
from manifests.model import Manifest

NAMESPACE = "cartwheel-servers"
CNPG = "postgresql.cnpg.io/v1"
BACKUPS = "backups"
"""The ObjectStore that the overlay describes: the bucket is yours."""
PLUGIN = "barman-cloud.cloudnative-pg.io"
POSTGRESQL = "ghcr.io/cloudnative-pg/postgresql:15.19-minimal-trixie"
RABBITMQ = "rabbitmq:3.13-management"
SESSION_SETTINGS = {
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "25000",
    "idle_in_transaction_session_timeout": "30s",
    "jit": "off",
}
"""What services send when they connect, and a pooler drops: the server has it for everybody."""
RENAMED = (
    (["__name__"], "cnpg_collector_up", "pg_up"),
    (["__name__"], "cnpg_backends_total", "pg_stat_database_numbackends"),
    (["__name__"], "cnpg_backends_max_tx_duration_seconds", "pg_stat_activity_max_tx_duration"),
    (["__name__"], "cnpg_pg_stat_archiver_seconds_since_last_archival", "pg_stat_archiver_last_archive_age"),
    (["__name__", "name"], "cnpg_pg_settings_setting;max_connections", "pg_settings_max_connections"),
    (["__name__", "name"], "cnpg_pg_settings_setting;archive_timeout", "pg_settings_archive_timeout_seconds"),
    (["__name__"], "cnpg_(pg_stat_(?:database|archiver)_.+|pg_database_size_bytes)", "$1"),
)
"""The operator's metrics under the names of PostgreSQL's exporter, which rules and dashboards ask for."""
_RABBITMQ = """\
cluster_partition_handling = pause_minority
disk_free_limit.relative = 1.0
queue_leader_locator = balanced
"""


def files(manifests: Sequence[Manifest]) -> Mapping[str, Sequence[Object]]:
    """The component's objects by the file that each is in."""
    return {
        **{f"{manifest.name}-postgresql": [*_postgresql(manifest)] for manifest in manifests},
        "rabbitmq": [_rabbitmq(), _budget("rabbitmq", operated_network.NODES), _addresses_of_rabbitmq(manifests)],
        "redis": [*single_servers.objects(_redis()), *_address_of_redis()],
        "monitors": [
            monitoring.server("postgresql", "postgres", operated_network.INSTANCES, port="metrics", renamed=RENAMED),
            monitoring.server("rabbitmq", "rabbitmq", operated_network.NODES, port="prometheus"),
            monitoring.server("redis", "redis", operated_network.REDIS, port=exporters.PORT_NAME),
        ],
        "network": operated_network.policies(),
    }


def _postgresql(manifest: Manifest) -> Iterator[Object]:
    """Three servers of which a commit waits for two, a pooler before them, a backup each night and WAL meanwhile."""
    cluster, pooler = f"{manifest.name}-postgresql", f"{manifest.name}-pooler"
    yield _kind(CNPG, "Cluster", cluster, _cluster(manifest))
    yield _kind(CNPG, "Pooler", pooler, _pooler(cluster))
    yield _budget(pooler, {"matchLabels": {"cnpg.io/poolerName": pooler}})
    yield _kind(
        CNPG,
        "ScheduledBackup",
        cluster,
        {
            "schedule": "0 0 2 * * *",
            "cluster": {"name": cluster},
            "method": "plugin",
            "pluginConfiguration": {"name": PLUGIN},
            "backupOwnerReference": "self",
        },
    )
    account = "postgresql://{{ .username }}:{{ .password }}"
    yield _pushed(
        cluster,
        f"{cluster}-app",
        {
            "DATABASE_URL": f"{account}@{pooler}.{NAMESPACE}:5432/{manifest.database}?sslmode=require",
            "DATABASE_DIRECT_URL": f"{account}@{cluster}-rw.{NAMESPACE}:5432/{manifest.database}?sslmode=require",
        },
        [manifest.name],
    )


def _cluster(manifest: Manifest) -> dict[str, Any]:
    return {
        "instances": 3,
        "imageName": POSTGRESQL,
        "bootstrap": {"initdb": {"database": manifest.database, "owner": manifest.database, "dataChecksums": True}},
        "postgresql": {
            "synchronous": {"method": "any", "number": 1, "dataDurability": "required", "failoverQuorum": True},
            "parameters": {
                "max_connections": "200",
                "shared_buffers": "512MB",
                "wal_compression": "on",
                "archive_timeout": "60s",
                **SESSION_SETTINGS,
            },
        },
        "affinity": {"podAntiAffinityType": "required", "topologyKey": "kubernetes.io/hostname"},
        "storage": {"size": "20Gi"},
        "walStorage": {"size": "10Gi"},
        "resources": {"requests": {"cpu": "500m", "memory": "2Gi"}, "limits": {"memory": "2Gi"}},
        "plugins": [{"name": PLUGIN, "isWALArchiver": True, "parameters": {"barmanObjectName": BACKUPS}}],
    }


def _pooler(cluster: str) -> dict[str, Any]:
    return {
        "cluster": {"name": cluster},
        "type": "rw",
        "instances": 2,
        "pgbouncer": {
            "poolMode": "transaction",
            "parameters": {
                "default_pool_size": "20",
                "max_client_conn": "2000",
                "max_prepared_statements": "200",
                "query_wait_timeout": "10",
                "ignore_startup_parameters": ",".join(SESSION_SETTINGS),
            },
        },
    }


def _rabbitmq() -> Object:
    """Three nodes on three machines, of which the lesser part rests when they lose each other."""
    spread = {"matchLabels": {"app.kubernetes.io/name": "rabbitmq", "app.kubernetes.io/component": "rabbitmq"}}
    apart = [{"labelSelector": spread, "topologyKey": "kubernetes.io/hostname"}]
    return _kind(
        "rabbitmq.com/v1beta1",
        "RabbitmqCluster",
        "rabbitmq",
        {
            "replicas": 3,
            "image": RABBITMQ,
            "persistence": {"storage": "20Gi"},
            "resources": {"requests": {"cpu": "1", "memory": "2Gi"}, "limits": {"memory": "2Gi"}},
            "rabbitmq": {"additionalConfig": _RABBITMQ},
            "affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": apart}},
        },
    )


def _budget(name: str, pods: Mapping[str, Any]) -> Object:
    """One at a time may be taken away on purpose: no operator says so of these, only CloudNativePG of its instances."""
    return _kind("policy/v1", "PodDisruptionBudget", name, {"maxUnavailable": 1, "selector": pods})


def _addresses_of_rabbitmq(manifests: Sequence[Manifest]) -> Object:
    address = f"amqp://{{{{ .username }}}}:{{{{ .password }}}}@rabbitmq.{NAMESPACE}:5672/"
    return _pushed("rabbitmq", "rabbitmq-default-user", {"RABBITMQ_URL": address}, [found.name for found in manifests])


def _redis() -> Server:
    """One pod: nothing in it has to outlive it, and limits are each process' own meanwhile."""
    return single_servers.redis(memory_mb=512, beside=[exporters.of_redis()])


def _address_of_redis() -> Iterator[Object]:
    """No password is in it: a NetworkPolicy says who reaches it."""
    described = {PART: PART_OF_SERVERS}
    address = {"REDIS_URL": f"redis://redis.{NAMESPACE}:6379/0"}
    yield kind("v1", "Secret", "redis-address", described, stringData=address)
    yield _pushed("redis", "redis-address", {"REDIS_URL": "{{ .REDIS_URL }}"}, ["shared"])


def _pushed(name: str, source: str, values: Mapping[str, str], entries: Sequence[str]) -> Object:
    """Writes addresses with an operator's passwords into the store, where services' secrets come from."""
    return _kind(
        "external-secrets.io/v1alpha1",
        "PushSecret",
        name,
        {
            "refreshInterval": "1h0m0s",
            "secretStoreRefs": [{"kind": "ClusterSecretStore", "name": STORE}],
            "selector": {"secret": {"name": source}},
            "updatePolicy": "Replace",
            "deletionPolicy": "None",
            "template": {"engineVersion": "v2", "data": dict(values)},
            "data": [
                {"match": {"secretKey": value, "remoteRef": {"remoteKey": f"{STORE}/{entry}", "property": value}}}
                for entry in entries
                for value in values
            ],
        },
    )


def _kind(api_version: str, name_of_kind: str, name: str, spec: object) -> Object:
    return kind(api_version, name_of_kind, name, {PART: PART_OF_SERVERS}, spec=spec)
