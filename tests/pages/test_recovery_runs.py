from functools import partial

import pytest
from flask.testing import FlaskClient

import clock
from extensions import db
from models import Job, ScheduleRun
from services.videos import recovery
from tests.pages import render_rows
from tests.pages.conftest import Open
from tests.videos.rows import a_video

PAGE = "/admin/videos"


def test_it_lists_runs_with_what_they_did(open_page: Open) -> None:
    counts = {"found": 9, "triggered": 4, "failed": 1, "skipped": 4, "reasons": {"backing_off": 3, "recent_run": 1}}
    run_id = render_rows.recovery_run(started_by="Ada", **counts)
    page = open_page(PAGE)
    assert page.all("tr", id=f"run-{run_id}")
    assert "Ada 9 4 1 4: backing off 3, just ended 1" in page.text


def test_it_turns_pages(open_page: Open) -> None:
    ids = [render_rows.recovery_run(started_at=float(number)) for number in range(1, 42)]
    (link,) = open_page(PAGE).all("a", rel="next")
    page = open_page(link["href"])
    assert page.all("tr", id=f"run-{ids[0]}")
    assert not page.all("tr", id=f"run-{ids[-1]}")


def test_it_tells_figures_of_a_day_and_a_week(open_page: Open) -> None:
    run_id = render_rows.recovery_run(triggered=1, found=3, skipped=2, reasons={"too_young": 2})
    render_rows.recovery_item(run_id)
    text = open_page(PAGE).text
    assert "Started again, last 24 hours 1 1 run; 2 left alone" in text
    assert "Until picked up, last 7 days 20 min median" in text
    assert "2 It was made a short while ago." in text


def test_the_schedule_is_paused_and_resumed_from_here(client: FlaskClient, open_page: Open) -> None:
    paused = client.post("/admin/schedules/recover_videos/pause", data={"from": "videos", "reason": "Moving"})
    assert paused.location == PAGE
    assert "paused by local operator: Moving" in open_page(PAGE).text
    client.post("/admin/schedules/recover_videos/resume", data={"from": "videos"})
    assert "Moving" not in open_page(PAGE).text


def test_a_run_now_comes_back_here_with_its_bar(client: FlaskClient, open_page: Open) -> None:
    assert client.post("/admin/schedules/recover_videos/run", data={"from": "videos"}).location == PAGE
    job_id = db.session.scalar(db.select(ScheduleRun.job_id))
    assert open_page(PAGE).all("div", id="run-now", data_job_id=str(job_id))


def test_what_a_run_would_do_now_is_shown_and_not_done(open_page: Open) -> None:
    stuck, young = a_video(upload_id=None, media_key="videos/x/source.mp4"), a_video(created_at=clock.now())
    page = open_page(f"{PAGE}/now")
    assert page.all("tr", id=f"item-{stuck}")
    assert not page.all("tr", id=f"item-{young}")
    assert "Would be started 1" in page.text
    assert db.session.scalar(db.select(Job.id).where(Job.type == "process_video")) is None


def test_what_would_be_started_comes_first_and_the_rest_is_cut(open_page: Open) -> None:
    here = {"upload_id": None, "media_key": "videos/x/source.mp4"}
    for number in range(201):
        a_video(recover_at=clock.now() + 900.0, created_at=number + 1.0, **here)
    stuck = a_video(**here)
    page = open_page(f"{PAGE}/now")
    rows = [row["id"] for row in page.all("tr") if "id" in row]
    assert (rows[0], len(rows)) == (f"item-{stuck}", 200)
    assert "The first 200 of them." in page.text


def test_what_is_seen_of_more_than_is_looked_at_is_told_as_such(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "look", partial(recovery.look, most=2))
    for _ in range(2):
        a_video()
    assert "Found at least 2 Would be started at least 2" in open_page(f"{PAGE}/now").text
    assert "Only the oldest 2 were looked at" in open_page(f"{PAGE}/now").text


def test_what_is_seen_whole_is_told_exactly(open_page: Open) -> None:
    a_video()
    text = open_page(f"{PAGE}/now").text
    assert "Found 1 Would be started 1" in text
    assert "at least" not in text


def test_nothing_stuck_says_so(open_page: Open) -> None:
    assert "No video waits longer than it should." in open_page(f"{PAGE}/now").text


def test_a_run_is_shown_with_each_video(open_page: Open) -> None:
    run_id = render_rows.recovery_run(found=2, triggered=1, skipped=1)
    render_rows.recovery_item(run_id, video_id="harbour")
    render_rows.recovery_item(run_id, video_id="goats", outcome="skipped", reason="upload_in_progress")
    page = open_page(f"{PAGE}/{run_id}")
    assert page.all("a", href="/library/videos/harbour")
    assert "Left alone Its upload is still growing." in page.text
    open_page(f"{PAGE}/{'0' * 26}", 404)


def test_a_long_run_is_shown_in_pages(open_page: Open) -> None:
    run_id = render_rows.recovery_run(found=101, triggered=101)
    for number in range(101):
        render_rows.recovery_item(run_id, video_id=f"video-{number}")
    (link,) = open_page(f"{PAGE}/{run_id}").all("a", rel="next")
    assert open_page(link["href"]).all("tr", id="item-video-100")
