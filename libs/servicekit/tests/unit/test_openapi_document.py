"""The committed OpenAPI documents: written without settings, and a stale one is noticed."""

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from servicekit.cli.openapi_document import main, public_openapi_of

from ..notes import NOTES, notes_app


@pytest.fixture(autouse=True)
def notes_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """The notes service as a package `notes`, and an environment without any setting."""
    monkeypatch.setitem(sys.modules, "notes.main", SimpleNamespace(SERVICE=NOTES))
    for name in NOTES.settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_no_setting_is_needed_and_none_has_a_part() -> None:
    """The document is that of the running service."""
    assert public_openapi_of(NOTES) == notes_app().openapi()


def test_a_stale_document_is_named_and_written_anew(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The check fails for a missing or an older file, leaves it as it is, and passes after `make openapi`."""
    file = tmp_path / "notes" / "openapi.json"
    file.parent.mkdir()
    for content in (None, "{}"):
        if content is not None:
            file.write_text(content)
        assert main(["--check", str(tmp_path), "notes"]) == 1
        assert f"{file} is out of date: run `make openapi`" in capsys.readouterr().err

    assert main([str(tmp_path), "notes"]) == 0

    assert json.loads(file.read_text())["paths"]
    assert main(["--check", str(tmp_path), "notes"]) == 0
