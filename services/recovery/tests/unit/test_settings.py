"""A wrong setting stops the service at its start, with a line that names it and no secret."""

import pytest
from recovery.settings import RecoverySettings
from servicekit.cli.settings_document import new_secrets
from servicekit.settings import load

GOOD = {
    "APP_ENV": "test",
    "DATABASE_URL": "postgresql://localhost/recovery",
    "REDIS_URL": "redis://localhost",
    "RABBITMQ_URL": "amqp://localhost",
    "JWT_SECRET": "j" * 32,
    "SERVICE_TOKEN_SECRET": "s" * 32,
    "SEAL_KEY": "A" * 43 + "=",
    "CONTACT_SEAL_KEY": "B" * 43 + "=",
    "CART_URL": "http://localhost:1",
    "CART_RECOVERY_HMAC_SECRET": f"k1:{'h' * 32}",
    "SES_FROM": "carts@shop.example",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment that recovery starts with."""
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_it_starts_with_what_it_needs(environment: pytest.MonkeyPatch) -> None:
    """Links lead to the gateway, which is the portal's address unless it has one of its own."""
    assert load(RecoverySettings).gateway_url == "http://localhost:3003"
    environment.setenv("PUBLIC_API_URL", "https://api.shop.example/")
    assert load(RecoverySettings).gateway_url == "https://api.shop.example"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CART_RECOVERY_HMAC_SECRET", "k1:short-secret"),
        ("CART_RECOVERY_TOKEN_EXPIRY_HOURS", "0"),
        ("RECOVERY_RECIPIENT_KEY", "short-secret"),
        ("CONTACT_SEAL_KEY", "short-secret"),
        ("SES_FROM", "nobody"),
        ("CART_URL", "cart"),
    ],
)
def test_a_wrong_setting_is_named(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    """Status 2 and one line."""
    environment.setenv(name, value)

    with pytest.raises(SystemExit) as stopped:
        load(RecoverySettings)

    line = capsys.readouterr().err
    assert stopped.value.code == 2
    assert name in line
    assert "short-secret" not in line


def test_production_needs_a_key_that_outlives_rotation(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A key that rotates would make strangers of those who unsubscribed, and they would be mailed again."""
    environment.setenv("APP_ENV", "production")
    environment.delenv("JWT_SECRET")
    environment.setenv("JWT_JWKS_URL", "https://issuer.example/keys")

    with pytest.raises(SystemExit):
        load(RecoverySettings)

    assert "RECOVERY_RECIPIENT_KEY is missing" in capsys.readouterr().err
    environment.setenv("RECOVERY_RECIPIENT_KEY", "r" * 32)
    assert load(RecoverySettings).recovery_recipient_key is not None


def test_it_starts_with_the_secrets_that_its_command_makes(environment: pytest.MonkeyPatch) -> None:
    """`python -m recovery secrets` prints every secret there is, in the form that the settings take."""
    made = dict(line.split("=", 1) for line in new_secrets(RecoverySettings).splitlines())
    for name, value in made.items():
        environment.setenv(name, value)

    settings = load(RecoverySettings)

    assert {"SEAL_KEY", "CONTACT_SEAL_KEY", "CART_RECOVERY_HMAC_SECRET", "RECOVERY_RECIPIENT_KEY"} <= made.keys()
    assert settings.cart_recovery_hmac_secret.get_secret_value().startswith("1:")
