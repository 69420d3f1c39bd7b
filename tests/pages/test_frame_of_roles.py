"""What stands around every page: who is signed in, and only what they may use."""

from flask import Flask

from models import User
from services.access import people
from services.analysing import submit_song
from services.library import songs
from tests.pages.browser import Browser


def test_it_shows_who_is_signed_in_with_the_way_out(bobs: Browser) -> None:
    page = bobs.open("/")
    assert "Bob viewer Account Webhooks Sign out" in page.text
    assert page.all("form", action="/sign-out")


def test_it_shows_nothing_but_the_way_in_to_who_is_not(app: Flask, ada: User) -> None:
    page = Browser(app).open("/welcome/over", 404)
    assert not page.all("a", href="/playlists")
    assert not page.all("div", id="tray")
    assert page.all("a", href="/sign-in")


def test_a_viewer_sees_nothing_of_the_console(bobs: Browser, bob: User) -> None:
    song = songs.create_song(bob.id, title="Night Ride", lyrics="We ride")
    job_id = submit_song(song.id).job_id
    for address in ("/", "/import", f"/songs/{song.id}", f"/jobs/{job_id}"):
        page = bobs.open(address)
        links = [tag["href"] for tag in page.all("a") if tag.get("href", "").startswith("/admin")]
        assert links == [], address


def test_a_viewer_is_offered_no_button_that_refuses(bobs: Browser, bob: User) -> None:
    song = songs.create_song(bob.id, title="Night Ride", lyrics="We ride")
    job_id = submit_song(song.id).job_id
    bobs.send(f"/jobs/{job_id}/cancel")
    page = bobs.open(f"/jobs/{job_id}")
    assert page.all("form", action=f"/jobs/{job_id}/retry")
    assert not page.all("form", action=f"/jobs/{job_id}/delete")


def test_an_operator_sees_the_console_without_people_and_keys(bobs: Browser, bob: User) -> None:
    people.set_role(bob.id, "operator", actor="Ada")
    page = bobs.open("/admin/audit")
    assert page.all("a", href="/admin/queues")
    assert not page.all("a", href="/admin/people")
    assert not page.all("a", href="/admin/keys")


def test_it_says_nothing_of_being_open_when_it_is_not(adas: Browser) -> None:
    assert "Open to everybody" not in adas.open("/admin/queues").text
