"""The gateway's configuration as it is written, without a gateway that runs."""

import subprocess
from pathlib import Path

import pytest
from cartwheel_local.gateway import (
    render_gateway,
)
from cartwheel_local.services import SERVICES
from localservers.errors import LocalStackError
from localservers.packages import find_program


def test_nginx_accepts_the_configuration_for_other_hosts(tmp_path: Path) -> None:
    """The template also serves where backends are host names, as in containers."""
    text = render_gateway(
        listen="0.0.0.0:8080",
        status="127.0.0.1:8081",
        backends=dict.fromkeys(SERVICES, "localhost:8000"),
        directory=tmp_path,
        documents=tmp_path / "documents",
        trusted_proxies=tmp_path / "trusted",
        access_log="/dev/null",
    )
    (tmp_path / "nginx.conf").write_text(text)

    done = subprocess.run(
        [find_program("nginx"), "-t", "-e", "stderr", "-c", tmp_path / "nginx.conf"], capture_output=True, check=False
    )

    assert done.returncode == 0, done.stderr


def test_a_name_without_a_value_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A template that has grown a name nobody fills in must not become a configuration."""
    template = tmp_path / "template"
    template.write_text("listen {{listen}}; {{forgotten}}")
    monkeypatch.setattr("cartwheel_local.gateway.TEMPLATE", template)

    with pytest.raises(LocalStackError, match="forgotten"):
        render_gateway(
            listen="x",
            status="x",
            backends={},
            directory=tmp_path,
            documents=tmp_path,
            trusted_proxies=tmp_path,
            access_log="x",
        )
