"""What a process of the service is wired of, and how its routes reach it."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from servicekit.process.kit import Kit, kit_of
from starlette.requests import Request

from inventory.settings import InventorySettings
from inventory.storefront.use_cases.keep_answers import KeptAnswers


@dataclass(frozen=True, slots=True)
class Parts:
    """What a process keeps open."""

    answers: KeptAnswers


InventoryKit = Kit[InventorySettings, Parts]
"""The kit of a process of this service."""


@asynccontextmanager
async def open_parts(kit: Kit[InventorySettings, None]) -> AsyncGenerator[Parts]:
    """Begin with no kept answers; they end with the process."""
    yield Parts(KeptAnswers(kit.database))


async def answers_of(request: Request) -> KeptAnswers:
    """The storefront's answers that this process keeps."""
    kit: InventoryKit = kit_of(request)
    return kit.parts.answers


AnswersDep = Annotated[KeptAnswers, Depends(answers_of)]
