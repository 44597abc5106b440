"""The pure rules of holds: summing, time, and what an order takes (rules.md 18, 20)."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from contracts.inventory_calls import HoldLine
from hypothesis import given
from hypothesis import strategies as st
from inventory.holds.domain import HeldStock, Hold, commit_to_order, ends_at, giving_back, placed, state_of, summed

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
IDS = [UUID(int=number) for number in range(1, 6)]

held = st.builds(
    HeldStock,
    variant_id=st.sampled_from(IDS),
    warehouse_id=st.none() | st.sampled_from(IDS),
    sku=st.just("sku"),
    quantity=st.integers(1, 100),
)
orders = st.dictionaries(st.sampled_from(IDS), st.integers(1, 100))


def a_hold(*stock: HeldStock, state: str = "ACTIVE", ends_in: timedelta = timedelta(minutes=5)) -> Hold:
    """A hold with this stock."""
    return Hold(
        id=IDS[0],
        company_id=IDS[1],
        cart_id=IDS[2],
        site_id=IDS[3],
        owner="ada",
        state=state,  # type: ignore[arg-type]  # the tests name only real states
        version=1,
        expires_at=NOW + ends_in,
        created_at=NOW,
        order_id=None,
        stock=stock,
    )


def test_repeated_variants_are_summed_first() -> None:
    """Two lines of one variant are one wish."""
    lines = [HoldLine(variant_id=IDS[1], quantity=2), HoldLine(variant_id=IDS[0], quantity=1)] * 2

    assert list(summed(lines).items()) == [(IDS[0], 2), (IDS[1], 4)]


@given(st.integers(0, 200), st.integers(1, 60), st.integers(1, 120))
def test_no_hold_outlives_its_maximum(age: int, duration: int, maximum: int) -> None:
    """However often it is extended, it ends at the latest when its maximum is over."""
    began = NOW - timedelta(minutes=age)

    end = ends_at(NOW, began, timedelta(minutes=duration), timedelta(minutes=maximum))

    assert end <= NOW + timedelta(minutes=duration)
    assert end <= began + timedelta(minutes=maximum)


def test_time_passed_is_expired_before_anybody_sweeps() -> None:
    """A hold past its time is EXPIRED to whoever asks, with no seconds left."""
    state = state_of(a_hold(ends_in=timedelta(seconds=-1)), NOW)

    assert (state.status, state.seconds_left) == ("EXPIRED", 0)
    assert state_of(None, NOW).status == "NONE"
    assert state_of(a_hold(state="COMMITTED"), NOW).seconds_left == 0


def test_a_hold_tells_one_line_a_variant() -> None:
    """Which warehouses gave the stock is nobody else's business."""
    hold = a_hold(HeldStock(IDS[0], IDS[3], "mug", 2), HeldStock(IDS[0], IDS[4], "mug", 3))

    assert [(line.sku, line.quantity) for line in placed(hold, NOW).data.lines] == [("mug", 5)]


@given(st.lists(held, max_size=8, unique_by=lambda line: (line.variant_id, line.warehouse_id)), orders)
def test_settling_accounts_for_every_piece(stock: list[HeldStock], ordered: dict[UUID, int]) -> None:
    """What is held is given up, no more leaves the shelf than was held or ordered, the rest is named as beyond."""
    hold = a_hold(*stock)

    commitment = commit_to_order(hold, ordered)

    counted = [line for line in stock if line.warehouse_id]
    assert -sum(move.held for move in commitment.moves) == sum(line.quantity for line in counted)
    for move in commitment.moves:
        assert 0 <= -move.on_hand <= -move.held
    for variant_id, quantity in ordered.items():
        in_hold = sum(line.quantity for line in stock if line.variant_id == variant_id)
        assert commitment.beyond.get(variant_id, 0) == max(quantity - in_hold, 0)
    assert all(more > 0 for more in commitment.beyond.values())


@given(st.lists(held, max_size=8))
def test_giving_back_touches_only_what_was_counted(stock: list[HeldStock]) -> None:
    """Lines that were never counted are not given back."""
    moves = giving_back(stock)

    assert [-move.held for move in moves] == [line.quantity for line in stock if line.warehouse_id]
    assert all(move.on_hand == 0 for move in moves)
