"""Who has a Sentry adds a component, which is the address of reports and the way there."""

import pytest
from k8s.catalogue import Catalogue
from k8s.judging import faults_of
from k8s.objects import Object
from k8s.rules import environment, outward

from .overlays import composed
from .spoiled import Spoiled


@pytest.fixture(scope="module")
def reporting() -> list[Object]:
    """Production with the component."""
    return composed("production", "scaling", "monitoring", "secrets", "error-tracking")


def test_every_process_may_report(reporting: list[Object], catalogue: Catalogue) -> None:
    """The setting is accepted, and everybody who reports reaches the internet."""
    assert list(faults_of("production", reporting, catalogue)) == []


def test_reports_that_do_not_leave_are_found(reporting: list[Object], catalogue: Catalogue) -> None:
    """A DSN without the way there makes a worker wait for nothing."""
    copy = Spoiled(reporting)
    copy.without("NetworkPolicy", "error-tracking")

    found = list(outward.faults(copy.objects, catalogue))

    assert "Deployment pricing-worker calls the internet, and its NetworkPolicies say otherwise" in found


def test_a_way_out_that_nothing_takes_is_found(reporting: list[Object], catalogue: Catalogue) -> None:
    """The policy without a DSN opens the internet for nobody's good."""
    copy = Spoiled(reporting)
    copy.without("ExternalSecret", "error-tracking")

    found = list(outward.faults(copy.objects, catalogue))

    assert "Deployment pricing-worker does not call the internet, and its NetworkPolicies say otherwise" in found


def test_a_source_that_must_be_there_is_missed(reporting: list[Object], catalogue: Catalogue) -> None:
    """Without `optional` a pod waits for the Secret for good."""
    copy = Spoiled(reporting)
    copy.without("ExternalSecret", "error-tracking")
    copy.container("pricing-worker")["envFrom"][2]["secretRef"].pop("optional")

    found = list(environment.faults(copy.objects, catalogue))

    assert found == ["Deployment pricing-worker: there is no secret error-tracking"]
