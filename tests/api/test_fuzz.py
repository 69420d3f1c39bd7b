"""Whatever is sent to whatever address, the server neither breaks nor tells what is inside."""

import re
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from blueprints.openapi import document
from models import Playlist, Song, User
from services.jobs.submit import submit
from tests.api.client import CheckedClient

EXAMPLES = 500
KEPT_JOB = "01JD8Z5M3V7Q2K4N6P8R0S1T2W"
# It may well answer that the fleet is not ready; no other address may.
NOT_READY = "/readyz"
EXTREMES = ("0", "-1", "201", "2147483648", "9223372036854775807", "9223372036854775808", "1e309", "nan", "[]", "null")
SIGNS = ("", "\x00", "a\x00", "%", "_", "\\", "'", '"', "../..", "😀", "\ufeff", "é" * 300, "x" * 5000)
WORDS = ("newest", "rating", "failed", "live", "analyze_song", "high", "explicit", KEPT_JOB, KEPT_JOB.lower())

junk_text = st.sampled_from((*EXTREMES, *SIGNS, *WORDS)) | st.text(max_size=20)
junk_number = st.integers() | st.floats() | st.sampled_from([2**31, 2**63 - 1, 2**63, -(2**63), 10**30])
junk = st.recursive(
    st.none() | st.booleans() | junk_number | junk_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(junk_text, inner, max_size=3),
    max_leaves=8,
)
path_values = st.sampled_from(["1", "1", "1", KEPT_JOB, KEPT_JOB, "high"]) | junk_text
raw_bodies = st.fixed_dictionaries(
    {
        "data": st.binary(max_size=100)
        | st.just(b"--b\r\nContent-Disposition: form-data; name=files; filename=\x00\r\n"),
        "content_type": st.sampled_from(
            ["application/json", "multipart/form-data; boundary=b", "text/plain", "\xff/", ""]
        ),
    }
)
header_text = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=20)
headers = st.dictionaries(st.sampled_from(["If-None-Match", "Accept", "Range", "Cookie", "User-Agent"]), header_text)


@dataclass(frozen=True)
class Operation:
    """One operation of the document, with the names that it knows."""

    method: str
    path: str
    query: tuple[str, ...]
    fields: tuple[str, ...]


def _operations() -> list[Operation]:
    """Every operation of the document, so that an address that is added is fuzzed too."""
    described = document()
    return [
        Operation(method.upper(), path, _names(one["parameters"], "query"), _fields(described, one))
        for path, methods in described["paths"].items()
        for method, one in methods.items()
    ]


def _names(parameters: list[dict[str, Any]], place: str) -> tuple[str, ...]:
    return tuple(one["name"] for one in parameters if one["in"] == place)


def _fields(described: dict[str, Any], one: dict[str, Any]) -> tuple[str, ...]:
    for content in one.get("requestBody", {}).get("content", {}).values():
        schema = described["components"]["schemas"][content["schema"]["$ref"].rpartition("/")[2]]
        return tuple(schema["properties"])
    return ()


def _some_of(names: tuple[str, ...], values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, values))


def _request(operation: Operation) -> st.SearchStrategy[dict[str, Any]]:
    known = _some_of(operation.fields, st.lists(junk, max_size=3) | junk | _some_of(("status", "type", "q"), junk_text))
    return st.fixed_dictionaries(
        {
            "query_string": _some_of((*operation.query, "nonsense"), junk_text | st.lists(junk_text, max_size=3)),
            "headers": headers,
            "body": st.fixed_dictionaries({"json": known | junk}) | raw_bodies | st.just({}),
        }
    )


@pytest.fixture
def operations(app: Any, owner: User, make_song: Any, make_playlist: Any) -> list[Operation]:
    """With a song, a playlist and a job to hit."""
    songs: list[Song] = [make_song()]
    playlist: Playlist = make_playlist(songs=songs)
    submit("analyze_playlist", target_type="playlist", target_id=playlist.id, title="Kept", job_id=KEPT_JOB)
    return _operations()


@pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_it_never_breaks(client: CheckedClient, operations: list[Operation], data: st.DataObject) -> None:
    operation = data.draw(st.sampled_from(operations))
    path = re.sub(r"{\w+}", lambda _: data.draw(path_values).replace("?", ""), operation.path)
    request = data.draw(_request(operation))
    answer = client.open(path, method=operation.method, **request.pop("body"), **request)
    event(f"{operation.method} {answer.status_code}")
    assert answer.status_code < 500 or (answer.status_code == 503 and operation.path == NOT_READY), answer.text
    assert "Traceback" not in answer.text
    if answer.status_code >= 400:
        assert orjson.loads(answer.data)["success"] is False
