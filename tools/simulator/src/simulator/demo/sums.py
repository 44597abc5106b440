"""What the ledger adds up to, in the words of analytics; computed from what shoppers saw and from nothing else."""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from simulator.demo.ledger import CartNote, Ledger

Numbers = dict[str, int | float]


def sums_of(ledger: Ledger) -> Numbers:
    """Every figure by name, amounts in minor units: those of each currency, then those of the whole company."""
    sums: Numbers = {}
    for currency in sorted({note.currency for note in ledger.carts}):
        carts = [note for note in ledger.carts if note.currency == currency]
        figures = _states(carts) | _money(carts) | _funnel(carts) | _comebacks(carts)
        sums |= {f"{currency} {name}": value for name, value in figures.items()}
    return sums | {
        "mails sent": ledger.mails,
        "mails clicked": ledger.clicks,
        "upsells taken": ledger.upsells_added,
        "upsells dismissed": ledger.upsells_dismissed,
    }


def _states(carts: Sequence[CartNote]) -> Numbers:
    lost = _count(note.abandoned and note.status in ("ABANDONED", "EXPIRED") for note in carts)
    converted = _count(note.status == "CONVERTED" for note in carts)
    return {
        "created": len(carts),
        "active": _count(note.status == "ACTIVE" for note in carts),
        "abandoned": _count(note.abandoned for note in carts),
        "converted": converted,
        "merged": _count(note.status == "MERGED" for note in carts),
        "expired": _count(note.status == "EXPIRED" for note in carts),
        "abandonment rate": _rate(lost, lost + converted),
        "conversion rate": _rate(converted, len(carts)),
    }


def _money(carts: Sequence[CartNote]) -> Numbers:
    ordered = [note for note in carts if note.status == "CONVERTED"]
    filled = [note for note in carts if note.items]
    return {
        "revenue": sum(note.total for note in ordered),
        "units": sum(note.items for note in ordered),
        "discounts": sum(note.discount for note in ordered),
        "codes used": _count(note.used_code for note in ordered),
        "average value": _mean(sum(note.total for note in filled), len(filled)),
        "average items": _rate(sum(note.items for note in filled), len(filled)),
    }


def _funnel(carts: Sequence[CartNote]) -> Numbers:
    """Carts that reached a step or a later one."""
    return {
        "item added": _count(note.had_line or _in_checkout(note) for note in carts),
        "viewed": _count((note.had_line and note.viewed) or _in_checkout(note) for note in carts),
        "checkout started": _count(_in_checkout(note) for note in carts),
    }


def _comebacks(carts: Sequence[CartNote]) -> Numbers:
    """Orders from a restored cart, and orders after a click without restoring (rules.md 31)."""
    ordered = [note for note in carts if note.status == "CONVERTED"]
    recovered = [note for note in ordered if note.restored]
    influenced = [note for note in ordered if note.clicked and not note.restored]
    return {
        "recovered": len(recovered),
        "recovered revenue": sum(note.total for note in recovered),
        "influenced": len(influenced),
        "influenced revenue": sum(note.total for note in influenced),
    }


def _in_checkout(note: CartNote) -> bool:
    return note.held or note.status == "CONVERTED"


def _count(hits: Iterable[bool]) -> int:
    return sum(hits)


def _rate(part: int, whole: int) -> float:
    """To four places, 0 of nothing."""
    return round(part / whole, 4) if whole else 0.0


def _mean(total: int, count: int) -> int:
    """In whole minor units, half to even, 0 of nothing."""
    return int((Decimal(total) / count).quantize(Decimal(1), ROUND_HALF_EVEN)) if count else 0
