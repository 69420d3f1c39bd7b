"""The pages of footage keep what every page promises."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from services.footage import states
from services.jobs.submit import submit
from tests.pages import footage_rows
from tests.pages.markup import Markup

XSS = "<script>window.__xss=1</script>"
BOARD = "/library/footage"
RECORD = f"{BOARD}/AF0001"
ADDRESSES = (BOARD, f"{BOARD}/all?q={XSS}", f"{BOARD}/all", f"{BOARD}/search?q={XSS}", RECORD, f"{BOARD}/AF0002")


@pytest.fixture(autouse=True)
def hostile(app: Flask) -> None:
    """Records of which every word that somebody else wrote is a script."""
    said = {"title": XSS, "description": XSS, "keywords": [XSS], "file_name": XSS, "source_url": f"https://x/{XSS}"}
    made = {"made_title": XSS, "made_description": XSS, "tags": [XSS], "sheet_key": "footage/AF0001/sheet.jpg"}
    read = {"scraped": {"title": XSS, "description": XSS, "problem": None}, "info": {"container": XSS, "timecode": XSS}}
    judged = {"judgement": {"score": 3, "is_good": False, "reasons": [XSS]}, "error": XSS, "awaits": XSS}
    wrote: dict[str, Any] = {**said, **made, **read, **judged}
    footage_rows.footage(**wrote, status=states.FAILED, resume_status=states.SCRAPING_URL, failures=5)
    awaiting = {"status": states.AWAITING_USER_INPUT, "resume_status": states.CREATING_FRAMES}
    footage_rows.footage("AF0002", **{**wrote, **awaiting, "scraped": {"problem": XSS}})
    made_frame = {"embedding": b"\0" * 4, "embedder": "test", "error": XSS, "failures": 1}
    footage_rows.frame("AF0001", 1, caption=XSS, speech=XSS, **made_frame)
    footage_rows.speech("AF0001", XSS)
    footage_rows.event("AF0001", None, states.PENDING_FILE_INFO, note=XSS, by=XSS)
    footage_rows.event("AF0001", None, states.FRAME_PENDING_THUMBNAIL, note=XSS, frame_position=1)
    submit("footage_file_info", target_type="footage", target_id="AF0001", title=XSS)


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
    kinds = ("input", "select", "textarea")
    fields = [each for tag in kinds for each in page.all(tag) if each.get("type") != "hidden"]
    assert [each for each in fields if each.get("id") not in labelled] == []
