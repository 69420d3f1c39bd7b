from extensions import db, transaction
from models import Job
from services.analysing import submit_song
from services.jobs import operations
from services.library import songs
from tests.conftest import MakeSong, RunJobs
from tests.pages.conftest import Judge, Open

LYRICS = "Hello darling\nHe shot him dead\n\nDamn the rain"
FINDINGS = (
    ("violence", 3, 2, "shot him dead", "Tells of a killing."),
    ("profanity", 1, 4, "Damn", "Uses mild swearing."),
)


def test_it_offers_to_analyze_what_was_not_analyzed(open_page: Open, make_song: MakeSong) -> None:
    song = make_song(lyrics=LYRICS)
    page = open_page(f"/songs/{song.id}")
    assert "Not analyzed yet" in page.text
    assert "He shot him dead" in page.text
    assert page.all("form", data_analyze_song=str(song.id), action=f"/songs/{song.id}/analyze", method="post")


def test_it_shows_the_verdict_with_its_reasons(open_page: Open, make_song: MakeSong, judge: Judge) -> None:
    song = make_song(lyrics=LYRICS)
    judge(song, "mature", 58, FINDINGS)
    page = open_page(f"/songs/{song.id}")
    for words in ("It is mature because we say so.", "Violence 1 Strong", "Profanity 1 Mild", "dark", "love, loss"):
        assert words in page.text
    for words in ("English", "Pasted by hand", "Tells of a killing.", "Uses mild swearing."):
        assert words in page.text
    assert page.all("svg", aria_label="Score 58 out of 100")


def test_it_marks_the_words_in_their_line_and_links_both_ways(
    open_page: Open, make_song: MakeSong, judge: Judge
) -> None:
    song = make_song(lyrics=LYRICS)
    judge(song, "mature", 58, FINDINGS)
    page = open_page(f"/songs/{song.id}")
    assert [mark["title"] for mark in page.all("mark")] == [
        "Violence: Tells of a killing.",
        "Profanity: Uses mild swearing.",
    ]
    assert page.all("li", id="L2")[0]["class"].split() == ["line", "is-flagged", "tone-hot"]
    assert page.all("a", href="#L2")
    assert page.all("a", href="#finding-0")
    assert page.all("li", id="finding-0")


def test_it_says_so_where_nothing_was_found(open_page: Open, make_song: MakeSong, judge: Judge) -> None:
    song = make_song(lyrics=LYRICS)
    judge(song, "everyone", 0)
    assert "No line gave cause for concern." in open_page(f"/songs/{song.id}").text


def test_it_invites_to_paste_lyrics_that_were_not_found(open_page: Open, make_song: MakeSong, judge: Judge) -> None:
    song = make_song(lyrics=None)
    judge(song, "unknown", 0, source="none")
    page = open_page(f"/songs/{song.id}")
    assert "No lyrics found" in page.text
    assert page.all("form", action=f"/songs/{song.id}/lyrics", method="post")


def test_it_tells_an_instrumental_from_lyrics_that_are_missing(
    open_page: Open, make_song: MakeSong, judge: Judge
) -> None:
    song = make_song(lyrics=None)
    judge(song, "unknown", 0, source="lrclib")
    assert "An instrumental" in open_page(f"/songs/{song.id}").text


def test_it_keeps_earlier_analyses_to_choose_from(open_page: Open, make_song: MakeSong, judge: Judge) -> None:
    song = make_song(lyrics=LYRICS)
    old = judge(song, "explicit", 95, analyser="test-1").id
    judge(song, "teen", 20, analyser="test-2")
    latest = open_page(f"/songs/{song.id}")
    assert "It is teen because" in latest.text
    assert latest.all("a", href=f"/songs/{song.id}?analysis={old}")
    earlier = open_page(f"/songs/{song.id}?analysis={old}")
    assert "It is explicit because" in earlier.text
    assert "This is an earlier analysis." in earlier.text


def test_it_has_no_page_for_the_analysis_of_another_song(open_page: Open, make_song: MakeSong, judge: Judge) -> None:
    foreign = judge(make_song(lyrics=LYRICS)).id
    open_page(f"/songs/{make_song().id}?analysis={foreign}", 404)


def test_it_warns_when_the_lyrics_have_changed_since(open_page: Open, make_song: MakeSong, judge: Judge) -> None:
    song = make_song(lyrics=LYRICS)
    judge(song)
    assert "The lyrics have changed since" not in open_page(f"/songs/{song.id}").text
    songs.update_song(song.id, lyrics="Other words")
    assert "The lyrics have changed since" in open_page(f"/songs/{song.id}").text


def test_it_picks_its_job_up_while_it_runs(open_page: Open, make_song: MakeSong) -> None:
    song = make_song()
    job_id = submit_song(song.id).job_id
    page = open_page(f"/songs/{song.id}")
    assert page.all("div", id="song-slot", data_progress="song", data_job_id=job_id)


def test_it_tells_why_the_last_try_failed(open_page: Open, make_song: MakeSong) -> None:
    song = make_song()
    job_id = submit_song(song.id).job_id
    with transaction() as session:
        job = session.get_one(Job, job_id)
        job.status, job.error, job.ended_at, job.active_key = "failed", "LRCLIB cannot be reached.", 1.0, None
    page = open_page(f"/songs/{song.id}")
    assert "The last try failed: LRCLIB cannot be reached." in page.text


def test_it_shows_what_the_real_analyser_finds(open_page: Open, make_song: MakeSong, run_jobs: RunJobs) -> None:
    song_id = make_song(lyrics="He stabbed her with a knife\nand drank the whiskey").id
    submit_song(song_id)
    run_jobs()
    page = open_page(f"/songs/{song_id}")
    assert page.all("mark")
    assert "Violence" in page.text


def test_it_forgets_a_canceled_job(open_page: Open, make_song: MakeSong) -> None:
    song_id = make_song().id
    operations.cancel(submit_song(song_id).job_id)
    db.session.rollback()
    (slot,) = open_page(f"/songs/{song_id}").all("div", id="song-slot")
    assert "hidden" in slot


def test_it_answers_404_for_a_song_that_there_is_not(open_page: Open) -> None:
    assert "There is no song 999" in open_page("/songs/999", 404).text
    open_page("/songs/99999999999999999999", 404)
