import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from extensions import db
from models import Job, Song
from services.library import queries
from tests.conftest import MakePlaylist, MakeSong
from tests.pages.conftest import Open
from tests.pages.markup import Markup


def test_it_keeps_a_pasted_song_and_shows_it(client: FlaskClient) -> None:
    answer = client.post("/songs/new", data={"title": "Night Ride", "artist": "Nobody", "lyrics": "We ride"})
    assert answer.status_code == 303
    page = client.get(answer.location)
    assert "Night Ride" in page.text
    assert "We ride" in page.text


def test_it_analyzes_at_once_when_asked(client: FlaskClient) -> None:
    client.post("/songs/new", data={"title": "Night Ride", "lyrics": "We ride", "then": "analyze"})
    assert db.session.scalars(select(Job.type)).all() == ["analyze_song"]


def test_it_gives_the_form_back_with_what_is_wrong(client: FlaskClient) -> None:
    answer = client.post("/songs/new", data={"title": "", "artist": "Nobody", "lyrics": "Kept words"})
    page = Markup(answer.text)
    assert answer.status_code == 422
    assert page.all("input", id="title", aria_invalid="true")
    assert page.all("input", id="artist", value="Nobody")
    assert "Kept words" in page.text


def test_it_names_the_song_that_is_there_already(client: FlaskClient, make_song: MakeSong) -> None:
    song = make_song("Edward", artist="Traditional")
    answer = client.post("/songs/new", data={"title": "edward", "artist": "TRADITIONAL"})
    assert answer.status_code == 409
    assert Markup(answer.text).all("a", href=f"/songs/{song.id}")


def test_it_edits_a_song(client: FlaskClient, open_page: Open, make_song: MakeSong) -> None:
    song_id = make_song("Old name", lyrics="Old words").id
    form = open_page(f"/songs/{song_id}/edit")
    assert form.all("input", id="title", value="Old name")
    assert "Old words" in form.text
    answer = client.post(f"/songs/{song_id}/edit", data={"title": "New name", "lyrics": "New words"})
    assert (answer.status_code, answer.location) == (303, f"/songs/{song_id}")
    assert "New words" in open_page(f"/songs/{song_id}").text


def test_it_gives_the_edit_form_back_with_what_was_typed(client: FlaskClient, make_song: MakeSong) -> None:
    song_id = make_song("Old name").id
    answer = client.post(f"/songs/{song_id}/edit", data={"title": "", "artist": "Typed"})
    assert answer.status_code == 422
    assert Markup(answer.text).all("input", id="artist", value="Typed")


def test_it_saves_pasted_lyrics_and_analyzes_them(client: FlaskClient, make_song: MakeSong) -> None:
    song_id = make_song(lyrics=None).id
    client.post(f"/songs/{song_id}/lyrics", data={"lyrics": "At last\nsome words"})
    assert db.session.get_one(Song, song_id).lyrics == "At last\nsome words"
    assert db.session.scalars(select(Job.target_id)).all() == [str(song_id)]


def test_it_deletes_a_song(client: FlaskClient, make_song: MakeSong) -> None:
    song_id = make_song().id
    answer = client.post(f"/songs/{song_id}/delete", follow_redirects=True)
    assert "The song was deleted." in answer.text
    assert client.get(f"/songs/{song_id}").status_code == 404


def test_it_starts_an_analysis_without_a_script(client: FlaskClient, make_song: MakeSong) -> None:
    song_id = make_song().id
    answer = client.post(f"/songs/{song_id}/analyze")
    assert (answer.status_code, answer.location) == (303, f"/songs/{song_id}")
    assert db.session.scalars(select(Job.target_id)).all() == [str(song_id)]


def test_it_adds_a_song_to_a_playlist(client: FlaskClient, make_song: MakeSong, make_playlist: MakePlaylist) -> None:
    song_id, playlist_id = make_song("The last one").id, make_playlist(size=2).id
    client.post(f"/songs/{song_id}/playlists", data={"playlist_id": str(playlist_id)})
    entries = queries.playlist_songs(playlist_id)
    assert [(entry.position, entry.song.title) for entry in entries][-1] == (3, "The last one")


@pytest.mark.parametrize("action", ["analyze", "delete", "lyrics", "edit"])
def test_it_answers_404_for_a_song_that_there_is_not(client: FlaskClient, action: str) -> None:
    assert client.post(f"/songs/999/{action}", data={"title": "x"}).status_code == 404


@pytest.mark.parametrize("action", ["analyze", "delete", "lyrics", "playlists"])
def test_it_changes_nothing_by_a_link(client: FlaskClient, make_song: MakeSong, action: str) -> None:
    assert client.get(f"/songs/{make_song().id}/{action}").status_code == 405
