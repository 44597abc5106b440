"""Runs moto's AWS server and the mailbox that reads its memory, each on a port of its own, in one process."""

import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Annotated, Any

import typer
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from moto.s3.models import s3_backends
from moto.ses.models import ses_backends
from werkzeug import Request, Response
from werkzeug.serving import make_server

from cartwheel_local.mailbox.mail import sent_mails
from cartwheel_local.mailbox.pages import list_page, mail_page

# A mail is somebody else's content: nothing in it may run, and nothing may frame this page.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src * data:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}


def answer(request: Request, region: str) -> Response:
    """Answer GET /messages (JSON, `?to=` keeps one recipient's), / (the list) and /mails/{id}; anything else is 404."""
    mails = sent_mails(region)
    if request.path == "/messages":
        recipient = request.args.get("to", "")
        wanted = [asdict(mail) for mail in mails if not recipient or recipient in mail.to.split(", ")]
        return Response(json.dumps(wanted), mimetype="application/json", headers=_HEADERS)
    if request.path == "/":
        return Response(list_page(mails), mimetype="text/html", headers=_HEADERS)
    for mail in mails:
        if request.path == f"/mails/{mail.id}":
            return Response(mail_page(mail), mimetype="text/html", headers=_HEADERS)
    return Response("There is no such mail.\n", status=404, mimetype="text/plain")


def serve(
    aws_port: Annotated[int, typer.Option(help="where boto3 finds SES and S3")],
    mailbox_port: Annotated[int, typer.Option(help="where people and tests read the mails")],
    sender: Annotated[str, typer.Option(help="the address that may send, as one verified with SES may")],
    host: Annotated[str, typer.Option(help="the interface to listen on")] = "127.0.0.1",
    region: Annotated[str, typer.Option(help="the AWS region that the services use")] = "us-east-1",
    bucket: Annotated[str | None, typer.Option(help="an S3 bucket to make")] = None,
) -> None:
    """Serve until the process is ended."""
    if bucket is not None:
        s3_backends[DEFAULT_ACCOUNT_ID]["aws"].create_bucket(bucket, region)
    ses_backends[DEFAULT_ACCOUNT_ID][region].verify_email_identity(sender)
    aws = make_server(host, aws_port, DomainDispatcherApplication(create_backend_app), threaded=True)
    threading.Thread(target=aws.serve_forever, name="aws", daemon=True).start()
    make_server(host, mailbox_port, _application(region), threaded=True).serve_forever()


def _application(region: str) -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        return answer(Request(environ), region)(environ, start_response)

    return application


if __name__ == "__main__":
    typer.run(serve)
