"""Measurements, and the table of what they gave."""

import dataclasses
import statistics
import typing


class Skipped(Exception):
    """A row that cannot be measured here, and why."""


class Busy(Exception):
    """A row that could not be measured now, and why; the next round may."""


@dataclasses.dataclass
class Row:
    """A line of the table: one figure for each round."""

    name: str
    database: str
    must: float | None = None
    aim: float | None = None
    # Most figures are costs.
    more_is_better: bool = False
    unit: str = ""
    digits: int = 2
    values: list = dataclasses.field(default_factory=list)
    skipped: str = ""

    @property
    def median(self):
        return statistics.median(self.values)

    def reaches(self, goal):
        median = round(self.median, self.digits)
        return median >= goal if self.more_is_better else median <= goal

    @property
    def verdict(self):
        if not self.values:
            return "skipped: " + (self.skipped or "not measured")
        if self.must is None:
            return ""
        return "aim" if self.reaches(self.aim) else "must" if self.reaches(self.must) else "NO"

    def figure(self, value):
        return f"{value:.{self.digits}f}" + (f" {self.unit}" if self.unit else "")

    def goal(self, value):
        if value is None:
            return ""
        return ("≥ " if self.more_is_better else "≤ ") + f"{value:g}" + (f" {self.unit}" if self.unit else "")

    @property
    def cells(self):
        if not self.values:
            return [self.name, self.database, "–", "", self.goal(self.must), self.goal(self.aim), self.verdict]
        spread = f"{min(self.values):.{self.digits}f}–{max(self.values):.{self.digits}f}"
        return [
            self.name, self.database, self.figure(self.median), spread, self.goal(self.must), self.goal(self.aim),
            self.verdict]

    @property
    def record(self):
        """For --json."""
        return {
            "workload": self.name, "database": self.database, "unit": self.unit, "values": self.values,
            "median": self.median if self.values else None, "must": self.must, "aim": self.aim,
            "moreIsBetter": self.more_is_better, "reached": self.verdict}


@dataclasses.dataclass
class Measurement:
    """What is done once in each round, for the figures of one row or of several."""

    rows: list
    # Returns a figure for each row, and takes nothing.
    measure: typing.Callable
    # Some take minutes and say no more when they are repeated.
    only_once: bool = False
    # With millions of rows or requests.
    is_large: bool = False
    is_skipped: bool = False

    def skip(self, reason):
        self.is_skipped = True
        for row in self.rows:
            row.skipped = str(reason)

    def run(self):
        if self.is_skipped or self.only_once and self.rows[0].values:
            return
        try:
            figures = self.measure()
        except Skipped as reason:
            self.skip(reason)
            return
        except Busy as reason:
            for row in self.rows:
                row.skipped = str(reason)
            return
        for row, figure in zip(self.rows, figures, strict=True):
            row.values.append(figure)


HEAD = ["workload", "database", "median", "min–max", "must", "aim", "reached"]


def text_table(rows):
    lines = [HEAD, *(row.cells for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    lines.insert(1, ["-" * width for width in widths])
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines) + "\n"


def markdown_table(rows):
    lines = [HEAD, ["---"] * len(HEAD), *(row.cells for row in rows)]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)
