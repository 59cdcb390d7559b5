"""The table of failures in docs/threat-model.md keeps what it promises."""

import re

import pytest

from martlet import ROOT

TESTS = ROOT / "Tests"
ID = re.compile(
    r"CVE-\d{4}-\d{4,}|GHSA(?:-[0-9a-z]{4}){3}|DRUPAL-CONTRIB-\d{4}-\d{3}|[A-Za-z][A-Za-z/\d-]*\S #\d{3,}")


def table():
    """Rows: ids, files, the feature that is not there yet."""
    section = (ROOT / "docs" / "threat-model.md").read_text().split("## The field's failures", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| ")][2:]
    for identifiers, _, tests in rows:
        missing = re.search(r"not yet there: ([^|]+?)\s*$", tests)
        yield identifiers.strip().split(", "), re.findall(r"`([^`]+)`", tests), missing and missing[1]


ROWS = list(table())


def test_the_table_is_whole():
    """Each id once, and none that is not one."""
    identifiers = [identifier for row in ROWS for identifier in row[0]]
    assert len(ROWS) > 60 and len(set(identifiers)) == len(identifiers)
    assert [identifier for identifier in identifiers if not ID.fullmatch(identifier)] == []


@pytest.mark.parametrize("row", ROWS, ids=lambda row: ", ".join(row[0]))
def test_a_row_has_its_tests(row):
    """Each file that a row names carries its id; a row without a file says which feature is missing."""
    identifiers, files, missing = row
    assert files or missing
    for file in files:
        text = (TESTS / file).read_text()
        assert [identifier for identifier in identifiers if identifier not in text] == [], file


def test_no_test_names_an_unknown_failure():
    """An id in a test is in the table, so that none is misspelt and none is left out."""
    known = {identifier for row in ROWS for identifier in row[0]}
    files = [
        file for pattern in ("*.swift", "*.py", "*.txt") for file in TESTS.rglob(pattern) if "Bench" not in file.parts]
    assert len(files) > 100
    unknown = {
        (identifier, file.name) for file in files for identifier in ID.findall(file.read_text()) if identifier not in known}
    assert unknown == set()
