"""The OpenAPI document is valid, its examples are true, and the server keeps to it, whatever it is sent."""

import json
import pathlib
import subprocess
import sys

import pytest
import requests
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from martlet import ADMIN, Browser, Server

# What a schema allows may still be refused: a client that does not exist, a contradiction between members.
CHECKS = ["--checks", "all", "--exclude-checks", "positive_data_acceptance"]


@pytest.fixture(scope="module")
def described():
    """A server that nothing slows down, for the module alone: what is sent to it deletes whatever it finds."""
    server = Server(MARTLET_RATE_LIMITS="off", MARTLET_PASSWORD_COST="14").start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def document(described):
    answer = requests.get(described.issuer + "/api/v1/openapi.json", timeout=30)
    assert answer.status_code == 200
    return answer.json()


def test_it_is_openapi_3_1(document):
    validate(document)
    assert document["servers"][0]["url"]
    assert len({json.dumps(tag) for tag in document["tags"]}) == len(document["tags"])


def test_every_example_is_what_its_schema_says(document):
    name = "urn:document"
    registry = Registry().with_resource(name, Resource(contents=document, specification=DRAFT202012))

    def absolute(value):
        if isinstance(value, dict):
            return {key: name + inner if key == "$ref" else absolute(inner) for key, inner in value.items()}
        return [absolute(inner) for inner in value] if isinstance(value, list) else value

    def pairs(value, place):
        if isinstance(value, dict):
            if "schema" in value and "example" in value:
                yield place, value["schema"], value["example"]
            for key, inner in value.items():
                yield from pairs(inner, f"{place}/{key}")

    seen = 0
    for place, schema, example in pairs(document, ""):
        validator = Draft202012Validator(
            absolute(schema), registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER)
        assert [error.message for error in validator.iter_errors(example)] == [], place
        seen += 1
    assert seen > 100


def test_every_json_body_and_answer_has_an_example(document):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answers = [answer for answer in operation["responses"].values() if "$ref" not in answer]
            for part in [operation.get("requestBody", {}), *answers]:
                for media, content in part.get("content", {}).items():
                    assert "json" not in media or "example" in content, f"{method} {path}"


def closed(value):
    """Answers with nothing in them that is not described: schemas of answers leave room for members to come."""
    if isinstance(value, list):
        return [closed(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    if value.get("type") == "object" and "additionalProperties" not in value:
        value = {**value, "additionalProperties": False}
    return {key: closed(inner) for key, inner in value.items()}


@pytest.fixture(scope="module")
def strict(document, tmp_path_factory):
    """The document with every answer closed. Forms stay open: unknown parameters are ignored."""
    paths = {
        path: {
            method: {**operation, "responses": closed(operation["responses"])}
            for method, operation in operations.items()}
        for path, operations in document["paths"].items()}
    components = {
        **document["components"], "schemas": closed(document["components"]["schemas"]),
        "responses": closed(document["components"]["responses"])}
    file = tmp_path_factory.mktemp("openapi") / "openapi.json"
    file.write_text(json.dumps({**document, "paths": paths, "components": components}))
    return file


def schemathesis(server, file, *arguments):
    """Sends what fits the document and what does not; every answer must be one that it describes, and none a 5xx."""
    finished = subprocess.run(
        [pathlib.Path(sys.executable).with_name("schemathesis"), "run", file, "--url", server.issuer, "--seed", "1",
         "--no-color", "--no-shrink", "--generation-database", "none", *CHECKS, *arguments],
        capture_output=True, text=True, timeout=900, cwd=file.parent)
    assert finished.returncode == 0, finished.stdout[-20_000:] + finished.stderr[-2000:]
    assert " passed" in finished.stdout
    log = server.log.read_text()
    assert '"level":"error"' not in log
    return finished.stdout


def test_administrators_get_what_is_described(described, strict):
    output = schemathesis(
        described, strict, "--auth", ":".join(ADMIN), "--phases", "examples,coverage,fuzzing,stateful", "-n", "8")
    assert "Stateful" in output


def test_strangers_get_what_is_described(described, strict):
    """Everywhere by example; at length where there is more to get than 401."""
    schemathesis(described, strict, "--phases", "examples")
    tags = ["Documents", "Protocol", "Pages", "Own account", "Monitoring"]
    schemathesis(described, strict, "--phases", "coverage", *named("--include-tag", tags))


# What users may do that can end the very token they do it by: ids of what is there are tried, too.
ENDS_TOKENS = ["bulkRevokeTokens", "revokeToken", "revokeConsent", "endSession", "endSessions"]


@pytest.fixture
def authorization(described):
    """Of a user: a token of scope account, with a consent and a session behind it."""
    client = described.client(allowedScopes=["openid", "account", "profile"], firstParty=True)
    tokens = described.tokens(client, Browser(described, described.user()), scope="openid account profile")
    return {"Authorization": "Bearer " + tokens["access_token"]}


def test_users_get_what_is_described(described, strict, authorization):
    tags = ["Own account", "Consents", "Sessions", "Tokens"]
    schemathesis(
        described, strict, "--header", "Authorization: " + authorization["Authorization"], "--phases",
        "examples,coverage,fuzzing", "-n", "8", *named("--include-tag", tags),
        *named("--include-operation-id", ["getUserInfo", "postUserInfo"]),
        *named("--exclude-operation-id", ENDS_TOKENS))
    profile = requests.get(described.issuer + "/api/v1/users/profile", headers=authorization, timeout=30)
    assert profile.status_code == 200, "it was a user's token to the end"


def test_users_who_end_their_own_get_what_is_described(described, strict, authorization):
    schemathesis(
        described, strict, "--header", "Authorization: " + authorization["Authorization"], "--phases",
        "examples,coverage", "-n", "3", *named("--include-operation-id", ENDS_TOKENS))


def named(option, values):
    return [word for value in values for word in (option, value)]
