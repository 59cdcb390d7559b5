"""What README.md and docs/ name is there, and what is there is named."""

import json
import re

import pytest
import requests

from documents import OPERATING, ROOT, codes, table

README = (ROOT / "README.md").read_text()
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_specification_code_test():
    """Each path of the table exists: code below Sources, tests below Tests."""
    rows = table(README, "section")
    assert len(rows) > 10
    for section, code, test in rows:
        for folder, cell in (("Sources", code), ("Tests", test)):
            paths = codes(cell)
            assert paths, section
            for path in paths:
                assert (ROOT / folder / path).exists(), f"{section}: {folder}/{path}"


def test_the_map_of_the_house():
    for folders, _ in table(README, "folder"):
        for folder in codes(folders):
            assert (ROOT / folder).is_dir() or (ROOT / "Sources" / folder).is_dir(), folder


def test_the_way_of_a_token_request():
    """docs/architecture.md: each station is a file, each module a folder."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    for _, stations, _ in table(text, "#"):
        for station in codes(stations):
            assert (ROOT / "Sources" / f"{station}.swift").is_file(), station
    modules = {codes(module)[0] for module, _ in table(text, "module")}
    folders = {path.name for path in (ROOT / "Sources").iterdir() if path.is_dir()}
    assert modules <= folders
    assert folders - modules <= {"CLinux", "COpenSSL", "CLibPQ"}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document):
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text()):
        if "://" not in target:
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_paths_are_served(server, document):
    """Every address of a document is one that the server answers."""
    text = document.read_text()
    paths = re.findall(r"[` }](?:GET |POST )?(/(?:api|health|metrics|\.well-known)[a-z0-9/._-]*|/account)\b", text)
    for path in {path.rstrip("./") for path in paths} - {"/health"}:
        assert requests.options(server.issuer + path, timeout=10).status_code == 204, path


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_settings_are_settings(server, document):
    known = {row["setting"] for row in json.loads(server.command("config", "--json").stdout)}
    named = set(re.findall(r"MARTLET_[A-Z_]+[A-Z]", document.read_text()))
    assert named <= known | {"MARTLET_BINARY", "MARTLET_TEST_PYTHON"}, named - known


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_verbs_and_options_are_there(server, document):
    """Every command line of a document is one that the program knows: its help lists each option."""
    for verb, rest in re.findall(
            r"^martlet ((?:(?:clients|users|keys|audit|applications) )?[a-z-]+)([^#\n]*)", commands(document), re.MULTILINE):
        finished = server.command(*verb.split(), "--help")
        assert finished.returncode == 0, verb
        for option in re.findall(r"--[a-z-]+", rest):
            assert option in finished.stdout, f"{verb} {option}"


def commands(document):
    """What stands in backticks or in a block of commands."""
    text = document.read_text()
    return "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL) + re.findall(r"`(martlet [^`\n]+)`", text))


def test_the_table_of_metrics_is_whole(server):
    """docs/operating.md names every metric, and no other."""
    answer = requests.get(server.issuer + "/metrics", timeout=10)
    shown = set(re.findall(r"^# TYPE (\S+) ", answer.text, re.MULTILINE))
    assert {name for row in table(OPERATING, "metric") for name in codes(row[0])} == shown


def test_the_table_of_the_log_is_whole(server, client):
    """docs/operating.md names every member of a request's line."""
    answers = [server.token(client, grant_type="client_credentials"), server.token(client, grant_type="nothing")]
    seen = {name for answer in answers for name in server.logged(answer)}
    named = {name for row in table(OPERATING, "member") for name in codes(row[0])}
    assert seen - {"time", "level", "message"} <= named
    assert named - {"detail"} <= seen
