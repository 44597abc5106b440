"""Servers by operators are as the services need them: durable, pooled by transaction, backed up, evicting nothing."""

from collections.abc import Iterator, Sequence

from manifests.model import Manifest
from servicekit.db.connections import SESSION_SETTINGS
from servicekit.settings import ServiceSettings

from k8s.catalogue import Catalogue
from k8s.objects import COMPONENT, NAME, Labels, Object, called, matches, of_kind, servers

COPIES = 3
"""Of every server whose loss nobody should notice."""
STATEMENTS = int(ServiceSettings.model_fields["db_statement_cache_size"].default)
"""Prepared statements that a service's connection keeps, which the pooler has to follow."""
WITHOUT_EVICTION = ("--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction")


def faults(objects: Sequence[Object], catalogue: Catalogue) -> Iterator[str]:
    """Databases that are missing or could be lost, poolers that services cannot use, and the broker and Redis."""
    clusters = [*of_kind(objects, "Cluster")]
    for manifest in catalogue.manifests.values():
        found = [cluster for cluster in clusters if _database_of(cluster) == (manifest.database, manifest.database)]
        if len(found) != 1:
            yield f"{manifest.name}: {len(found)} Clusters have the database {manifest.database}, not 1"
        for cluster in found:
            yield from (f"{called(cluster)}: {fault}" for fault in _of_cluster(cluster, objects))
            yield from _of_pooler(cluster, manifest, objects)
    yield from _of_rabbitmq(objects)
    yield from _of_redis(objects)


def _database_of(cluster: Object) -> tuple[str | None, str | None]:
    made = cluster["spec"].get("bootstrap", {}).get("initdb", {})
    return made.get("database"), made.get("owner")


def _of_cluster(cluster: Object, objects: Sequence[Object]) -> Iterator[str]:
    spec, name = cluster["spec"], cluster["metadata"]["name"]
    synchronous = spec["postgresql"].get("synchronous", {})
    if spec["instances"] < COPIES:
        yield f"has {spec['instances']} instances, not {COPIES}"
    if synchronous.get("number", 0) < 1 or synchronous.get("dataDurability") != "required":
        yield "answers a commit before a second instance has it"
    missing = sorted(set(SESSION_SETTINGS.items()) - set(spec["postgresql"].get("parameters", {}).items()))
    if missing:
        yield f"does not set {', '.join(setting for setting, _ in missing)}, which its pooler drops"
    stores = {found["metadata"]["name"] for found in of_kind(objects, "ObjectStore")}
    archivers = [plugin for plugin in spec.get("plugins", ()) if plugin.get("isWALArchiver")]
    if not any(plugin["parameters"].get("barmanObjectName") in stores for plugin in archivers):
        yield "archives its WAL into no ObjectStore"
    plugins = {plugin["name"] for plugin in archivers}
    backups = [found["spec"] for found in of_kind(objects, "ScheduledBackup")]
    if not any(
        backup["cluster"]["name"] == name and backup.get("pluginConfiguration", {}).get("name") in plugins
        for backup in backups
    ):
        yield "no ScheduledBackup is for it and its plugin"


def _of_pooler(cluster: Object, manifest: Manifest, objects: Sequence[Object]) -> Iterator[str]:
    name = cluster["metadata"]["name"]
    poolers = [found for found in of_kind(objects, "Pooler") if found["spec"]["cluster"]["name"] == name]
    if len(poolers) != 1:
        yield f"{manifest.name}: {len(poolers)} Poolers lead to {name}, not 1"
    for pooler in poolers:
        if not _goes_one_by_one({"cnpg.io/poolerName": pooler["metadata"]["name"]}, objects):
            yield f"{called(pooler)}: no PodDisruptionBudget lets its pods go one by one"
        spec, parameters = pooler["spec"], pooler["spec"]["pgbouncer"].get("parameters", {})
        if (spec.get("type"), spec["pgbouncer"]["poolMode"]) != ("rw", "transaction"):
            yield f"{called(pooler)}: does not lead transactions to the primary"
        if int(parameters.get("max_prepared_statements", 0)) <= STATEMENTS:
            yield f"{called(pooler)}: follows no more prepared statements than a connection keeps ({STATEMENTS})"
        ignored = set(parameters.get("ignore_startup_parameters", "").split(","))
        if unknown := sorted(set(SESSION_SETTINGS) - ignored):
            yield f"{called(pooler)}: refuses who connects with {', '.join(unknown)}"


def _of_rabbitmq(objects: Sequence[Object]) -> Iterator[str]:
    brokers = [*of_kind(objects, "RabbitmqCluster")]
    if len(brokers) != 1:
        yield f"there are {len(brokers)} RabbitmqClusters, not 1"
    for broker in brokers:
        if broker["spec"].get("replicas", 1) < COPIES or broker["spec"]["replicas"] % 2 == 0:
            yield f"{called(broker)}: has {broker['spec'].get('replicas', 1)} nodes, of which no majority stays"
        if "pause_minority" not in broker["spec"].get("rabbitmq", {}).get("additionalConfig", ""):
            yield f"{called(broker)}: the lesser part goes on when nodes lose each other"
        if not _goes_one_by_one({NAME: broker["metadata"]["name"], COMPONENT: "rabbitmq"}, objects):
            yield f"{called(broker)}: no PodDisruptionBudget lets its nodes go one by one"


def _goes_one_by_one(labels: Labels, objects: Sequence[Object]) -> bool:
    """Whether a machine that is emptied waits for the pod of another machine to be back."""
    budgets = [found["spec"] for found in of_kind(objects, "PodDisruptionBudget")]
    return any(budget.get("maxUnavailable") == 1 and matches(budget["selector"], labels) for budget in budgets)


def _of_redis(objects: Sequence[Object]) -> Iterator[str]:
    found = [server for server in servers(objects) if server.service == "redis"]
    if len(found) != 1:
        yield f"{len(found)} workloads are Redis, not 1"
    for server in found:
        words = server.containers[0].get("args", ())
        if not set(WITHOUT_EVICTION) <= set(words):
            yield f"{server.name}: may evict what it counts, or writes it to disk"
