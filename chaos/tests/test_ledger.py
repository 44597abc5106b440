"""The ledger: appended to a file, and read again."""

from pathlib import Path

import pytest

from chaos.errors import ChaosError
from chaos.ledger import Entry, Ledger, Seen, by_cart, read_ledger

CART = "0190a5f0-0000-7000-8000-000000000001"


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Each entry is in the file as soon as it is written, after those of before."""
    file = tmp_path / "ledger.jsonl"
    first = Entry("add", "k1", CART, "accepted", 2, quantity=3, seen=Seen(CART, 2, {"mug": 3}, 30))
    second = Entry("add", "k2", CART, "refused", 1, code="CART_EMPTY")
    with Ledger(file) as ledger:
        ledger.write(first)
        assert read_ledger(file) == [first]
    with Ledger(file) as ledger:
        ledger.write(second)

    assert read_ledger(file) == [first, second]
    assert [entry.key for entries in by_cart([first, second]).values() for entry in entries] == ["k1"]


@pytest.mark.parametrize("content", ["{", '{"command": "add"}\n', "[]\n"])
def test_what_is_no_ledger_is_refused(tmp_path: Path, content: str) -> None:
    """A file that was cut off, or is something else, judges nothing."""
    file = tmp_path / "ledger.jsonl"
    file.write_text(content)

    with pytest.raises(ChaosError):
        read_ledger(file)


def test_nothing_is_written_before_it_is_opened(tmp_path: Path) -> None:
    """An entry that is not in the file would be no evidence."""
    with pytest.raises(ChaosError):
        Ledger(tmp_path / "ledger.jsonl").write(Entry("add", "k", CART, "accepted", 1))
