"""What tests of a service use: real servers, a database of their own from the service's migrations, and a few tools.

The fixtures `servers`, `database_url`, `database` and `company_id` are there wherever servicekit is installed (a pytest
plugin by entry point); a service's `tests/conftest.py` only says whose database it is:

    @pytest.fixture(scope="session")
    def service() -> Service:
        return SERVICE
"""

from localservers.servers import Servers

from servicekit.testing.clocks import FixedClock
from servicekit.testing.databases import rows_of
from servicekit.testing.delivery import deliver, deliver_again, envelope_of
from servicekit.testing.guards import assert_no_drift, assert_rls_everywhere
from servicekit.testing.http import client_of
from servicekit.testing.locks import until_blocked
from servicekit.testing.outbox import Published, published, republish_all
from servicekit.testing.polling import poll
from servicekit.testing.proxies import Wire, wired
from servicekit.testing.settings import make_settings
from servicekit.testing.tokens import mint_jwt
from servicekit.testing.workers import running_worker

__all__ = [
    "FixedClock",
    "Published",
    "Servers",
    "Wire",
    "assert_no_drift",
    "assert_rls_everywhere",
    "client_of",
    "deliver",
    "deliver_again",
    "envelope_of",
    "make_settings",
    "mint_jwt",
    "poll",
    "published",
    "republish_all",
    "rows_of",
    "running_worker",
    "until_blocked",
    "wired",
]
