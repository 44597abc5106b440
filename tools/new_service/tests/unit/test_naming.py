"""Which names are refused, and in which words."""

from pathlib import Path

import pytest
from new_service.naming import NameRefused, check_name


@pytest.mark.parametrize("name", ["loyalty", "giftcards", "web2"])
def test_one_word_that_nothing_has_is_a_name(tmp_path: Path, name: str) -> None:
    """It becomes a package, a host, a role of the database and the prefix of queues."""
    check_name(tmp_path, name)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "2 to 20 lower-case letters"),
        ("Loyalty", "2 to 20 lower-case letters"),
        ("gift-cards", "2 to 20 lower-case letters"),
        ("gift_cards", "2 to 20 lower-case letters"),
        ("../loyalty", "2 to 20 lower-case letters"),
        ("7days", "2 to 20 lower-case letters"),
        ("x", "2 to 20 lower-case letters"),
        ("class", "a word of Python"),
        ("filter", "a word of Python"),
        ("email", "a Python package already"),
        ("fastapi", "a Python package already"),
        ("contracts", "a Python package already"),
    ],
)
def test_a_name_that_would_not_do_is_refused_with_the_reason(tmp_path: Path, name: str, reason: str) -> None:
    """Found out now, not when something imports the wrong package."""
    with pytest.raises(NameRefused, match=reason):
        check_name(tmp_path, name)


def test_a_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    """Nothing of a service that is there is written over."""
    (tmp_path / "services" / "loyalty").mkdir(parents=True)

    with pytest.raises(NameRefused, match="services/loyalty is there already"):
        check_name(tmp_path, "loyalty")
