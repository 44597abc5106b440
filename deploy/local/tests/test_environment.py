"""Where the services of a stack send their spans."""

import pytest
from cartwheel_local.environment import TRACES, Addresses, service_environment, traces_address
from cartwheel_local.mail import MailAddresses
from cartwheel_local.secrets import Secrets
from localservers.home import Home
from localservers.servers import Servers
from localservers.state import Running, remember

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"


@pytest.mark.parametrize(
    ("own", "given", "expected"),
    [
        (None, None, None),
        ("http://127.0.0.1:1", None, "http://127.0.0.1:1"),
        ("http://127.0.0.1:1", "http://jaeger:4318", "http://jaeger:4318"),
    ],
)
def test_spans_go_to_the_stacks_own_pages_unless_the_caller_names_a_collector(
    secrets: Secrets, monkeypatch: pytest.MonkeyPatch, own: str | None, given: str | None, expected: str | None
) -> None:
    """And nowhere when there is neither."""
    if given is None:
        monkeypatch.delenv(ENDPOINT, raising=False)
    else:
        monkeypatch.setenv(ENDPOINT, given)
    addresses = Addresses("http://gateway", {}, Servers("", "", ""), MailAddresses("", "", ""), own)

    assert service_environment(secrets, addresses, "", []).get(ENDPOINT) == expected


def test_pages_that_do_not_run_any_more_get_no_spans(home: Home) -> None:
    """A service whose collector is gone would log every export that fails."""
    assert traces_address(home) is None

    remember(home, Running(TRACES, 2**22 + 1, 0.0, 4318, ""))

    assert traces_address(home) is None
