"""Reads what the documents say, so that the tests can do it."""

import pathlib
import re
import textwrap

ROOT = pathlib.Path(__file__).resolve().parents[2]
OPERATING = (ROOT / "docs" / "operating.md").read_text()


def blocks(text, language):
    """The fenced blocks of a language, in order."""
    found = re.findall(rf"^ *```{language}\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for block in found]


def block(language, containing):
    """The one block of operating.md with these words."""
    [found] = [block for block in blocks(OPERATING, language) if containing in block]
    return found


def table(text, first_column):
    """The rows of the table whose first column is called so, each a list of cells."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith(f"| {first_column} |"):
            break
    rows = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return rows[1:]


def codes(cell):
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", cell)
