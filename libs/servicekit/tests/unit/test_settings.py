"""Settings: what is wrong is named at once, in one line, without its value."""

import base64

import pytest
from servicekit.cli.settings_document import environment_example, new_secrets
from servicekit.settings import ServiceSettings, load

GOOD = {
    "APP_ENV": "test",
    "DATABASE_URL": "postgresql://notes:hunter2@localhost/notes",
    "REDIS_URL": "redis://localhost",
    "RABBITMQ_URL": "amqp://localhost",
    "JWT_SECRET": "j" * 32,
    "SERVICE_TOKEN_SECRET": "s" * 32,
    "SEAL_KEY": base64.b64encode(b"k" * 32).decode(),
}


def environment(monkeypatch: pytest.MonkeyPatch, **changes: str | None) -> None:
    """A good environment with some variables changed, or taken away."""
    for name in (field.upper() for field in ServiceSettings.model_fields):
        monkeypatch.delenv(name, raising=False)
    for name, value in {**GOOD, **changes}.items():
        if value is not None:
            monkeypatch.setenv(name, value)


def fault(capsys: pytest.CaptureFixture[str]) -> str:
    """What the process says before it ends with status 2."""
    with pytest.raises(SystemExit) as ended:
        load(ServiceSettings)
    assert ended.value.code == 2
    return capsys.readouterr().err


def test_a_good_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists are written with commas, and NODE_ENV means APP_ENV."""
    environment(
        monkeypatch, APP_ENV=None, NODE_ENV="test", CORS_ORIGINS="https://a, https://b", TRUSTED_PROXIES="10.0.0.0/8"
    )

    settings = load(ServiceSettings)

    assert settings.app_env == "test"
    assert settings.cors_origins == ["https://a", "https://b"]
    assert [str(network) for network in settings.trusted_proxies] == ["10.0.0.0/8"]


def test_every_fault_is_named_in_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Who deploys corrects everything at once instead of one variable a try."""
    environment(monkeypatch, DATABASE_URL=None, REDIS_URL="nonsense", SEAL_KEY="short", JWT_SECRET=None)

    sentence = fault(capsys)

    assert sentence.count("\n") == 1
    for variable in ("DATABASE_URL is missing", "REDIS_URL", "SEAL_KEY", "JWT_JWKS_URL is missing"):
        assert variable in sentence


def test_values_are_never_shown(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The line ends up in logs, so that a secret that is too short must not stand in it."""
    environment(monkeypatch, SERVICE_TOKEN_SECRET="hunter2", SEAL_KEY="hunter2", DATABASE_URL="hunter2")

    assert "hunter2" not in fault(capsys)


def test_a_shared_jwt_secret_is_refused_in_production(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """HS256 only outside production (api.md)."""
    environment(monkeypatch, APP_ENV="production", JWT_JWKS_URL="https://issuer/keys")

    assert "JWT_SECRET is refused in production" in fault(capsys)


def test_production_is_the_default(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Forgetting APP_ENV must not open what only a developer may have."""
    environment(monkeypatch, APP_ENV=None)

    assert "JWT_SECRET is refused in production" in fault(capsys)


def test_settings_do_not_show_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """A settings object that is logged by mistake gives nothing away."""
    environment(monkeypatch)

    shown = repr(load(ServiceSettings))

    assert "hunter2" not in shown
    assert "j" * 32 not in shown


def test_every_setting_is_documented() -> None:
    """The example file names each variable, with what it is for."""
    example = environment_example([ServiceSettings])

    for name, field in ServiceSettings.model_fields.items():
        assert field.description, name
        assert f"{name.upper()}=" in example


def test_fresh_secrets_are_accepted(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the command prints can be used as it is, and is new each time."""
    made = dict(line.split("=", 1) for line in new_secrets(ServiceSettings).splitlines())
    environment(monkeypatch, **made)

    assert load(ServiceSettings).service_token_secret.get_secret_value() == made["SERVICE_TOKEN_SECRET"]
    assert new_secrets(ServiceSettings) != new_secrets(ServiceSettings)
