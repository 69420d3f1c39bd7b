"""Every text field of every JSON body and query, as the OpenAPI document names them, takes every naughty string."""

import re
import unicodedata
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from blueprints.openapi import document
from tests.api.client import CheckedClient
from tests.naughty.strings import LONE_SURROGATE, NAUGHTY, UNSTORABLE

KEPT_JOB = "01JD8Z5M3V7Q2K4N6P8R0S1T2W"
TEXTS = list((NAUGHTY | UNSTORABLE).values())
VALUES = {"job_id": KEPT_JOB, "name": "high", "worker": "nobody"}


@dataclass(frozen=True, slots=True)
class Field:
    """A text in the body of an operation: where it stands, and a body that is taken without it."""

    method: str
    path: str
    place: tuple[str, ...]
    body: dict[str, Any]

    def filled(self, text: str) -> dict[str, Any]:
        body = deepcopy(self.body)
        inner = body
        for name in self.place[:-1]:
            inner = inner.setdefault(name, {})
        inner[self.place[-1]] = text
        return body


def _fields(described: dict[str, Any]) -> Iterator[Field]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if content:
                schema = _resolved(described, content["schema"])
                body = {
                    name: _example(_resolved(described, schema["properties"][name]))
                    for name in schema.get("required", [])
                }
                for place in _places(described, schema):
                    yield Field(method.upper(), _address(path), place, body)


def _places(described: dict[str, Any], schema: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, one in schema["properties"].items():
        inner = _resolved(described, one)
        if "properties" in inner:
            yield from ((name, *rest) for rest in _places(described, inner))
        elif "string" in (inner.get("type"), *(kind.get("type") for kind in inner.get("anyOf", []))):
            yield (name,)


def _resolved(described: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        return described["components"]["schemas"][schema["$ref"].rpartition("/")[2]]  # type: ignore[no-any-return]
    return schema


def _example(schema: dict[str, Any]) -> Any:
    return {} if "properties" in schema else (schema.get("enum") or schema.get("examples") or ["x"])[0]


def _address(path: str) -> str:
    return re.sub(r"{(\w+)}", lambda found: VALUES.get(found[1], "1"), path)


def test_no_text_breaks_a_field(app: Flask, client: CheckedClient) -> None:
    fields = list(_fields(document()))
    answers = [
        (field, text, client.open(field.path, method=field.method, json=field.filled(text)))
        for field in fields
        for text in TEXTS
    ]
    assert len(fields) > 20
    assert [(field, text, answer.text) for field, text, answer in answers if answer.status_code >= 500] == []


def test_no_text_breaks_a_parameter(app: Flask, client: CheckedClient) -> None:
    parameters = [
        (_address(path), one["name"])
        for path, methods in document()["paths"].items()
        for one in methods.get("get", {}).get("parameters", [])
        if one["in"] == "query"
    ]
    answers = [client.get(path, query_string={name: text}) for path, name in parameters for text in TEXTS]
    assert len(parameters) > 20
    assert [answer.request.url for answer in answers if answer.status_code >= 500] == []


@pytest.mark.parametrize("text", NAUGHTY.values(), ids=NAUGHTY)
def test_what_is_taken_comes_back_as_it_was_but_for_what_cannot_be_seen(client: CheckedClient, text: str) -> None:
    made = client.post("/api/songs", json={"title": "x", "lyrics": text})
    told = client.get(f"/api/songs/{made.json['id']}").json["lyrics"]
    assert _seen(told) == _seen(text)
    if len(text) <= 300:
        client.patch(f"/api/songs/{made.json['id']}", json={"title": text, "artist": text, "album": text})
        told = client.get(f"/api/songs/{made.json['id']}").json
        assert {_seen(told[name]) for name in ("title", "artist", "album")} == {_seen(text)}


def _seen(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    return "".join(character for character in text if character.isprintable() and not character.isspace())


@pytest.mark.parametrize("name", ["title", "artist", "album", "lyrics"])
def test_a_nul_and_half_a_character_are_refused(client: CheckedClient, name: str) -> None:
    nul = client.post("/api/songs", json={"title": "x"} | {name: UNSTORABLE["nul"]})
    assert (nul.status_code, nul.json["details"].keys()) == (422, {name})
    body = b'{"%s": %s}' % (name.encode(), LONE_SURROGATE)
    assert client.post("/api/songs", data=body, content_type="application/json").status_code == 400
    assert client.get("/api/songs").json["songs"] == []
