"""Reading manifests: what is refused, and in which words."""

from pathlib import Path

import pytest
from manifests.errors import ManifestErrors
from manifests.reading import load_manifests

MANIFEST = """
name = "{name}"
database = "cartwheel_{name}"
upstreams = []
jobs = ["CountStamps"]

[api]
port = 8000
replicas = {{ min = 1, max = 2 }}
cpu_percent = 70

[worker]
port = 8001
replicas = {{ min = 1, max = 2 }}
queues = ["{name}.sales"]
queue_length = 100

[gateway]
paths = ["/api/{name}"]
"""


def write(repository: Path, name: str, old: str = "", new: str = "") -> None:
    """Write a good manifest, in which one text is replaced by another."""
    text = MANIFEST.format(name=name)
    assert old in text
    folder = repository / "services" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "service.toml").write_text(text.replace(old, new) if old else text)


def test_manifests_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    """What is generated from them is the same on every machine."""
    for name in ("stamps", "loyalty"):
        write(tmp_path, name)

    assert [manifest.name for manifest in load_manifests(tmp_path)] == ["loyalty", "stamps"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("port = 8000", "port = 80", "api.port: Input should be greater than or equal to 1024"),
        ("port = 8000", 'port = "8000"', "api.port: Input should be a valid integer"),
        ("min = 1, max = 2", "min = 3, max = 2", "api.replicas: min is greater than max"),
        ("queue_length = 100", "queue_lenght = 100", "worker.queue_lenght: Extra inputs are not permitted"),
        ('["loyalty.sales"]', '["cart.sales"]', "worker.queues has cart.sales, which does not start with loyalty."),
        ('["CountStamps"]', '["A", "A"]', "jobs has A twice"),
        ("upstreams = []", 'upstreams = ["loyalty"]', "upstreams names the service itself"),
        ("upstreams = []", 'upstreams = ["nobody"]', "upstreams: there is no service nobody"),
        ('"/api/loyalty"', '"/internal/loyalty"', "gateway.paths.0: /internal is never routed"),
        ('"/api/loyalty"', '"/api/loyalty/"', "gateway.paths.0: String should match pattern"),
        ('name = "loyalty"', 'name = "Loyalty"', "name: String should match pattern"),
        ("loyalty", "stamps", "name: is stamps, but the folder is loyalty"),
        ('name = "loyalty"', "name =", "is no TOML"),
    ],
)
def test_a_wrong_field_is_named_with_its_file(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    """Whoever wrote it finds the place."""
    write(tmp_path, "loyalty", old, new)

    with pytest.raises(ManifestErrors) as refused:
        load_manifests(tmp_path)

    assert any(fault.startswith(f"services/loyalty/service.toml: {sentence}") for fault in refused.value.problems)


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"cartwheel_stamps"', '"cartwheel_loyalty"', "database: cartwheel_loyalty belongs to loyalty"),
        ('"/api/stamps"', '"/api/loyalty"', "gateway: /api/loyalty belongs to loyalty"),
    ],
)
def test_two_services_share_nothing(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    """A service never reads another's database, and a path has one owner."""
    write(tmp_path, "loyalty")
    write(tmp_path, "stamps", old, new)

    with pytest.raises(ManifestErrors) as refused:
        load_manifests(tmp_path)

    assert refused.value.problems == (f"services/stamps/service.toml: {sentence}",)


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    """Nobody has to run the check once for each of them."""
    write(tmp_path, "loyalty", "port = 8000", "port = 80")
    (tmp_path / "services" / "stray").mkdir()
    (tmp_path / "services" / "stray" / "main.py").touch()

    with pytest.raises(ManifestErrors) as refused:
        load_manifests(tmp_path)

    assert [problem.split(":")[0] for problem in refused.value.problems] == [
        "services/loyalty/service.toml",
        "services/stray/service.toml",
    ]


def test_what_python_left_of_a_deleted_service_is_none(tmp_path: Path) -> None:
    """A change of branches leaves folders of compiled files, which are nobody's service."""
    write(tmp_path, "loyalty")
    cache = tmp_path / "services" / "gone" / "__pycache__"
    cache.mkdir(parents=True)
    (cache / "main.cpython-311.pyc").touch()

    assert [manifest.name for manifest in load_manifests(tmp_path)] == ["loyalty"]
