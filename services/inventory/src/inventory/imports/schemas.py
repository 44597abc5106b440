"""The answer of an import."""

from typing import Self

from servicekit.http.bodies import View

from inventory.imports.domain.report import Report


class ImportErrorView(View):
    """What is wrong at a line of the file; `field` is empty when it is the whole line."""

    line: int
    field: str
    message: str


class ImportReportView(View):
    """Products of the file by what became of them, and the first 1,000 errors."""

    created: int
    updated: int
    unchanged: int
    rejected: int
    errors: list[ImportErrorView]

    @classmethod
    def of(cls, report: Report) -> Self:
        """The view of a report."""
        return cls(
            created=report.created,
            updated=report.updated,
            unchanged=report.unchanged,
            rejected=report.rejected,
            errors=[
                ImportErrorView(line=error.line, field=error.field, message=error.message) for error in report.errors
            ],
        )
