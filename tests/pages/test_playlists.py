from flask.testing import FlaskClient
from sqlalchemy import select

from extensions import db, transaction
from models import Job, Playlist
from services.analysing import submit_playlist
from services.library import playlists, queries
from tests.conftest import MakePlaylist, MakeSong
from tests.pages.conftest import Judge, Open
from tests.pages.markup import Markup


def test_it_invites_while_there_is_none(open_page: Open) -> None:
    assert "No playlists yet" in open_page("/playlists").text


def test_it_lists_playlists_with_their_ratings(
    open_page: Open, make_playlist: MakePlaylist, make_song: MakeSong, judge: Judge
) -> None:
    song = make_song()
    judge(song, "explicit", 90)
    make_playlist("Ballads", [song, make_song()])
    page = open_page("/playlists")
    for words in ("Ballads", "2 songs", "Explicit 1", "Not analyzed 1"):
        assert words in page.text


def test_it_sums_a_playlist_up(open_page: Open, make_playlist: MakePlaylist, make_song: MakeSong, judge: Judge) -> None:
    mild, strong = make_song("Mild one"), make_song("Strong one")
    judge(mild, "teen", 20)
    judge(strong, "explicit", 90)
    playlist_id = make_playlist("Ballads", [mild, strong, make_song("New one")]).id
    page = open_page(f"/playlists/{playlist_id}")
    assert "3 songs · 2 analyzed" in page.text
    most_severe = page.text.partition("Most severe")[2]
    assert most_severe.index("Strong one") < most_severe.index("Mild one")


def test_it_shows_songs_in_order_with_their_places(
    open_page: Open, make_playlist: MakePlaylist, make_song: MakeSong
) -> None:
    first, second = make_song("Zebra"), make_song("Aardvark")
    page = open_page(f"/playlists/{make_playlist('Mine', [first, second, first]).id}")
    assert [link["title"] for link in page.all("a", class_="song-title")] == ["Zebra", "Aardvark", "Zebra"]


def test_it_turns_the_pages_of_a_long_playlist_both_ways(
    open_page: Open, make_playlist: MakePlaylist, make_song: MakeSong
) -> None:
    songs = [make_song(f"Song {number:03}") for number in range(25)]
    playlist_id = make_playlist("Long", songs * 10).id
    address = f"/playlists/{playlist_id}"
    first = open_page(address)
    (second_link,) = first.all("a", rel="next")
    second = open_page(second_link["href"])
    (third_link,) = second.all("a", rel="next")
    third = open_page(third_link["href"])
    assert [len(page.all("a", class_="song-title")) for page in (first, second, third)] == [100, 100, 50]
    assert not third.all("a", rel="next")
    (back_to_second,) = third.all("a", rel="prev")
    assert back_to_second["href"] == second_link["href"]
    assert second.all("a", rel="prev")[0]["href"] == address


def test_it_picks_the_job_up_while_it_runs(open_page: Open, make_playlist: MakePlaylist) -> None:
    playlist_id = make_playlist().id
    job_id = submit_playlist(playlist_id).job_id
    page = open_page(f"/playlists/{playlist_id}")
    assert page.all("div", data_progress="playlist", data_job_id=job_id)
    assert page.all("form", data_cancel=job_id)


def test_it_tells_of_songs_that_failed_the_last_time(open_page: Open, make_playlist: MakePlaylist) -> None:
    playlist_id = make_playlist().id
    job_id = submit_playlist(playlist_id).job_id
    with transaction() as session:
        job = session.get_one(Job, job_id)
        job.status, job.result, job.ended_at, job.active_key = "finished", {"failed": 2}, 1.0, None
    assert "2 of its songs could not be analyzed" in open_page(f"/playlists/{playlist_id}").text


def test_it_creates_one_and_opens_it(client: FlaskClient) -> None:
    answer = client.post("/playlists", data={"name": "Ballads"})
    assert answer.status_code == 303
    assert "Nothing in this playlist yet" in client.get(answer.location).text


def test_it_gives_the_form_back_when_the_name_is_taken(client: FlaskClient, make_playlist: MakePlaylist) -> None:
    make_playlist("Ballads")
    answer = client.post("/playlists", data={"name": "Ballads"})
    page = Markup(answer.text)
    assert answer.status_code == 409
    assert page.all("input", id="name", value="Ballads")
    assert "There is a playlist named “Ballads” already" in page.text


def test_it_renames_one(client: FlaskClient, make_playlist: MakePlaylist) -> None:
    playlist_id = make_playlist("Old").id
    client.post(f"/playlists/{playlist_id}/rename", data={"name": "New"})
    assert db.session.get_one(Playlist, playlist_id).name == "New"


def test_it_tells_why_a_name_is_refused(client: FlaskClient, make_playlist: MakePlaylist) -> None:
    playlist_id = make_playlist("Old").id
    answer = client.post(f"/playlists/{playlist_id}/rename", data={"name": " "}, follow_redirects=True)
    assert "A playlist needs a name." in answer.text


def test_it_deletes_one_and_leaves_its_songs(client: FlaskClient, make_playlist: MakePlaylist) -> None:
    playlist = make_playlist(size=3)
    owner_id = playlist.owner_id
    client.post(f"/playlists/{playlist.id}/delete")
    assert not db.session.scalars(select(Playlist)).all()
    assert sum(queries.rating_counts(owner_id).values()) == 3


def test_it_takes_one_place_out(client: FlaskClient, make_playlist: MakePlaylist, make_song: MakeSong) -> None:
    twice = make_song("Twice")
    playlist_id = make_playlist("Mine", [twice, make_song("Once"), twice]).id
    client.post(f"/playlists/{playlist_id}/remove", data={"position": "1"})
    assert [entry.song.title for entry in queries.playlist_songs(playlist_id)] == ["Once", "Twice"]


def test_it_starts_an_analysis_without_a_script(client: FlaskClient, make_playlist: MakePlaylist) -> None:
    playlist_id = make_playlist().id
    answer = client.post(f"/playlists/{playlist_id}/analyze")
    assert (answer.status_code, answer.location) == (303, f"/playlists/{playlist_id}")
    assert db.session.scalars(select(Job.type)).all() == ["analyze_playlist"]


def test_it_tells_why_an_empty_one_is_not_analyzed(client: FlaskClient, make_song: MakeSong) -> None:
    playlist_id = playlists.create_playlist(make_song().owner_id, "Empty").id
    answer = client.post(f"/playlists/{playlist_id}/analyze", follow_redirects=True)
    assert "has no songs to analyze" in answer.text
