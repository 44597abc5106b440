"""Ways to a server or an upstream that are cut, silent or slow, for some seconds."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from servicekit.testing.proxies import Wire

DELAY_SECONDS = 0.3
"""How late everything is on a slow wire, each way."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One of the wires ends every connection and takes none, passes nothing on, or passes everything on late."""

    wires: Mapping[str, Wire]
    seconds: float
    kind: str

    async def inflict(self, random: Random) -> str:
        """Break one and mend it."""
        name, way = random.choice(sorted(self.wires)), random.choice(("cut", "silent", "slow"))
        wire = self.wires[name]
        match way:
            case "cut":
                wire.cut()
            case "silent":
                wire.stall()
            case _:
                wire.delay(DELAY_SECONDS)
        try:
            await asyncio.sleep(self.seconds)
        finally:
            wire.mend()
        return f"{name} {way}, {self.seconds:.0f} s"
