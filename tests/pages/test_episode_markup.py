"""The pages of episodes keep what every page promises."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.jobs.submit import submit
from tests.pages import episode_rows
from tests.pages.markup import Markup

XSS = "<script>window.__xss=1</script>"
ADDRESSES = ("/library/episodes", f"/library/episodes?q={XSS}", "/library/episodes/a-talk")


@pytest.fixture(autouse=True)
def hostile(app: Flask) -> None:
    """An episode of which every word that somebody else wrote is a script."""
    episode_rows.episode(title=XSS, file_name=XSS, source=XSS, language="en")
    episode_rows.transcribe("a-talk", episode_rows.segment(0, f"Hello {XSS}", speaker=XSS))
    episode_rows.enrich(
        "a-talk",
        topics=[{"name": XSS, "weight": 1, "mentions": [0]}],
        key_sentences=[{"start": 0, "end": 1, "text": XSS, "score": 1}],
        chapters=[{"start": 0, "end": 9, "title": XSS}],
        speakers=[{"name": XSS, "seconds": 4}],
    )
    clip_id = episode_rows.clip("a-talk", XSS, reason=XSS)
    episode_rows.render("a-talk", clip_id)
    submit("take_in_episode", target_type="episode", target_id="a-talk", title=XSS)


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_shows_others_words_as_words(client: FlaskClient, address: str) -> None:
    html = client.get(address).text
    assert XSS not in html
    assert "window.__xss=1" in html
    assert Markup(html).inline_code == []


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_is_well_formed_with_ids_that_are_one_thing_each(client: FlaskClient, address: str) -> None:
    page = Markup(client.get(address).text)
    assert (page.open, page.wrongly_closed) == ([], [])
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_needs_no_inline_style_or_handler(client: FlaskClient, address: str) -> None:
    for _, attributes in Markup(client.get(address).text).tags:
        assert not [name for name in attributes if name == "style" or name.startswith("on")]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_field_has_a_label(client: FlaskClient, address: str) -> None:
    page = Markup(client.get(address).text)
    labelled = {label["for"] for label in page.all("label")}
    fields = [each for tag in ("input", "select") for each in page.all(tag) if each.get("type") != "hidden"]
    assert [each for each in fields if each.get("id") not in labelled] == []
