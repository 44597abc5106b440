"""The OpenAPI documents of services as committed files.

`python -m servicekit.cli.openapi_document FOLDER cart pricing …` writes `FOLDER/<service>/openapi.json` for each of
these services (packages that have a `main.SERVICE`), and `openapi.internal.json` for those that other services call.
With `--check` it writes nothing, names the files that are out of date and shows that by its status. Nothing has to run,
and no setting has to be given.
"""

import sys
from argparse import ArgumentParser
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson
from fastapi import FastAPI

from servicekit.roles.service import AnyService
from servicekit.routes.openapi import any_route, build, is_internal
from servicekit.settings import stand_in


def openapi_of(service: AnyService) -> dict[str, Any]:
    """The document of every route of the service, internal ones too; the environment has no part in it."""
    return build(_app_of(service), any_route)


def public_openapi_of(service: AnyService) -> dict[str, Any]:
    """The document that the service answers: no internal route."""
    return _app_of(service).openapi()


def internal_openapi_of(service: AnyService) -> dict[str, Any]:
    """The document of the routes that are between services; it has no paths where there are none."""
    return build(_app_of(service), is_internal)


def files_of(service: AnyService) -> dict[str, dict[str, Any]]:
    """The service's documents by the name of their file."""
    files, internal = {"openapi.json": public_openapi_of(service)}, internal_openapi_of(service)
    return files | ({"openapi.internal.json": internal} if internal["paths"] else {})


def _app_of(service: AnyService) -> FastAPI:
    return service.create_app(stand_in(service.settings))


def written(document: dict[str, Any]) -> bytes:
    """A document as it stands in its file."""
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def main(arguments: list[str]) -> int:
    """Write the files, or check them."""
    parser = ArgumentParser(description="The OpenAPI documents of services as committed files.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("services", nargs="+")
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args(arguments)
    current = {
        options.folder / name / file: written(document)
        for name in options.services
        for file, document in files_of(import_module(f"{name}.main").SERVICE).items()
    }
    outdated = [file for file, content in current.items() if not file.exists() or file.read_bytes() != content]
    for file in outdated:
        if options.check:
            sys.stderr.write(f"{file} is out of date: run `make openapi`\n")
        else:
            file.write_bytes(current[file])
    return 1 if outdated and options.check else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
