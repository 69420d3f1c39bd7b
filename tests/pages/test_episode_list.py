from flask.testing import FlaskClient

from services.jobs.submit import submit
from tests.pages import episode_rows
from tests.pages.conftest import Open


def test_it_explains_what_episodes_are_while_there_are_none(open_page: Open) -> None:
    page = open_page("/library/episodes")
    assert "No episodes yet" in page.text
    assert "Upload a file above" in page.text


def test_it_lists_them_with_stage_length_and_clips(open_page: Open) -> None:
    episode_rows.episode(stage="enriched")
    episode_rows.clip("a-talk")
    page = open_page("/library/episodes")
    assert page.all("tr", id="episode-a-talk")
    for words in ("A talk about rivers", "Enriched", "12:34", "12 MB", "1 clip"):
        assert words in page.text
    assert page.all("a", href="/library/episodes/a-talk")


def test_it_shows_a_live_bar_for_each_job(open_page: Open) -> None:
    episode_rows.episode(arrival="arriving", media_key=None)
    job_id = submit("take_in_episode", target_type="episode", target_id="a-talk", title="A talk").job_id
    page = open_page("/library/episodes")
    assert "Arriving" in page.text
    assert page.all("div", data_job_id=job_id, data_progress="job")


def test_it_says_why_a_file_cannot_be_used(open_page: Open) -> None:
    episode_rows.episode(arrival="unusable", problem="no_audio_track", problem_text="It has no sound.")
    page = open_page("/library/episodes")
    assert "Unusable" in page.text
    assert "It has no sound." in page.text


def test_it_shows_the_poster_once_there_is_one(open_page: Open) -> None:
    episode_rows.episode()
    episode_rows.make_web_ready("a-talk")
    (picture,) = open_page("/library/episodes").all("img", loading="lazy")
    assert (picture["src"], picture["alt"]) == ("/media/episodes/a-talk/poster.jpg", "")


def test_it_finds_by_title(open_page: Open) -> None:
    episode_rows.episode()
    episode_rows.episode("b-talk", title="Of mountains")
    page = open_page("/library/episodes?q=mountains")
    assert page.all("tr", id="episode-b-talk")
    assert not page.all("tr", id="episode-a-talk")
    assert "No episode is called that" in open_page("/library/episodes?q=deserts").text


def test_it_turns_pages(open_page: Open) -> None:
    for number in range(51):
        episode_rows.episode(f"talk-{number}", created_at=float(number))
    first = open_page("/library/episodes")
    assert len(first.all("a", class_="song-title")) == 50
    (link,) = first.all("a", rel="next")
    assert open_page(link["href"]).all("tr", id="episode-talk-0")


def test_it_is_in_the_navigation(client: FlaskClient) -> None:
    assert '<a href="/library/episodes"' in client.get("/").text
