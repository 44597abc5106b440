"""The gateway: an nginx of the stack's own, rendered from `deploy/gateway`."""

import asyncio
import grp
import os
import pwd
import signal
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from localservers.errors import LocalStackError
from localservers.files import write_whole
from localservers.home import REPOSITORY, Home
from localservers.owners import Owner, data_directory, unprivileged_owner
from localservers.packages import find_program
from localservers.ports import reserve_port
from localservers.processes import Spec, ensure, find, is_alive
from localservers.readiness import until_ready
from localservers.state import load_running, remember

from cartwheel_local import routes
from cartwheel_local.refusals import PATH, render_error_pages, render_problems
from cartwheel_local.secrets import Secrets
from cartwheel_local.services import MANIFESTS
from cartwheel_local.switches import Switches

NAME = "gateway"
STATUS = "gateway-status"
"""The port on which this machine alone is told how busy the gateway is."""
TRUSTED_PROXIES = "trusted-proxies"
"""The folder of files that name the networks of who stands in front of the gateway."""
IMAGE_TRUSTED_PROXIES = Path("/etc/nginx/trusted-proxies")
"""That folder in a container."""
IMAGE_STATUS = "127.0.0.1:8081"
"""Where nginx counts for its exporter, in a container."""
TEMPLATE = REPOSITORY / "deploy" / "gateway" / "nginx.conf.template"


def gateway_port(home: Home) -> int:
    """Return the gateway's port, which the services need to know before it starts."""
    running = load_running(home).get(NAME)
    return reserve_port(home, NAME, in_use=running is not None and is_alive(running))


def status_port(home: Home) -> int:
    """Return the port of the gateway's stub_status."""
    running = load_running(home).get(NAME)
    return reserve_port(home, STATUS, in_use=running is not None and is_alive(running))


async def start_gateway(
    home: Home, secrets: Secrets, service_ports: Mapping[str, int], switches: Switches = routes.NOTHING_SWITCHED
) -> str:
    """Start nginx in front of the services, whose api ports are given by name, and return its address.

    One that runs with another configuration is replaced.
    """
    port = gateway_port(home)
    settings = write_configuration(home, port, service_ports, switches)
    process = await ensure(home, secrets, _spec(settings, port))
    await until_ready(home, process, lambda: _open(port))
    return f"http://127.0.0.1:{port}"


def switch_gateway(home: Home, service_ports: Mapping[str, int], switches: Switches) -> None:
    """Have the running gateway read its configuration anew with these switches; no request is lost by it.

    They hold until the next `up`. Raises WrongSwitch, and LocalStackError when no gateway runs.
    """
    running = load_running(home).get(NAME)
    process = find(running) if running else None
    if running is None or running.port is None or process is None:
        raise LocalStackError(f"no gateway runs in {home.path}: run `make up`")
    settings = write_configuration(home, running.port, service_ports, switches)
    process.send_signal(signal.SIGHUP)
    remember(home, replace(running, fingerprint=_spec(settings, running.port).fingerprint))


def write_configuration(home: Home, port: int, service_ports: Mapping[str, int], switches: Switches) -> Path:
    """Render the configuration for this machine and return its path."""
    directory = gateway_directory(home)
    text = render_gateway(
        listen=f"127.0.0.1:{port}",
        status=f"127.0.0.1:{status_port(home)}",
        backends={service: f"127.0.0.1:{port}" for service, port in service_ports.items()},
        directory=directory,
        documents=directory,
        trusted_proxies=directory / TRUSTED_PROXIES,
        access_log=str(home.log("gateway-access")),
        user=_user_directive(unprivileged_owner()),
        switches=switches,
    )
    settings = directory / "nginx.conf"
    write_whole(settings, text)
    return settings


def render_gateway(
    *,
    listen: str,
    status: str,
    backends: Mapping[str, str],
    directory: Path,
    documents: Path,
    trusted_proxies: Path,
    access_log: str,
    user: str = "",
    switches: Switches = routes.NOTHING_SWITCHED,
) -> str:
    """Return the gateway's configuration.

    `status` is where nginx says how busy it is (stub_status), a host:port that only its exporter reaches; `backends`
    gives each service's host:port; `directory` holds what nginx writes, `documents` the merged API
    description, `trusted_proxies` files that name the networks of who stands in front; `user` is a whole directive.
    Raises LocalStackError when the template has a name that nothing is given for, and WrongSwitch.
    """
    switches.check(tuple(backends))
    values = {
        "listen": listen,
        "status": status,
        "directory": str(directory),
        "documents": str(documents),
        "trusted_proxies": str(trusted_proxies),
        "access_log": access_log,
        "user": user,
        "workers": str(min(4, os.cpu_count() or 1)),
        "upstreams": routes.render_upstreams(backends),
        "locations": routes.render_locations(routes.load_routes(), switches),
        "switches": switches.render(),
        "shadows": switches.render_shadows(),
        "limits": "\n".join(f"        {limit}" for limit in routes.limits_of_requests()),
        "problem_path": PATH,
        "error_pages": render_error_pages(),
        "problems": render_problems(),
    }
    text = TEMPLATE.read_text()
    for name, value in values.items():
        text = text.replace("{{" + name + "}}", value)
    if "{{" in text:
        raise LocalStackError(f"the gateway's template has a name without a value: {text.partition('{{')[2][:40]}")
    return text


def render_for_containers(
    *,
    listen: str,
    directory: Path,
    documents: Path,
    trusted_proxies: Path = IMAGE_TRUSTED_PROXIES,
    status: str = IMAGE_STATUS,
    switches: Switches = routes.NOTHING_SWITCHED,
) -> str:
    """Return the gateway's configuration where a service's api is the host NAME-api; raises WrongSwitch."""
    return render_gateway(
        listen=listen,
        status=status,
        backends={manifest.name: f"{manifest.name}-api:{manifest.api.port}" for manifest in MANIFESTS},
        directory=directory,
        documents=documents,
        trusted_proxies=trusted_proxies,
        access_log="/dev/stdout",
        switches=switches,
    )


def gateway_directory(home: Home) -> Path:
    """Return where the gateway's files are: its workers, which are not root, must be able to reach them."""
    return data_directory(home, NAME, unprivileged_owner())


def _spec(settings: Path, port: int) -> Spec:
    command = [str(find_program("nginx")), "-e", "stderr", "-p", str(settings.parent), "-c", str(settings)]
    return Spec(
        NAME,
        command,
        cwd=settings.parent,
        port=port,
        configuration=settings.read_text(),
        stage=3,
        stop_signal=signal.SIGQUIT,
    )


def _user_directive(owner: Owner | None) -> str:
    if owner is None:
        return "# The workers are the caller's own: nginx was not started by root."
    return f"user {pwd.getpwuid(owner.uid).pw_name} {grp.getgrgid(owner.gid).gr_name};"


async def _open(port: int) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
