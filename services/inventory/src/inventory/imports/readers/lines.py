"""A file as lines of text, with bounds, so that no file can fill the memory."""

from collections.abc import Iterator
from typing import BinaryIO

from inventory.imports.domain.report import RowError

MAX_LINE_BYTES = 1024 * 1024
MAX_LINES_PER_ROW = 500
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Lines:
    """Iterates over the lines of a file; one that is too long or not UTF-8 is left out and put among `faults`.

    `number` is that of the line given last, from 1. `begin_row` is to be called before each row: a row that goes on for
    more than MAX_LINES_PER_ROW lines ends the file, with a fault that says why: none of them could be decoded (another
    encoding), or a quote never closes.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._in_row = 0
        self._undecodable = 0
        self.number = 0
        self.faults: list[RowError] = []

    def begin_row(self) -> None:
        """Say that the next line begins a row."""
        self._in_row = self._undecodable = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        while True:
            line = self._file.readline(MAX_LINE_BYTES + 1)
            if not line:
                raise StopIteration
            self._count()
            if self.number == 1:
                line = line.removeprefix(_BYTE_ORDER_MARK)
            if len(line) > MAX_LINE_BYTES:
                self._skip_rest(line)
                continue
            try:
                return line.decode()
            except UnicodeDecodeError:
                self._undecodable += 1
                self._fault("is not valid UTF-8")

    def _count(self) -> None:
        self.number += 1
        self._in_row += 1
        if self._in_row > MAX_LINES_PER_ROW:
            self._fault(f"{self._why_endless()}; nothing was read from here on")
            raise StopIteration

    def _why_endless(self) -> str:
        if self._undecodable == MAX_LINES_PER_ROW:
            return "the file is not UTF-8"
        return "a quoted value does not end"

    def _skip_rest(self, line: bytes) -> None:
        self._fault(f"is longer than {MAX_LINE_BYTES} bytes")
        while line and not line.endswith(b"\n"):
            line = self._file.readline(MAX_LINE_BYTES)

    def _fault(self, message: str) -> None:
        self.faults.append(RowError(self.number, "", message))
