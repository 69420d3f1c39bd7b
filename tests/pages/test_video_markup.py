"""The pages of videos, renders and recovery runs keep what every page promises."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import clock
from extensions import transaction
from models import RenderEvent, Segment
from services.jobs.submit import submit
from services.library import users
from services.renders import states as render_states
from services.videos import states
from tests.pages import render_rows
from tests.pages.markup import Markup
from tests.videos.rows import a_video

XSS = "<script>window.__xss=1</script>"
VIDEOS, RENDERS, RECOVERIES = "/library/videos", "/admin/renders", "/admin/videos"
RUN, RENDER = "R" * 26, "0" * 25 + "R"
ADDRESSES = (
    VIDEOS,
    f"{VIDEOS}?q={XSS}",
    f"{VIDEOS}?status=failed",
    f"{VIDEOS}/waits",
    f"{VIDEOS}/ready",
    f"{VIDEOS}/failed",
    RENDERS,
    f"{RENDERS}/all",
    f"{RENDERS}/all?q={XSS}",
    f"{RENDERS}/all?status=9",
    f"{RENDERS}/{RENDER}",
    RECOVERIES,
    f"{RECOVERIES}/now",
    f"{RECOVERIES}/{RUN}",
)


@pytest.fixture(autouse=True)
def hostile(app: Flask) -> None:
    """Rows of which every word that somebody else wrote is a script."""
    said: dict[str, Any] = {"name": XSS, "file_name": XSS, "tenant_id": XSS, "problem_text": XSS, "problem": XSS[:60]}
    made = {"media_key": "videos/ready/source.mp4", "poster_key": "videos/ready/p.jpg", "file_url": f"https://x/{XSS}"}
    a_video(id="waits", failures=1, recover_at=clock.now(), **said)
    a_video(id="ready", status=states.READY, video_codec=XSS[:40], preview_key="videos/ready/p.mp4", **made, **said)
    a_video(id="failed", status=states.FAILED, **said)
    submit("process_video", target_type="video", target_id="ready", title=XSS)
    renders()
    recoveries()


def renders() -> None:
    now = clock.now()
    told = {"error": XSS, "note": XSS, "output_url": f"https://x/{XSS}", "is_contradicted": True, "finished_at": now}
    target = {"operation": "concatenate", "target_type": render_states.VIDEO, "target_id": "ready"}
    inputs = {"video_urls": [XSS]}
    render_rows.render(id=RENDER, status=render_states.FAILED, check_at=None, inputs=inputs, **target, **told)
    render_rows.render(check_errors=3)
    times = {"owner_id": users.default_owner().id, "created_at": now, "updated_at": now}
    with transaction() as session:
        session.add(Segment(id="s", name=XSS, video_id="ready", position=1, status="pending", **times))
        session.add(RenderEvent(render_id=RENDER, kind="late", said_by="webhook", said="failed", note=XSS, at=now))
    render_rows.cycle(checked=3, errors=1)


def recoveries() -> None:
    counts = {"found": 2, "triggered": 1, "failed": 1, "skipped": 1, "reasons": {"recent_run": 1}}
    render_rows.recovery_run(id=RUN, started_by=XSS, **counts)
    told = {"name": XSS, "tenant_id": XSS, "reason": XSS}
    render_rows.recovery_item(RUN, video_id="waits", outcome="failed", **told)


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_shows_others_words_as_words(client: FlaskClient, address: str) -> None:
    html = client.get(address).text
    assert XSS not in html
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
    named = [each for each in fields if each.get("id") not in labelled and "aria-label" not in each]
    assert named == []
