"""A site as recovery keeps it."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Site:
    """A site as far as mails and pages need it. `timezone` is an IANA name, `locale` a BCP 47 tag."""

    id: UUID
    name: str
    company_name: str
    locale: str
    timezone: str
    portal_url: str
