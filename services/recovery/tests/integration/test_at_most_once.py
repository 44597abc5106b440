"""At most one mail a step, whatever runs at the same time and whatever dies (rules.md 28)."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
from contracts.recovery import RecoveryEmailSent
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from recovery.mail.clients import Mailer
from recovery.mail.domain.mime import OutgoingMail
from recovery.messages import repository as messages
from recovery.messages.domain import Delivery, DeliveryOutcome, DueStep
from recovery.messages.repository import Reservation
from recovery.messages.use_cases.mark_unknown import mark_unknown
from recovery.messages.use_cases.prepare_mail import PreparedMail, prepare_mail
from recovery.messages.use_cases.send_due_mails import SendDueMails
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.testing import poll

from ..cart_model import Cart
from ..scene import HOUR, Scene


class Killed(BaseException):
    """The worker process died here."""


@dataclass
class Provider:
    """A mail provider that does with each mail what the test has planned, and keeps what it was handed."""

    ends: list[Delivery | BaseException] = field(default_factory=list)
    mails: list[OutgoingMail] = field(default_factory=list)

    async def send(self, mail: OutgoingMail) -> Delivery:
        """Take the mail; accept it unless something else was planned."""
        self.mails.append(mail)
        end = self.ends.pop(0) if self.ends else Delivery(DeliveryOutcome.ACCEPTED, "id")
        if isinstance(end, BaseException):
            raise end
        return end


async def test_four_workers_send_each_mail_once(scene: Scene) -> None:
    """Four workers that look at the same moment share the work: 40 carts, 40 mails."""
    carts = [scene.cart() for _ in range(40)]
    for number, cart in enumerate(carts):
        await scene.gives(cart, f"shopper{number}@mail.example")
        await scene.abandons(cart)
    scene.clock.advance(HOUR)

    workers = [replace(scene.sending, database=await _another(scene)) for _ in range(4)]
    shares = await asyncio.gather(*(worker.run(company_id=scene.company_id) for worker in workers))
    for worker in workers:
        await worker.database.close()

    assert sorted(mail["To"] for mail in scene.mails()) == sorted(f"shopper{n}@mail.example" for n in range(40))
    assert await scene.statuses() == ["SENT"] * 40
    assert sum(shares) == 40


async def test_workers_that_hold_the_same_lease_send_one_mail(scene: Scene) -> None:
    """A lease that ran out gives one step to several workers; the reservation lets one of them send."""
    cart = await _due(scene)
    provider = Provider()
    due = await _lease(scene)

    for _ in range(3):
        await _with(scene, provider).send_one(due)

    assert len(provider.mails) == 1
    assert await scene.state(cart) == ("OPEN", None)


async def test_the_first_guard_is_that_the_step_is_still_the_next(scene: Scene) -> None:
    """Whoever comes with a lease of a step that somebody has reserved finds nothing to do."""
    await _due(scene)
    due = await _lease(scene)
    await _with(scene, Provider()).send_one(due)

    async with scene.database.unit(scene.company_id) as unit:
        assert await messages.lock(unit, due) is None


async def test_the_second_guard_is_the_unique_row(scene: Scene) -> None:
    """Even with the first guard gone, one (company, recipient, cart, abandonment, step) is reserved once."""
    await _due(scene)
    due = await _lease(scene)

    async with scene.database.unit(scene.company_id) as unit:
        recovery = await messages.lock(unit, due)
        assert recovery is not None
        reservations = [Reservation(new_id(), recovery.id, due.step) for _ in range(3)]
        reserved = [await messages.reserve(unit, one, recovery, b"recipient") for one in reservations]

    assert reserved == [True, False, False]


async def test_the_cap_holds_between_workers_at_the_same_moment(scene: Scene) -> None:
    """Two carts of one person: while one mail is being reserved, the other waits, and then finds the cap full."""
    for cart in (scene.cart(), scene.cart()):
        await scene.gives(cart)
        await scene.abandons(cart)
    scene.clock.advance(HOUR)
    async with scene.database.system_unit() as unit:
        first, second = await messages.lease_due(unit, 10, scene.company_id)
    async with scene.database.unit(scene.company_id) as unit:
        prepared = await prepare_mail(unit, first, scene.carts.snapshots[first.cart_id], scene.sending.writer)
        other = asyncio.create_task(_prepare(scene, second))
        await poll(lambda: _waits_or_is_done(scene, other))
        waited = not other.done()

    assert (prepared is not None, waited, await other) == (True, True, None)


async def test_a_worker_that_dies_before_the_call_leaves_the_mail_unknown(scene: Scene) -> None:
    """Between reservation and call nobody can tell whether the mail went: it is never sent again."""
    await _due(scene)
    with pytest.raises(BaseExceptionGroup):
        await _with(scene, Provider([Killed()])).run(company_id=scene.company_id)
    after_death = await scene.statuses()

    scene.clock.advance(timedelta(minutes=6))
    await mark_unknown(scene.database, dry_run=False)
    again = Provider()
    await _with(scene, again).run(company_id=scene.company_id)

    assert after_death == ["CLAIMED"]
    assert await scene.statuses() == ["UNKNOWN"]
    assert again.mails == []


async def test_a_young_reservation_is_not_made_unknown(scene: Scene) -> None:
    """A call may take a while; five minutes is longer than any timeout."""
    await _due(scene)
    with pytest.raises(BaseExceptionGroup):
        await _with(scene, Provider([Killed()])).run(company_id=scene.company_id)
    scene.clock.advance(timedelta(minutes=4))

    await mark_unknown(scene.database, dry_run=False)

    assert await scene.statuses() == ["CLAIMED"]


async def test_a_mail_whose_answer_was_lost_is_never_sent_again(scene: Scene) -> None:
    """A timeout may mean that the mail went: the next step follows in its time, this one stays UNKNOWN."""
    await _due(scene)
    provider = Provider([Delivery(DeliveryOutcome.UNKNOWN, "ReadTimeoutError")])

    await _with(scene, provider).run(company_id=scene.company_id)
    scene.clock.advance(2 * HOUR)
    await _with(scene, provider).run(company_id=scene.company_id)

    assert len(provider.mails) == 1
    assert await scene.statuses() == ["UNKNOWN"]
    assert await scene.published(RecoveryEmailSent) == []


async def test_a_refusal_is_final_for_its_step(scene: Scene) -> None:
    """The provider refused this mail: it failed, and the next step still comes."""
    await _due(scene)
    provider = Provider([Delivery(DeliveryOutcome.REFUSED, "MessageRejected")])

    await _with(scene, provider).run(company_id=scene.company_id)
    scene.clock.advance(23 * HOUR)
    await _with(scene, provider).run(company_id=scene.company_id)

    assert await scene.statuses() == ["FAILED", "SENT"]


async def test_a_mail_that_was_certainly_not_taken_waits_and_goes(scene: Scene) -> None:
    """Throttled, or the provider unreachable: the reservation is given back."""
    await _due(scene)
    provider = Provider([Delivery(DeliveryOutcome.NOT_TAKEN, "TooManyRequestsException")])

    await _with(scene, provider).run(company_id=scene.company_id)
    throttled = await scene.statuses()
    scene.clock.advance(timedelta(minutes=1))
    await _with(scene, provider).run(company_id=scene.company_id)

    assert throttled == []
    assert await scene.statuses() == ["SENT"]
    assert [event.step for event in await scene.published(RecoveryEmailSent)] == [1]


async def test_a_provider_that_goes_on_throttling_is_called_more_rarely(scene: Scene) -> None:
    """The wait after a certain no doubles (messages.domain.backoff)."""
    cart = await _due(scene)
    throttling = _with(scene, Provider([Delivery(DeliveryOutcome.NOT_TAKEN, "TooManyRequestsException")] * 3))
    waits = []

    for _ in range(3):
        await throttling.run(company_id=scene.company_id)
        due_at = await scene.one(
            "SELECT next_due_at FROM recoveries WHERE company_id = $1 AND id = $2", cart.recovery_id
        )
        waits.append((due_at - scene.clock.now()).total_seconds())
        scene.clock.advance(timedelta(seconds=waits[-1]))

    assert waits == [5, 10, 20]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    plan=st.lists(
        st.sampled_from([*DeliveryOutcome, Killed()]).map(
            lambda end: Delivery(end, "planned") if isinstance(end, DeliveryOutcome) else end
        ),
        max_size=8,
    )
)
async def test_no_history_of_failures_hands_a_step_over_twice_unless_it_was_not_taken(
    scene: Scene, plan: list[Delivery | BaseException]
) -> None:
    """Whatever the provider does and whenever workers die, a step is handed over again only after a certain no."""
    cart = scene.cart()
    await scene.gives(cart, f"shopper{cart.id}@mail.example")
    await scene.abandons(cart)
    provider = Provider(list(plan))
    handed: dict[str, list[Delivery | BaseException]] = {}

    for _ in range(12):
        scene.clock.advance(12 * HOUR)
        ends = list(provider.ends)
        before = len(provider.mails)
        with suppress(BaseExceptionGroup):
            await _with(scene, provider).run(company_id=scene.company_id)
        for mail, end in zip(provider.mails[before:], [*ends, *[None] * 3], strict=False):
            handed.setdefault(mail.tags["step"], []).append(end or Delivery(DeliveryOutcome.ACCEPTED, "id"))
        await mark_unknown(scene.database, dry_run=False)

    for ends in handed.values():
        assert all(isinstance(end, Delivery) and end.outcome is DeliveryOutcome.NOT_TAKEN for end in ends[:-1])


async def _due(scene: Scene) -> Cart:
    """A cart whose first mail is due now."""
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)
    scene.clock.advance(HOUR)
    return cart


async def _prepare(scene: Scene, due: DueStep) -> PreparedMail | None:
    async with scene.database.unit(scene.company_id) as unit:
        return await prepare_mail(unit, due, scene.carts.snapshots[due.cart_id], scene.sending.writer)


async def _waits_or_is_done(scene: Scene, task: asyncio.Task[Any]) -> bool:
    async with scene.database.system_unit() as unit:
        waiting = await unit.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"
        )
    return bool(waiting) or task.done()


def _with(scene: Scene, provider: Mailer) -> SendDueMails:
    return replace(scene.sending, mailer=provider)


async def _lease(scene: Scene) -> DueStep:
    async with scene.database.system_unit() as unit:
        (due,) = await messages.lease_due(unit, 10, scene.company_id)
    return due


async def _another(scene: Scene) -> Database:
    """A database of another process: connections of its own, the same clock."""
    return await Database.open(scene.settings, service="recovery", clock=scene.clock)
