"""A wrong setting stops the service at its start, with a line that names it and no secret."""

import pytest
from recovery.settings import RecoverySettings
from servicekit.settings import load

GOOD = {
    "APP_ENV": "test",
    "DATABASE_URL": "postgresql://localhost/recovery",
    "REDIS_URL": "redis://localhost",
    "RABBITMQ_URL": "amqp://localhost",
    "JWT_SECRET": "j" * 32,
    "SERVICE_TOKEN_SECRET": "s" * 32,
    "SEAL_KEY": "A" * 43 + "=",
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
