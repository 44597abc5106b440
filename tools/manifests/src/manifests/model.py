"""What a manifest says: the part of a service that everything outside its folder has to know (docs/adr/0014)."""

from typing import Annotated, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator


def _not_internal(path: str) -> str:
    if path.split("/")[1] == "internal":
        raise ValueError("/internal is never routed")
    return path


Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{1,19}$")]
"""A service's name is a Python package, a host name, a role and a queue's prefix, so it is one word."""
DatabaseName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,62}$")]
Path = Annotated[str, StringConstraints(pattern=r"^(/[a-z0-9-]+)+(/openapi\.json)?$"), AfterValidator(_not_internal)]
"""A path at the gateway, which answers for itself and all below it."""
SettingName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9_]+$")]
Port = Annotated[int, Field(ge=1024, le=65_535)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


class Replicas(_Table):
    """How many processes of a role may run."""

    min: int = Field(ge=1)
    max: int = Field(ge=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min > self.max:
            raise ValueError("min is greater than max")
        return self


class ApiRole(_Table):
    """The role that answers HTTP, at `port`; another replica is started above `cpu_percent` of what it asks for."""

    port: Port
    replicas: Replicas
    cpu_percent: int = Field(ge=10, le=95)


class WorkerRole(_Table):
    """The role that publishes the outbox, consumes `queues` and runs timed jobs; probes answer at `port`.

    Another replica is started for every `queue_length` messages that wait in one of the queues.
    """

    port: Port
    replicas: Replicas
    queues: tuple[str, ...] = Field(strict=False)
    queue_length: int = Field(ge=1)


class GatewayRoutes(_Table):
    """What a service answers at the gateway; the longest path wins.

    `stream` paths keep a connection open for server-sent events; `import` paths take bodies of 64 MiB
    instead of 1 MiB, each after the service has answered GET /internal/imports/permission with 204.
    """

    paths: tuple[Path, ...] = Field(strict=False)
    stream: tuple[Path, ...] = Field(default=(), strict=False)
    imports: tuple[Path, ...] = Field(default=(), strict=False, alias="import")

    @property
    def all_paths(self) -> tuple[str, ...]:
        """The paths of every kind."""
        return (*self.paths, *self.stream, *self.imports)


class Manifest(_Table):
    """One service. `upstreams` are the services that it calls: of each it gets the address as NAME_URL.

    `secrets` are the settings of its own that nobody else should read, `aws` the services of AWS that its worker calls.
    `restored_alone`: its database may go back to a moment without the others', because nobody keeps what it publishes
    by version (docs/adr/0037).
    """

    name: Name
    database: DatabaseName
    upstreams: tuple[Name, ...] = Field(default=(), strict=False)
    jobs: tuple[str, ...] = Field(default=(), strict=False)
    secrets: tuple[SettingName, ...] = Field(default=(), strict=False)
    aws: tuple[Name, ...] = Field(default=(), strict=False)
    restored_alone: bool = False
    api: ApiRole
    worker: WorkerRole
    gateway: GatewayRoutes

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.name in self.upstreams:
            raise ValueError("upstreams names the service itself")
        if foreign := [queue for queue in self.worker.queues if not queue.startswith(f"{self.name}.")]:
            raise ValueError(f"worker.queues has {foreign[0]}, which does not start with {self.name}.")
        for field, values in (
            ("upstreams", self.upstreams),
            ("jobs", self.jobs),
            ("secrets", self.secrets),
            ("aws", self.aws),
            ("worker.queues", self.worker.queues),
            ("gateway", self.gateway.all_paths),
        ):
            if twice := sorted({value for value in values if values.count(value) > 1}):
                raise ValueError(f"{field} has {twice[0]} twice")
        return self
