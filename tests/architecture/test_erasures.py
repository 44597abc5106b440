"""Every service takes part in erasing a customer (rules.md 35)."""

from collections.abc import Iterable
from importlib import import_module
from typing import Any

from cart.erasures.domain import SERVICES as AWAITED
from contracts.erasure import CustomerErasureRequested
from servicekit.messaging.subscriptions import Subscriptions

from .test_rate_limits import SERVICES


def silent(services: Iterable[Subscriptions[Any]]) -> list[str]:
    """The services that answer no request to erase a customer."""
    return [
        subscriptions.service
        for subscriptions in services
        if not any(CustomerErasureRequested.type in plan.routing_keys for plan in subscriptions.queues.values())
    ]


def test_every_service_answers_erasures() -> None:
    """One that does not would keep what it has, and every erasure from being over."""
    assert silent(import_module(f"{name}.main").SERVICE.subscriptions for name in SERVICES) == []


def test_a_service_that_answers_none_is_found() -> None:
    """What somebody would see who made a service without."""
    assert silent([Subscriptions[None]("stray")]) == ["stray"]


def test_every_service_is_waited_for() -> None:
    """An erasure is over when all have answered, and not before."""
    assert sorted(AWAITED) == sorted(SERVICES)
