"""The addresses that are written into the store are those that services' secrets come from, and lead to servers."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from manifests.kubernetes.secrets import external

from k8s.catalogue import Catalogue
from k8s.objects import Object, called, of_kind

ADDRESSES = ("DATABASE_URL", "DATABASE_DIRECT_URL", "RABBITMQ_URL", "REDIS_URL")
"""What follows from the servers; all else in the store is for people to write."""
Entry = tuple[str, str]
"""An entry of the store, and a property of it."""


def faults(objects: Sequence[Object], catalogue: Catalogue) -> Iterator[str]:
    """Entries that nobody reads or writes, values of Secrets that nobody makes, and hosts that do not exist."""
    read = {entry: name for name in catalogue.manifests for entry in _read_by(name, catalogue)}
    written: set[Entry] = set()
    hosts, sources = _hosts(objects), _sources(objects)
    for pushed in of_kind(objects, "PushSecret"):
        spec = pushed["spec"]
        if spec["selector"]["secret"]["name"] not in sources:
            yield f"{called(pushed)}: nobody makes the Secret {spec['selector']['secret']['name']}"
        for match in (entry["match"] for entry in spec["data"]):
            entry = match["remoteRef"]["remoteKey"], match["remoteRef"]["property"]
            written.add(entry)
            if entry not in read:
                yield f"{called(pushed)}: writes {entry[1]} of {entry[0]}, which nobody reads"
            if match["secretKey"] not in spec["template"]["data"]:
                yield f"{called(pushed)}: has no value for {match['secretKey']}"
        for setting, template in spec["template"]["data"].items():
            value = _filled(template, pushed, objects)
            if (host := urlsplit(value).hostname or "") not in hosts:
                yield f"{called(pushed)}: {setting} leads to {host}, which is no server's address"
            elif (setting == "DATABASE_URL") != hosts[host]:
                yield f"{called(pushed)}: {setting} leads {'through' if hosts[host] else 'past'} the pooler"
    for entry, name in sorted(read.items()):
        if entry not in written:
            yield f"nobody writes {entry[1]} of {entry[0]} for {name}"


def _read_by(name: str, catalogue: Catalogue) -> Iterator[Entry]:
    for entry in external(catalogue.manifests[name])["spec"]["data"]:
        if entry["secretKey"] in ADDRESSES:
            yield entry["remoteRef"]["key"], entry["remoteRef"]["property"]


def _hosts(objects: Sequence[Object]) -> Mapping[str, bool]:
    """The address of each server, and whether it is a pooler's."""
    named = {
        **{found["metadata"]["name"]: False for found in of_kind(objects, "Service", "RabbitmqCluster")},
        **{f"{found['metadata']['name']}-rw": False for found in of_kind(objects, "Cluster")},
        **{found["metadata"]["name"]: True for found in of_kind(objects, "Pooler")},
    }
    places = {found["metadata"]["name"] for found in of_kind(objects, "Namespace")}
    return {f"{name}.{place}": pooled for name, pooled in named.items() for place in places}


def _sources(objects: Sequence[Object]) -> set[str]:
    """The Secrets that operators make of these objects, and those that are there."""
    return {
        *(f"{found['metadata']['name']}-app" for found in of_kind(objects, "Cluster")),
        *(f"{found['metadata']['name']}-default-user" for found in of_kind(objects, "RabbitmqCluster")),
        *(found["metadata"]["name"] for found in of_kind(objects, "Secret")),
    }


def _filled(template: str, pushed: Object, objects: Sequence[Object]) -> str:
    """A template with the values of its Secret that stand in the overlay; an operator's own are left as they are."""
    for source in of_kind(objects, "Secret"):
        if source["metadata"]["name"] == pushed["spec"]["selector"]["secret"]["name"]:
            for name, value in source.get("stringData", {}).items():
                template = template.replace(f"{{{{ .{name} }}}}", value)
    return template
