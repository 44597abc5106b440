"""Runs moto's S3 behind TLS with one bucket, as the stand-in for the bucket that production keeps its backups in."""

from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import s3_backends
from werkzeug.serving import WSGIRequestHandler, make_server

_GOODBYE_SECONDS = 5


class ClosesProperly(WSGIRequestHandler):
    """Ends each connection with TLS' own farewell, without which pgBackRest takes an answer for cut off."""

    def finish(self) -> None:
        """Send what is left, say goodbye, and wait for the other side's a while."""
        super().finish()
        with suppress(OSError):
            self.connection.settimeout(_GOODBYE_SECONDS)
            self.connection.unwrap()


def serve(
    port: Annotated[int, typer.Option(help="where it listens, on loopback")],
    certificates: Annotated[Path, typer.Option(help="the directory of server.pem and server.key")],
    bucket: Annotated[str, typer.Option(help="the bucket to make")],
    region: Annotated[str, typer.Option(help="the bucket's region")] = "us-east-1",
) -> None:
    """Serve until the process is ended; what it was given to keep ends with it."""
    s3_backends[DEFAULT_ACCOUNT_ID]["aws"].create_bucket(bucket, region)
    make_server(
        "127.0.0.1",
        port,
        DomainDispatcherApplication(create_backend_app),
        threaded=True,
        request_handler=ClosesProperly,
        ssl_context=(str(certificates / "server.pem"), str(certificates / "server.key")),
    ).serve_forever()


if __name__ == "__main__":
    typer.run(serve)
