"""Tables, on the terminal and as Markdown."""

from dataclasses import dataclass, field

from common import MIB


@dataclass
class Row:
    """A measurement beside its peer and, where the contract has one, its limit."""
    what: str
    ours: str
    peer: str = ""
    theirs: str = ""
    ratio: str = ""
    limit: str = ""
    met: bool | None = None

    def cells(self):
        verdict = {True: "met", False: "not met", None: ""}[self.met]
        return [self.what, self.ours, self.peer, self.theirs, self.ratio, self.limit, verdict]


@dataclass
class Table:
    title: str
    head: list[str]
    rows: list[list[str]] = field(default_factory=list)
    note: str = ""

    def add(self, *cells):
        self.rows.append([str(cell) for cell in cells])

    def widths(self):
        return [max(len(line[column]) for line in [self.head, *self.rows]) for column in range(len(self.head))]

    def text(self):
        widths = self.widths()
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip()
                 for line in [self.head, ["─" * width for width in widths], *self.rows]]
        return "\n".join([self.title, *lines])

    def markdown(self):
        def line(cells):
            return f"| {' | '.join(cells)} |"
        lines = [line(self.head), line(["---"] * len(self.head)), *map(line, self.rows)]
        return "\n".join([f"## {self.title}", "", *lines, *(["", self.note] if self.note else [])])


def summary(rows):
    table = Table("At a glance", ["what", "Quayside", "peer", "the peer's", "ratio", "limit", ""])
    for row in rows:
        table.add(*row.cells())
    return table


def amount(size):
    """So many bytes in the unit that suits them."""
    for unit, name in ((1 << 30, "GiB"), (MIB, "MiB"), (1024, "KiB")):
        if size >= unit:
            value = size / unit
            return f"{value:.0f} {name}" if value == int(value) or value >= 100 else f"{value:.1f} {name}"
    return f"{size:.0f} B"
