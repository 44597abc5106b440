"""Where the running stack answers, and how its parts are reached from outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from cartwheel_local.home import Home
from cartwheel_local.seed.tokens import Tokens
from cartwheel_local.state import Running, load_running


@dataclass(frozen=True, slots=True)
class Stack:
    """One running stack; `env` is its stack.env."""

    home: Home
    env: Mapping[str, str]
    tokens: Tokens

    @property
    def api_url(self) -> str:
        """The gateway: what every client talks to."""
        return self.env["API_URL"]

    def database_url(self, service: str) -> str:
        """A superuser's address of one service's database: for looking and counting, never for changing."""
        parts = urlsplit(self.env["POSTGRES_URL"])
        return urlunsplit(parts._replace(path=f"/{service}"))

    def process(self, name: str) -> Running:
        """One of the stack's processes, such as "cart-api" or "rabbitmq"."""
        return load_running(self.home)[name]

    def service_url(self, service: str) -> str:
        """A service's own api, behind the gateway."""
        return f"http://127.0.0.1:{self.process(f'{service}-api').port}"
