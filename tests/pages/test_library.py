from flask.testing import FlaskClient

from services.analysing import submit_library, submit_song
from tests.conftest import MakeSong
from tests.pages.conftest import Judge, Open


def test_it_invites_to_import_while_there_is_nothing(open_page: Open) -> None:
    page = open_page("/")
    assert "No songs yet" in page.text
    assert page.all("a", href="/import")


def test_it_lists_songs_with_artist_rating_and_score(open_page: Open, make_song: MakeSong, judge: Judge) -> None:
    judge(make_song("Edward", artist="Traditional", album="Reliques"), "mature", 58)
    page = open_page("/")
    for words in ("Edward", "Traditional", "Reliques", "Mature", "58", "1 song"):
        assert words in page.text


def test_it_counts_each_rating_and_shows_one_alone(open_page: Open, make_song: MakeSong, judge: Judge) -> None:
    judge(make_song("Judged"), "explicit", 90)
    make_song("Waiting")
    page = open_page("/?rating=unrated")
    assert "Explicit 1" in page.text
    assert "Not analyzed 1" in page.text
    assert "Waiting" in page.text
    assert "Judged" not in page.text


def test_it_says_when_nothing_matches(open_page: Open, make_song: MakeSong) -> None:
    make_song("Edward")
    page = open_page("/?q=zebra")
    assert "No song matches" in page.text
    assert "Edward" not in page.text


def test_it_turns_pages_without_losing_the_search_and_the_order(open_page: Open, make_song: MakeSong) -> None:
    for number in range(60):
        make_song(f"Song {number:02}")
    first = open_page("/?q=song&sort=artist")
    (following,) = first.all("a", rel="next")
    assert "q=song" in following["href"]
    assert "sort=artist" in following["href"]
    second = open_page(following["href"])
    assert not second.all("a", rel="next")
    (before,) = second.all("a", rel="prev")
    assert len(open_page(before["href"]).all("tr", role="row")) == len(first.all("tr", role="row"))
    assert len(second.all("tr", role="row")) == 1 + 10


def test_it_picks_up_the_job_of_a_song_that_runs(open_page: Open, make_song: MakeSong) -> None:
    busy, idle = make_song("Busy"), make_song("Idle")
    job_id = submit_song(busy.id).job_id
    page = open_page("/")
    assert page.all("div", id=f"slot-{busy.id}", data_progress="song", data_job_id=job_id)
    (slot,) = page.all("div", id=f"slot-{idle.id}")
    assert "hidden" in slot
    assert "data-job-id" not in slot


def test_it_shows_the_analysis_of_the_whole_library_while_it_runs(open_page: Open, make_song: MakeSong) -> None:
    job_id = submit_library(make_song().owner_id).job_id
    assert open_page("/").all("div", id="library-slot", data_job_id=job_id)


def test_it_starts_the_analysis_of_the_whole_library_without_a_script(client: FlaskClient, make_song: MakeSong) -> None:
    make_song()
    answer = client.post("/library/analyze", follow_redirects=True)
    assert "is being analyzed in the background" in answer.text


def test_it_tells_why_an_empty_library_is_not_analyzed(client: FlaskClient) -> None:
    answer = client.post("/library/analyze", follow_redirects=True)
    assert "has no songs to analyze yet" in answer.text


def test_it_gives_one_row_to_replace_an_old_one(open_page: Open, make_song: MakeSong, judge: Judge) -> None:
    song = make_song("Edward")
    judge(song, "teen", 30)
    page = open_page(f"/songs/{song.id}/row")
    assert page.all("tr", id=f"song-{song.id}", data_refresh=f"/songs/{song.id}/row")
    assert "Teen" in page.text
    assert not page.all("html")
