"""What a drill found: a table of exchanges, and one line."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.table import Table
from simulator.reconciliation.figures import Figure, differing

from rollout.drill.accounting import Balance
from rollout.drill.requests import RequestLog, percentile
from rollout.drill.rolling import Exchange


def sentence(exchange: Exchange, log: RequestLog) -> str:
    """Return what became of one exchange, for who waits for the others."""
    sent = log.between(exchange.began, exchange.ended)
    failed = sum(each.fault is not None for each in sent)
    return (
        f"{exchange.service} {exchange.kind} ({exchange.version}) in {exchange.ended - exchange.began:.1f} s:"
        f" {len(sent):,} requests, {failed} failed"
    )


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that a drill is judged by."""

    title: str
    began: float
    seconds: float
    exchanges: Sequence[Exchange]
    log: RequestLog
    wrong: Sequence[str]
    figures: Sequence[Figure]
    balance: Balance

    @property
    def faults(self) -> list[str]:
        """Each thing that should not be, as a sentence; none when the drill passed."""
        return [
            *(f"{count} times {fault}" for fault, count in self.log.faults.most_common()),
            *self.wrong,
            *(
                f"{one.name}: shoppers saw {one.expected}, analytics counted {one.counted}"
                for one in differing(self.figures)
            ),
            *self.balance.faults,
        ]

    def table(self) -> Table:
        """A row for each exchange, with the requests that were sent meanwhile."""
        table = Table(title=self.title, title_justify="left")
        for column in ("service", "", "version"):
            table.add_column(column)
        for column in ("at, s", "took, s", "requests", "failed", "P99, ms"):
            table.add_column(column, justify="right")
        for one in self.exchanges:
            sent = self.log.between(one.began, one.ended)
            failed = sum(each.fault is not None for each in sent)
            times = f"{one.began - self.began:.0f}", f"{one.ended - one.began:.1f}"
            table.add_row(
                one.service,
                one.kind,
                one.version,
                *times,
                f"{len(sent):,}",
                str(failed),
                f"{percentile(sent, 0.99) * 1e3:.0f}",
            )
        return table

    def verdict(self) -> str:
        """The drill in one line."""
        failed, sent, books = sum(self.log.faults.values()), self.log.sent, self.balance
        rate = len(sent) / self.seconds
        equal = len(self.figures) - len(differing(self.figures))
        return (
            f"{self.title}: {len(self.exchanges)} exchanges, {len(sent):,} requests at {rate:.0f}/s, {failed} failed,"
            f" P50 {percentile(sent, 0.5) * 1e3:.0f} ms, P99 {percentile(sent, 0.99) * 1e3:.0f} ms;"
            f" {books.commands:,} commands and {books.events:,} events, {books.lost} lost, {books.doubled} doubled;"
            f" {equal} of {len(self.figures)} figures equal; {'passed' if not self.faults else 'FAILED'}"
        )
