"""How one version stands beside another, and what is asked before an older one comes in."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from cartwheel_local.secrets import Secrets, load_secrets
from localservers.home import Home
from localservers.processes import Spec, is_alive, spawn, stop_all
from rollout.drill.processes import Checkouts
from rollout.drill.rolling import Rolling
from rollout.drill.versions import Version
from rollout.errors import Refused

OLDER, NEWER = Version("aaa", Path("/older")), Version("bbb", Path("/newer"))


class Unreadable(Checkouts):
    """A launcher of a version to which something is missing in the database."""

    async def reads_schema(self, home: Home, secrets: Secrets, service: str, environment: Mapping[str, str]) -> bool:
        """It does not."""
        return False


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that nobody else has."""
    return Home.at(tmp_path / "home")


@pytest.fixture
def launcher() -> Iterator[Checkouts]:
    """Starts the older version, for now."""
    launcher = Unreadable(OLDER)
    yield launcher
    launcher.close()


def test_apis_of_both_versions_get_one_socket(home: Home, launcher: Checkouts) -> None:
    """So that whoever is ready takes the next connection; a worker has its own port."""
    older = launcher.spec(home, "cart", ["api", "--host", "127.0.0.1", "--port", "0"], {})
    launcher.version = NEWER
    newer = launcher.spec(home, "cart", ["api", "--host", "127.0.0.1", "--port", "0"], {})
    worker = launcher.spec(home, "cart", ["worker", "--health-port", "9000"], {})

    [socket] = newer.inherited
    assert older.inherited == newer.inherited
    assert os.fstat(socket)
    assert older.command == ["/older/.venv/bin/python", "-m", "cart", "api", "--fd", str(socket)]
    assert newer.command == ["/newer/.venv/bin/python", "-m", "cart", "api", "--fd", str(socket)]
    assert (worker.command[-2:], worker.inherited) == (["--health-port", "9000"], ())


async def test_a_version_that_cannot_read_the_schema_is_refused_before_anything_is_stopped(
    home: Home, launcher: Checkouts
) -> None:
    """The sentence names service and version; what ran still runs."""
    secrets = load_secrets(home)
    running = [spawn(home, secrets, Spec(f"cart-{role}", ["sleep", "600"], cwd=home.run)) for role in ("api", "worker")]
    rolling = Rolling(home, secrets, launcher, {"cart": {}})

    with pytest.raises(Refused, match="cart aaa cannot read its database, and was not started"):
        await rolling.roll_back("cart", OLDER)

    assert all(is_alive(process) for process in running)
    assert rolling.running["cart"] == running
    await stop_all(home)
