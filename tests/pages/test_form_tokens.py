"""Every form that posts bears the token of its sign-in."""

import re
from pathlib import Path

import pytest

from models import User
from services.analysing import submit_song
from services.library import playlists, songs
from tests.pages.browser import Browser

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
POST_FORM = re.compile(
    r"<form\b(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*method=.post.(?:[^>{]|\{\{.*?\}\}|\{%.*?%\})*>(.{0,20})"
)
ADDRESSES = (
    "/",
    "/songs/new",
    "/songs/1",
    "/songs/1/row",
    "/playlists",
    "/playlists/1",
    "/import",
    "/account",
    "/admin/queues",
    "/admin/jobs",
    "/admin/schedules",
    "/admin/people",
    "/admin/keys",
)


def test_no_template_forgets_it() -> None:
    forms = [
        (path.name, inside) for path in TEMPLATES.rglob("*.html") for inside in POST_FORM.findall(path.read_text())
    ]
    assert len(forms) >= 30
    assert [name for name, inside in forms if not re.match(r"\{\{ (ui\.)?csrf\(\) \}\}", inside)] == []


@pytest.fixture
def at_work(ada: User) -> str:
    """A song in a playlist with a job; the job's id."""
    song = songs.create_song(ada.id, title="Night Ride", lyrics="We ride")
    playlists.create_playlist(ada.id, "A playlist", [song.id])
    return submit_song(song.id).job_id


def test_every_page_brings_it_with_each_form(adas: Browser, at_work: str) -> None:
    for address in (*ADDRESSES, f"/jobs/{at_work}", f"/admin/jobs/{at_work}"):
        page = adas.open(address)
        forms = page.all("form", method="post")
        assert forms, address
        tokens = [tag["value"] for tag in page.all("input", type="hidden", name="csrf_token")]
        assert len(tokens) == len(forms), address
        assert len(set(tokens)) == 1, address


def test_it_is_the_same_on_every_page_of_a_sign_in(adas: Browser) -> None:
    adas.open("/import")
    token = adas.token
    adas.open("/admin/jobs")
    assert token
    assert adas.token == token


def test_it_is_another_for_another(adas: Browser, bobs: Browser) -> None:
    adas.open("/import")
    bobs.open("/import")
    assert adas.token != bobs.token


def test_what_is_sent_without_it_does_nothing(adas: Browser, ada: User) -> None:
    assert "reload it" in adas.refused("/playlists", 403, csrf_token="", name="Mixtape").text
    assert "Mixtape" not in adas.open("/playlists").text
