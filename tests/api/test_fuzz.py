"""Whatever is sent to whatever address, the server neither breaks nor tells what is inside."""

from typing import Any

import orjson
import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.client import CheckedClient

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
# What is asked of the fleet may well answer that it is not ready; anything else may not.
NOT_READY = {"/readyz"}
FIELDS = (
    *("q", "rating", "sort", "limit", "cursor", "status", "type", "queue", "ids", "max_age_hours"),
    *("title", "artist", "album", "lyrics", "duration_seconds", "name", "song_ids", "filter", "reason"),
)

junk_text = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["", "0", "1", "-1", "1e309", "nan", "\x00", "%", "_", "\\", "'", "😀", "newest", "failed", "live"]
    ),
    st.integers().map(str),
    st.just("01JD8Z5M3V7Q2K4N6P8R0S1T2W"),
)
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | junk_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS) | junk_text, inner, max_size=4),
    max_leaves=10,
)
bodies = st.one_of(
    st.fixed_dictionaries({"json": junk}),
    st.fixed_dictionaries({"json": st.dictionaries(st.sampled_from(FIELDS), junk, max_size=4)}),
    st.fixed_dictionaries(
        {
            "data": st.binary(max_size=200),
            "content_type": st.sampled_from(
                ["application/json", "multipart/form-data; boundary=b", "text/plain", "\xff/", ""]
            ),
        }
    ),
)
headers = st.dictionaries(
    st.sampled_from(["If-None-Match", "Accept", "Content-Length", "Range", "Cookie", "Origin", "Sec-Fetch-Site"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=20),
    max_size=2,
)


@pytest.fixture
def paths(app: Flask, make_song: Any, make_playlist: Any) -> list[str]:
    make_song()
    make_playlist(size=1)
    return [
        rule.rule.replace("<int:", "<")
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api") or rule.rule in {"/healthz", "/readyz", "/metrics", "/openapi.json"}
    ]


@settings(
    max_examples=600,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(data=st.data())
def test_it_never_breaks(client: CheckedClient, paths: list[str], data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(paths))
    while "<" in path:
        before, _, rest = path.partition("<")
        value = data.draw(junk_text.map(lambda text: text.replace("<", "")))
        path = before + value + rest.partition(">")[2]
    query = data.draw(st.dictionaries(st.sampled_from(FIELDS), junk_text | st.lists(junk_text, max_size=3), max_size=4))
    answer = client.open(
        "/" + path.lstrip("/"),
        method=data.draw(st.sampled_from(METHODS)),
        query_string=query,
        headers=data.draw(headers),
        **data.draw(bodies),
    )
    assert answer.status_code < 500 or (answer.status_code == 503 and path in NOT_READY), answer.text
    assert "Traceback" not in answer.text
    if answer.status_code >= 400 and answer.request.path.startswith("/api/") and answer.request.method != "HEAD":
        assert orjson.loads(answer.data)["success"] is False
