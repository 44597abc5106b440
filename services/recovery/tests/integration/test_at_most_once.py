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
from recovery.jobs import Sending, give_up_claims
from recovery.mail.letter import Letter
from recovery.mail.provider import Mailer
from recovery.messages import repository as messages
from recovery.messages import service
from recovery.messages.domain import DeliveryOutcome, Due, Outcome
from servicekit.db import Database
from servicekit.ids import new_id
from servicekit.jobs.job import JobContext
from servicekit.testing import poll

from ..scene import HOUR, Cart, Scene


class Killed(BaseException):
    """The worker process died here."""


@dataclass
class Provider:
    """A mail provider that does what the test says to each letter, and remembers what it was handed."""

    fates: list[Outcome | BaseException] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    async def send(self, letter: Letter) -> Outcome:
        """Take the letter; accept it unless something else was planned."""
        self.letters.append(letter)
        fate = self.fates.pop(0) if self.fates else Outcome(DeliveryOutcome.ACCEPTED, "id")
        if isinstance(fate, BaseException):
            raise fate
        return fate


async def test_four_workers_send_each_mail_once(scene: Scene) -> None:
    """Four workers that look at the same moment share the work: 40 carts, 40 mails."""
    carts = [scene.cart() for _ in range(40)]
    for number, cart in enumerate(carts):
        await scene.gives(cart, f"shopper{number}@mail.example")
        await scene.abandons(cart)
    scene.clock.advance(HOUR)

    workers = [replace(scene.sending, database=await _another(scene)) for _ in range(4)]
    shares = await asyncio.gather(*(worker.run(_context(scene)) for worker in workers))
    for worker in workers:
        await worker.database.close()

    assert sorted(mail["To"] for mail in scene.mails()) == sorted(f"shopper{n}@mail.example" for n in range(40))
    assert await scene.statuses() == ["SENT"] * 40
    assert sum(shares) == 40


async def test_workers_that_hold_the_same_lease_send_one_mail(scene: Scene) -> None:
    """A lease that ran out gives one step to several workers; the claim lets one of them send."""
    cart = await _due(scene)
    provider = Provider()
    due = await _lease(scene)

    for _ in range(3):
        await _with(scene, provider)._deliver(due)

    assert len(provider.letters) == 1
    assert await scene.state(cart) == ("OPEN", None)


async def test_the_first_guard_is_that_the_step_is_still_the_next(scene: Scene) -> None:
    """Whoever comes with a lease of a step that somebody has claimed finds nothing to do."""
    await _due(scene)
    due = await _lease(scene)
    await _with(scene, Provider())._deliver(due)

    async with scene.database.unit(scene.company_id) as unit:
        assert await messages.lock(unit, due) is None


async def test_the_second_guard_is_the_unique_row(scene: Scene) -> None:
    """Even with the first guard gone, one (company, recipient, cart, abandonment, step) is claimed once."""
    await _due(scene)
    due = await _lease(scene)

    async with scene.database.unit(scene.company_id) as unit:
        recovery = await messages.lock(unit, due)
        assert recovery is not None
        claims = [await messages.claim(unit, new_id(), recovery, b"recipient", due.step) for _ in range(3)]

    assert claims == [True, False, False]


async def test_the_cap_holds_between_workers_at_the_same_moment(scene: Scene) -> None:
    """Two carts of one person: while one mail is being claimed, the other waits, and then finds the cap full."""
    for cart in (scene.cart(), scene.cart()):
        await scene.gives(cart)
        await scene.abandons(cart)
    scene.clock.advance(HOUR)
    async with scene.database.system_unit() as unit:
        first, second = await messages.lease_due(unit, 10, scene.company_id)
    async with scene.database.unit(scene.company_id) as unit:
        claimed = await service.claim(unit, first, scene.carts.snapshots[first.cart_id], scene.sending.mailroom)
        other = asyncio.create_task(_claim(scene, second))
        await poll(lambda: _waits_or_is_done(scene, other))
        waited = not other.done()

    assert (claimed is not None, waited, await other) == (True, True, None)


async def test_a_worker_that_dies_before_the_call_leaves_the_mail_unknown(scene: Scene) -> None:
    """Between claim and call nobody can say whether the mail went: it is never sent again."""
    await _due(scene)
    with pytest.raises(BaseExceptionGroup):
        await _with(scene, Provider([Killed()])).run(_context(scene))
    after_death = await scene.statuses()

    scene.clock.advance(timedelta(minutes=6))
    await give_up_claims(_context(scene))
    again = Provider()
    await _with(scene, again).run(_context(scene))

    assert after_death == ["CLAIMED"]
    assert await scene.statuses() == ["UNKNOWN"]
    assert again.letters == []


async def test_a_young_claim_is_not_given_up(scene: Scene) -> None:
    """A call may take a while; five minutes is longer than any timeout."""
    await _due(scene)
    with pytest.raises(BaseExceptionGroup):
        await _with(scene, Provider([Killed()])).run(_context(scene))
    scene.clock.advance(timedelta(minutes=4))

    await give_up_claims(_context(scene))

    assert await scene.statuses() == ["CLAIMED"]


async def test_an_answer_that_was_lost_is_never_asked_for_again(scene: Scene) -> None:
    """A timeout may mean that the mail went: the next step follows in its time, this one stays unknown."""
    await _due(scene)
    provider = Provider([Outcome(DeliveryOutcome.UNKNOWN, "ReadTimeoutError")])

    await _with(scene, provider).run(_context(scene))
    scene.clock.advance(2 * HOUR)
    await _with(scene, provider).run(_context(scene))

    assert len(provider.letters) == 1
    assert await scene.statuses() == ["UNKNOWN"]
    assert await scene.told(RecoveryEmailSent) == []


async def test_a_refusal_is_final_for_its_step(scene: Scene) -> None:
    """The provider said no to this mail: it failed, and the next step still comes."""
    await _due(scene)
    provider = Provider([Outcome(DeliveryOutcome.REFUSED, "MessageRejected")])

    await _with(scene, provider).run(_context(scene))
    scene.clock.advance(23 * HOUR)
    await _with(scene, provider).run(_context(scene))

    assert await scene.statuses() == ["FAILED", "SENT"]


async def test_a_mail_that_was_certainly_not_taken_waits_and_goes(scene: Scene) -> None:
    """Throttled, or the provider unreachable: the right to send is given back."""
    await _due(scene)
    provider = Provider([Outcome(DeliveryOutcome.NOT_TAKEN, "TooManyRequestsException")])

    await _with(scene, provider).run(_context(scene))
    throttled = await scene.statuses()
    scene.clock.advance(timedelta(minutes=1))
    await _with(scene, provider).run(_context(scene))

    assert throttled == []
    assert await scene.statuses() == ["SENT"]
    assert [event.step for event in await scene.told(RecoveryEmailSent)] == [1]


async def test_a_provider_that_goes_on_throttling_is_asked_more_rarely(scene: Scene) -> None:
    """The wait after a certain no doubles (messages.domain.backoff)."""
    cart = await _due(scene)
    throttling = _with(scene, Provider([Outcome(DeliveryOutcome.NOT_TAKEN, "TooManyRequestsException")] * 3))
    waits = []

    for _ in range(3):
        await throttling.run(_context(scene))
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
            lambda end: Outcome(end, "planned") if isinstance(end, DeliveryOutcome) else end
        ),
        max_size=8,
    )
)
async def test_no_history_of_failures_hands_a_step_over_twice_unless_it_was_not_taken(
    scene: Scene, plan: list[Outcome | BaseException]
) -> None:
    """Whatever the provider does and whenever workers die, a step is handed over again only after a certain no."""
    cart = scene.cart()
    await scene.gives(cart, f"shopper{cart.id}@mail.example")
    await scene.abandons(cart)
    provider = Provider(list(plan))
    handed: dict[str, list[Outcome | BaseException]] = {}

    for _ in range(12):
        scene.clock.advance(12 * HOUR)
        ends = list(provider.fates)
        before = len(provider.letters)
        with suppress(BaseExceptionGroup):
            await _with(scene, provider).run(_context(scene))
        for letter, end in zip(provider.letters[before:], [*ends, *[None] * 3], strict=False):
            handed.setdefault(letter.tags["step"], []).append(end or Outcome(DeliveryOutcome.ACCEPTED, "id"))
        await give_up_claims(_context(scene))

    for ends in handed.values():
        assert all(isinstance(end, Outcome) and end.fate is DeliveryOutcome.NOT_TAKEN for end in ends[:-1])


async def _due(scene: Scene) -> Cart:
    """A cart whose first mail is due now."""
    cart = scene.cart()
    await scene.gives(cart)
    await scene.abandons(cart)
    scene.clock.advance(HOUR)
    return cart


async def _claim(scene: Scene, due: Due) -> tuple[messages.Claim, Letter] | None:
    async with scene.database.unit(scene.company_id) as unit:
        return await service.claim(unit, due, scene.carts.snapshots[due.cart_id], scene.sending.mailroom)


async def _waits_or_is_done(scene: Scene, task: asyncio.Task[Any]) -> bool:
    async with scene.database.system_unit() as unit:
        waiting = await unit.fetchval(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'advisory'"
        )
    return bool(waiting) or task.done()


def _with(scene: Scene, provider: Mailer) -> Sending:
    return replace(scene.sending, mailer=provider)


async def _lease(scene: Scene) -> Due:
    async with scene.database.system_unit() as unit:
        (due,) = await messages.lease_due(unit, 10, scene.company_id)
    return due


async def _another(scene: Scene) -> Database:
    """A database of another process: connections of its own, the same clock."""
    return await Database.open(scene.settings, service="recovery", clock=scene.clock)


def _context(scene: Scene) -> JobContext:
    return JobContext(scene.database, scene.clock, company_id=scene.company_id)
