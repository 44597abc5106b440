"""What is written in one turn of the loop is sent at once, in its order, and nothing of it is lost or late."""

import asyncio

from servicekit.joined_writes import JoinedWrites


class Wire(asyncio.Transport):
    """What is sent, call by call."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes | str] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Note it."""
        self.sent.append(bytes(data))

    def close(self) -> None:
        """Note it."""
        self.sent.append("closed")

    def abort(self) -> None:
        """Note it."""
        self.sent.append("aborted")


async def test_a_head_and_its_body_are_sent_at_once() -> None:
    """And what is written in a later turn after them."""
    wire = Wire()
    joined = JoinedWrites(wire)

    joined.write(b"head ")
    joined.write(b"body")
    await asyncio.sleep(0)  # the turn ends
    joined.write(b"next")
    await asyncio.sleep(0)

    assert wire.sent == [b"head body", b"next"]


async def test_what_is_large_does_not_wait() -> None:
    """Else a stream would be collected whole, and its sender never told that the other side is slow."""
    wire = Wire()
    joined = JoinedWrites(wire)

    joined.write(b"a" * 10_000)
    joined.write(b"b" * 10_000)

    assert wire.sent == [b"a" * 10_000 + b"b" * 10_000]


async def test_closing_sends_what_was_written() -> None:
    """Once."""
    wire = Wire()
    joined = JoinedWrites(wire)

    joined.write(b"last")
    joined.close()
    await asyncio.sleep(0)

    assert wire.sent == [b"last", "closed"]


async def test_aborting_sends_nothing_more() -> None:
    """Half an answer is no answer."""
    wire = Wire()
    joined = JoinedWrites(wire)

    joined.write(b"half")
    joined.abort()
    await asyncio.sleep(0)

    assert wire.sent == ["aborted"]
