"""The notes of a company as its staff make, change and delete them, each recorded in the audit log."""

from uuid import UUID

from fastapi import APIRouter
from servicekit.db import TenantUnit
from servicekit.errors import Conflict409, NotFound404
from servicekit.http.bodies import View
from servicekit.ids import new_id
from servicekit.routes.audits import AuditDep, AuditSubject, by_path
from servicekit.routes.callers import Admin
from servicekit.routes.idempotency import OnceDep
from servicekit.routes.rate_limits import STAFF_CHANGES
from starlette.responses import Response

from ..notes import NewNote

REFUSED = "refused"


class AdminNote(View):
    """A note as staff see it."""

    id: UUID
    text: str


async def read(unit: TenantUnit, note_id: UUID) -> AdminNote:
    """One note; raises NotFound404."""
    text = await unit.fetchval("SELECT body FROM notes WHERE company_id = $1 AND id = $2", unit.company_id, note_id)
    if text is None:
        raise NotFound404
    return AdminNote(id=note_id, text=text)


async def make(unit: TenantUnit, text: str) -> AdminNote:
    """Make a note."""
    note = AdminNote(id=new_id(), text=text)
    await unit.execute("INSERT INTO notes VALUES ($1, $2, $3)", unit.company_id, note.id, text)
    return note


async def make_once(unit: TenantUnit, note_id: UUID, text: str) -> tuple[AdminNote, bool]:
    """Make a note under an id, or return the one that has it."""
    made = await unit.execute(
        "INSERT INTO notes VALUES ($1, $2, $3) ON CONFLICT DO NOTHING", unit.company_id, note_id, text
    )
    return await read(unit, note_id), made == "INSERT 0 1"


async def rewrite(unit: TenantUnit, note_id: UUID, text: str) -> AdminNote:
    """Change a note; a text of "refused" is refused after it was written, one of "broken" fails."""
    await unit.execute("UPDATE notes SET body = $2 WHERE id = $1", note_id, text)
    if text == REFUSED:
        raise Conflict409
    if text == "broken":
        raise RuntimeError
    return await read(unit, note_id)


async def forget(unit: TenantUnit, note_id: UUID) -> None:
    """Delete a note."""
    await unit.execute("DELETE FROM notes WHERE id = $1", note_id)


def view(note: AdminNote) -> AdminNote:
    """As it is."""
    return note


NOTE = AuditSubject("note", "note_id", by_path("note_id", read), view)
router = APIRouter(prefix="/api/admin/notes")


@router.post("", dependencies=[STAFF_CHANGES, NOTE.audited("created")])
async def create(body: NewNote, staff: Admin, once: OnceDep) -> Response:
    """Make one."""
    return await once.show(201, view, make, once.unit, body.text)


@router.post("/{note_id}", dependencies=[STAFF_CHANGES, NOTE.audited("created")])
async def create_once(note_id: UUID, body: NewNote, staff: Admin, once: OnceDep) -> Response:
    """Make one under an id; again answers it as it is."""
    return await once.make(201, view, make_once, once.unit, note_id, body.text)


@router.patch("/{note_id}", dependencies=[STAFF_CHANGES, NOTE.audited("changed")])
async def change(note_id: UUID, body: NewNote, staff: Admin, once: OnceDep) -> Response:
    """Change one."""
    return await once.show(200, view, rewrite, once.unit, note_id, body.text)


@router.delete("/{note_id}", dependencies=[STAFF_CHANGES, NOTE.audited("deleted")])
async def delete(note_id: UUID, staff: Admin, once: OnceDep) -> Response:
    """Delete one."""
    return await once.silently(forget, once.unit, note_id)


@router.post("/{note_id}/forgotten-audit", dependencies=[STAFF_CHANGES, NOTE.audited("read_out")])
async def forget_to_record(note_id: UUID, staff: Admin, audit: AuditDep) -> None:
    """Records nothing, as nobody should."""
