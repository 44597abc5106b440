"""What the bucket holds, read from pgBackRest's `info --output=json`."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from cartwheel_local.backups.errors import MomentUnreachable

_SEGMENTS_A_LOG = 0x100
_SEGMENT = re.compile(r"/([0-9A-F]{24})-[0-9a-f]{40}")
_COUNT = re.compile(r"(missing|checksum invalid|size invalid|other): (\d+)")
_STATUS = re.compile(r"^status: (\w+)", re.MULTILINE)
SEGMENT_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup; `stored_bytes` is what it added to the bucket, compressed and encrypted."""

    label: str
    kind: str
    started: datetime
    ended: datetime
    database_bytes: int
    stored_bytes: int
    has_errors: bool


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The backups, oldest first, and the newest WAL segment that was archived (None: none was)."""

    backups: Sequence[Backup]
    newest_segment: str | None

    def reaching(self, moment: datetime | None, label: str | None = None) -> Backup:
        """Return the newest backup that ended before the moment, or the one with this label.

        Without a moment the newest. Raises MomentUnreachable saying what there is.
        """
        fitting = [
            backup
            for backup in self.backups
            if (label is None or backup.label == label) and (moment is None or backup.ended <= moment)
        ]
        if fitting:
            return fitting[-1]
        wanted = f"backup {label}" if label else "a backup"
        before = f" that ended before {moment.isoformat()}" if moment else ""
        there = ", ".join(f"{backup.label} (ended {backup.ended.isoformat()})" for backup in self.backups)
        raise MomentUnreachable(f"there is no {wanted.removeprefix('a ')}{before}; there is: {there or 'none'}")


def read_catalogue(stanzas: Sequence[Mapping[str, Any]]) -> Catalogue:
    """Return what the one stanza of the answer holds; nothing when the bucket is empty."""
    backups = [_backup(entry) for stanza in stanzas for entry in stanza.get("backup", [])]
    segments = [archive["max"] for stanza in stanzas for archive in stanza.get("archive", []) if archive.get("max")]
    return Catalogue(backups, max(segments, default=None))


def segment_number(segment: str) -> int:
    """Return which one of its timeline a WAL segment is, from its file's name."""
    return int(segment[8:16], 16) * _SEGMENTS_A_LOG + int(segment[16:24], 16)


def segment_name(timeline: str, number: int) -> str:
    """Return the file's name of a timeline's WAL segment."""
    return f"{timeline}{number // _SEGMENTS_A_LOG:08X}{number % _SEGMENTS_A_LOG:08X}"


def missing_segments(files: Iterable[str]) -> Sequence[str]:
    """Return the WAL segments that are missing between the oldest and the newest of each timeline."""
    there: dict[str, set[int]] = defaultdict(set)
    for file in files:
        if found := _SEGMENT.search(file):
            there[found[1][:8]].add(segment_number(found[1]))
    return [
        segment_name(timeline, number)
        for timeline, numbers in sorted(there.items())
        for number in sorted(set(range(min(numbers), max(numbers))) - numbers)
    ]


def read_faults(answer: str) -> Sequence[str]:
    """Return what `verify --output=text` counts as missing or invalid, a line for each."""
    faults, subject = [], ""
    for line in answer.splitlines():
        if counts := [f"{name} {count}" for name, count in _COUNT.findall(line) if int(count)]:
            faults.append(f"{subject.split(',', maxsplit=1)[0]}: {', '.join(counts)}")
        elif not line.startswith("    "):
            subject = line.strip()
    if not faults and (status := _STATUS.search(answer)) and status[1] != "ok":
        faults.append(f"pgBackRest says {status[1]}")
    return faults


def _backup(entry: Mapping[str, Any]) -> Backup:
    return Backup(
        label=entry["label"],
        kind={"full": "full", "diff": "differential", "incr": "incremental"}[entry["type"]],
        started=datetime.fromtimestamp(entry["timestamp"]["start"], UTC),
        ended=datetime.fromtimestamp(entry["timestamp"]["stop"], UTC),
        database_bytes=entry["info"]["size"],
        stored_bytes=entry["info"]["repository"]["delta"],
        has_errors=bool(entry.get("error")),
    )
