"""A file that has grown past what somebody reads in one go is divided by what it is about."""

from pathlib import Path

from .modules import ROOT

MOST_LINES = 300
GENERATED = ("libs/client/src/cartwheel_client/models",)
PLACES = ("bench", "chaos", "deploy", "libs", "services", "tests", "tools")


def test_no_file_is_longer_than_three_hundred_lines() -> None:
    """Ours, tests too; what is generated is read by nobody."""
    assert too_long(ROOT) == []


def test_a_file_that_is_too_long_is_found(tmp_path: Path) -> None:
    """One line more is enough; what is generated may have more."""
    for name, lines in (("bench/short.py", 300), ("bench/long.py", 301), (f"{GENERATED[0]}/cart.py", 900)):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n" * lines)

    assert too_long(tmp_path) == ["bench/long.py"]


def too_long(root: Path) -> list[str]:
    """The files of ours that have more lines."""
    files = [path for place in PLACES for path in sorted((root / place).rglob("*.py"))]
    names = [path.relative_to(root).as_posix() for path in files if path.read_bytes().count(b"\n") > MOST_LINES]
    return [name for name in names if not name.startswith(GENERATED)]
