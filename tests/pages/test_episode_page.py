from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event

from extensions import db
from tests.pages import episode_rows
from tests.pages.conftest import Open

ADDRESS = "/library/episodes/a-talk"


def test_it_plays_the_file_as_it_came_until_there_is_a_better_one(open_page: Open) -> None:
    episode_rows.episode()
    page = open_page(ADDRESS)
    assert page.all("video", src="/media/episodes/a-talk/source.mkv")
    assert "the file as it came" in page.text
    episode_rows.make_web_ready("a-talk")
    page = open_page(ADDRESS)
    assert page.all("video", src="/media/episodes/a-talk/web.mp4", poster="/media/episodes/a-talk/poster.jpg")
    assert "the file as it came" not in page.text


def test_it_has_captions_and_chapters_as_tracks(open_page: Open, client: FlaskClient) -> None:
    episode_rows.episode()
    episode_rows.transcribe("a-talk")
    episode_rows.enrich("a-talk")
    page = open_page(ADDRESS)
    assert page.all("track", kind="captions", srclang="en", src="/media/episodes/a-talk/captions.vtt")
    (chapters,) = page.all("track", kind="chapters")
    answer = client.get(chapters["src"])
    assert answer.mimetype == "text/vtt"
    assert "00:00:20.000 --> 00:12:34.200\nAt the sea" in answer.text


def test_it_shows_what_is_said_with_links_to_the_instants(open_page: Open) -> None:
    episode_rows.episode()
    episode_rows.transcribe("a-talk")
    page = open_page(ADDRESS)
    (said, *_) = page.all("p", data_start="0.00")
    assert said["data-words"] == "0 50 100 150 200 250"
    assert "The river rises in the hills." in page.text
    assert page.all("a", href="?t=20.00#player", data_seek="20.00")


def test_a_link_to_an_instant_works_without_a_script(open_page: Open) -> None:
    episode_rows.episode()
    (video,) = open_page(f"{ADDRESS}?t=20.00").all("video", id="player")
    assert video["src"].endswith("#t=20.00")


@pytest.mark.parametrize("instant", ["-1", "nan", "inf", "x"])
def test_an_instant_that_is_none_is_the_beginning(open_page: Open, instant: str) -> None:
    episode_rows.episode()
    (video,) = open_page(f"{ADDRESS}?t={instant}").all("video", id="player")
    assert "#" not in video["src"]


def test_it_lists_chapters_topics_and_key_sentences(open_page: Open) -> None:
    episode_rows.episode()
    episode_rows.transcribe("a-talk")
    episode_rows.enrich("a-talk")
    page = open_page(ADDRESS)
    assert [link["data-seek"] for link in page.all("a", class_="at chapter")] == ["0.00", "20.00"]
    for words in ("In the hills", "river 2", "Key sentences"):
        assert words in page.text or page.all("ul", aria_label=words)


def test_it_shows_clips_with_reason_score_and_files(open_page: Open) -> None:
    episode_rows.episode(stage="enriched")
    episode_rows.enrich("a-talk")
    clip_id = episode_rows.clip("a-talk")
    episode_rows.render("a-talk", clip_id)
    episode_rows.render("a-talk", clip_id, "subtitled")
    page = open_page(ADDRESS)
    for words in ("Where the river rises", "It answers a question.", "82", "0:10 to 0:42", "1080×1920, 4.2 MB"):
        assert words in page.text
    (preview,) = page.all("video", id=f"preview-{clip_id}")
    assert preview["aria-label"] == "Where the river rises, subtitled, 9:16 upright"
    assert preview["preload"] == "none"
    links = page.all("a", data_preview=f"preview-{clip_id}")
    assert [link["href"] for link in links if "aria-current" in link] == [preview["src"]]
    downloads = [link for link in page.all("a", class_="btn btn-sm btn-quiet") if "download" in link["href"]]
    assert len(links) == len(downloads) == 2


@pytest.mark.parametrize(
    ("problem", "advice"),
    [
        ("not_a_video", "Choose a video"),
        ("no_audio_track", "Export it again with its sound"),
        ("empty_file", "The file has no bytes"),
        ("zero_length", "plays for no time"),
        ("truncated", "A part of the file is missing"),
        ("not_fetched", "add it again"),
    ],
)
def test_it_says_what_to_do_about_a_file_of_no_use(open_page: Open, problem: str, advice: str) -> None:
    episode_rows.episode(arrival="unusable", problem=problem, problem_text="It cannot be used.", media_key=None)
    page = open_page(ADDRESS)
    assert "It cannot be used." in page.text
    assert advice in page.text
    assert not page.all("video")
    assert not page.all("form", action=f"{ADDRESS}/process")
    assert page.all("form", action=f"{ADDRESS}/delete")


def test_it_is_not_found_where_there_is_none(open_page: Open) -> None:
    assert "no episode" in open_page("/library/episodes/nowhere", 404).text


def test_it_costs_the_same_number_of_statements_whatever_was_made_of_it(open_page: Open) -> None:
    episode_rows.episode()
    episode_rows.transcribe("a-talk")
    episode_rows.enrich("a-talk")

    def statements() -> int:
        seen: list[str] = []

        def note(*args: Any) -> None:
            if args[2].startswith("SELECT"):
                seen.append(args[2])

        event.listen(db.engine, "before_cursor_execute", note)
        open_page(ADDRESS)
        event.remove(db.engine, "before_cursor_execute", note)
        return len(seen)

    statements()  # what is read once by each process
    few = statements()
    for number in range(12):
        episode_rows.render("a-talk", episode_rows.clip("a-talk", f"Clip {number}"))
    assert statements() == few
