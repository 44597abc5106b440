"""What pgBackRest and two databases say of themselves is read so that nothing that is missing is overlooked."""

from dataclasses import replace

from cartwheel_local.backups.catalogue import missing_segments, read_faults
from cartwheel_local.backups.copying import Content


def test_a_copy_that_misses_anything_is_named() -> None:
    """A row, another row in its place, an index, a sequence that is behind."""
    tables, objects = {("counts", 2, "7"), ("sites", 1, "1")}, {("kind i", 3), ("sequence counts_id_seq", 2)}
    whole = Content(frozenset(objects), frozenset(tables))

    assert whole.differences(Content(frozenset(objects), frozenset(tables))) == []
    assert whole.differences(replace(whole, tables=frozenset({("counts", 1, "3"), ("sites", 1, "1")}))) == ["counts"]
    assert whole.differences(replace(whole, tables=frozenset({("counts", 2, "8"), ("sites", 1, "1")}))) == ["counts"]
    assert whole.differences(replace(whole, objects=frozenset({("kind i", 2)}))) == ["kind i", "sequence counts_id_seq"]


def test_a_gap_in_a_timeline_is_found_among_the_archived_segments() -> None:
    """Each timeline is judged by itself, over the end of a log of 256 segments too; other files are no segments."""
    digest = "0" * 40
    names = ("0000000100000000000000FE", "000000010000000100000000", "000000020000000100000000")
    files = [f"15-1/{name[:16]}/{name}-{digest}.zst" for name in names]

    assert missing_segments([*files, "15-1/00000002.history"]) == ["0000000100000000000000FF"]


def test_what_verify_counts_is_read_as_a_line_for_each_fault() -> None:
    """The subject is on the line above its counts; counts of 0 are no fault."""
    answer = """stanza: cartwheel
status: error
  archiveId: 15-1, total WAL checked: 8, total valid WAL: 8
    missing: 0, checksum invalid: 0, size invalid: 0, other: 0
  backup: 20261128-160334F, status: invalid, total files checked: 967, total valid files: 966
    missing: 1, checksum invalid: 0, size invalid: 2, other: 0
"""

    assert read_faults(answer) == ["backup: 20261128-160334F: missing 1, size invalid 2"]
    assert read_faults("stanza: cartwheel\nstatus: ok\n") == []
