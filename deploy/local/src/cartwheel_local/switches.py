"""What an operator switches at the gateway: canaries of services, shadows of them, and maintenance.

A canary is chosen by company, so that a shop meets one version and not two in turn; who is in at a share stays in at a
larger one. A customer's request names its company in its token alone, which the gateway does not read: such requests
are shared out by their token.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from localservers.errors import LocalStackError

SHADOWS = "/gateway/shadows"
RETRY_SECONDS = 120
"""When a shopper's change is worth trying again while there is maintenance."""
_SHADOW_SECONDS = 2
_ADDRESS = re.compile(r"[a-z0-9.-]+:[0-9]{1,5}")


class WrongSwitch(LocalStackError):
    """The gateway would not do what was meant; nothing is changed."""


@dataclass(frozen=True, slots=True)
class Canary:
    """A newer version of a service, beside the one that everybody has.

    It serves the `companies`, then `percent` of the others; with `shadow` it gets a copy of each read that it does not
    serve, and its answers are dropped. `x-canary: always` and `never` choose for one request.
    """

    address: str
    percent: int = 0
    companies: Sequence[str] = ()
    shadow: bool = False

    def check(self, service: str) -> None:
        """Raise WrongSwitch for what nginx would read otherwise than it is meant."""
        if not _ADDRESS.fullmatch(self.address):
            raise WrongSwitch(f"the canary of {service} is at host:port, not at {self.address}")
        if not 0 <= self.percent <= 100:
            raise WrongSwitch(f"the canary of {service} serves 0 to 100 percent, not {self.percent}")
        for company in self.companies:
            try:
                UUID(company)
            except ValueError:
                raise WrongSwitch(f"{company} is no company's id") from None


@dataclass(frozen=True, slots=True)
class Switches:
    """All of them; as they are made, nothing is switched."""

    canaries: Mapping[str, Canary] = field(default_factory=dict)
    maintenance: bool = False

    def check(self, services: Sequence[str]) -> None:
        """Raise WrongSwitch for a canary of what is no service, or one that cannot be."""
        for service, canary in self.canaries.items():
            if service not in services:
                raise WrongSwitch(f"there is no service {service}: take one of {', '.join(services)}")
            canary.check(service)

    def backend_of(self, owner: str) -> str:
        """What a location of the owner passes requests to: its upstream, or the choice between two."""
        return f"${owner}_version" if owner in self.canaries else owner

    def mirror_of(self, owner: str) -> list[str]:
        """The directives that copy a location's reads."""
        if owner not in self.canaries or not self.canaries[owner].shadow:
            return []
        return [f"mirror {SHADOWS}/{owner};", "mirror_request_body off;"]

    def render(self) -> str:
        """Write the choices."""
        writes = "~^(POST|PUT|PATCH|DELETE)$" if self.maintenance else "~^$"
        maintenance = (
            f'    map $request_method $is_refused_in_maintenance {{\n        "{writes}" 1;\n        default 0;\n    }}'
        )
        return "\n".join((maintenance, *(_choice(name, canary) for name, canary in self.canaries.items())))

    def render_shadows(self) -> str:
        """Write a location for each service that has a shadow."""
        return "\n".join(_shadow(name) for name, canary in self.canaries.items() if canary.shadow)


def switches_of(
    canaries: Sequence[str],
    percents: Sequence[str],
    companies: Sequence[str],
    shadows: Sequence[str],
    *,
    maintenance: bool,
) -> Switches:
    """The switches as a command line has them: `cart=host:port`, `cart=25`, ids, `cart`; raises WrongSwitch."""
    shares = _pairs(percents)
    addresses = _pairs(canaries)
    if strangers := sorted((shares.keys() | set(shadows)) - addresses.keys()):
        raise WrongSwitch(f"there is no canary of {', '.join(strangers)}: name its address")
    if wrong := [share for share in shares.values() if not share.isdecimal()]:
        raise WrongSwitch(f"{wrong[0]} is no number of percent")
    return Switches(
        {
            service: Canary(address, int(shares.get(service, "0")), tuple(companies), service in shadows)
            for service, address in addresses.items()
        },
        maintenance,
    )


def _pairs(options: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for option in options:
        name, is_pair, value = option.partition("=")
        if not is_pair:
            raise WrongSwitch(f"{option} is not of the form SERVICE=VALUE")
        pairs[name] = value
    return pairs


def _choice(service: str, canary: Canary) -> str:
    """Which of two upstreams a request goes to, as `$<service>_version`."""
    share = f"        {canary.percent}% {service}-canary;\n" if canary.percent else ""
    companies = "".join(f'        "~*:{company}$" {service}-canary;\n' for company in canary.companies)
    return (
        f"    upstream {service}-canary {{\n        server {canary.address};\n        keepalive 64;\n"
        f"        keepalive_timeout 5s;\n    }}\n"
        f'    map $http_x_company_id ${service}_shared_by {{\n        "" $http_authorization;\n'
        f"        default $http_x_company_id;\n    }}\n"
        f"    split_clients ${service}_shared_by ${service}_share {{\n{share}        * {service};\n    }}\n"
        f'    map "$http_x_canary:$http_x_company_id" ${service}_version {{\n'
        f'        "~^always:" {service}-canary;\n        "~^never:" {service};\n{companies}'
        f"        default ${service}_share;\n    }}\n"
        f'    map "$request_method:${service}_version" ${service}_has_shadow {{\n'
        f'        "~^(GET|HEAD):{service}$" 1;\n        default 0;\n    }}'
    )


def _shadow(service: str) -> str:
    """Where a copy goes: reads alone, those that the canary does not serve itself, and it is not waited for long."""
    return (
        f"        location = {SHADOWS}/{service} {{\n            internal;\n"
        f"            if (${service}_has_shadow = 0) {{\n                return 204;\n            }}\n"
        f"            proxy_pass http://{service}-canary$request_uri;\n"
        f'            proxy_pass_request_body off;\n            proxy_set_header Content-Length "";\n'
        f'            proxy_set_header Connection "";\n            proxy_set_header Host $http_host;\n'
        f"            proxy_set_header X-Request-Id $request_reference;\n"
        f"            proxy_set_header X-Forwarded-For $remote_addr;\n"
        f"            proxy_read_timeout {_SHADOW_SECONDS}s;\n        }}"
    )
