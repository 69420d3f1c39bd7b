"""A video that nobody works on is told of, with when recovery comes, and started."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import insert

import clock
from errors import Conflict, NotFound
from extensions import db, transaction
from models import Job, RecoveryRun, Upload, Video
from services.library import users
from services.recovery import acting, videos
from services.schedules import control
from services.schedules.rows import ensure_rows
from services.videos import runs, states
from tests.videos.rows import a_video

HOUR = 3600.0


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    url: str = request.getfixturevalue("postgres_url") if request.param == "postgresql" else ""
    return url or f"sqlite:///{tmp_path / 'test.db'}"


def _ids() -> list[str]:
    found = videos.find(10)
    assert videos.count() == len(found)
    return [thing.id for thing in found]


def _upload(upload_id: str, *, moved_ago_seconds: float) -> str:
    at = clock.now() - moved_ago_seconds
    row = {
        "id": upload_id,
        "owner_id": users.default_owner().id,
        "purpose": "video",
        "file_name": "harbour.mp4",
        "size_bytes": 100,
        "details": {},
        "created_at": at,
        "updated_at": at,
    }
    with transaction() as session:
        session.execute(insert(Upload).values(**row))
    return upload_id


def test_it_tells_of_one_that_nobody_picked_up(app: Flask) -> None:
    ensure_rows()
    video_id = a_video(name="The harbour at night")
    (thing,) = videos.find(10)
    assert (thing.id, thing.title, thing.url) == (video_id, "The harbour at night", f"/library/videos/{video_id}")
    assert thing.why == "Its file is here, and nobody has picked it up"
    assert thing.next_at is not None
    assert 0 < thing.next_at - clock.now() <= 900
    assert thing.remedy == videos.START


def test_it_says_that_nothing_happens_while_the_schedule_is_paused(app: Flask) -> None:
    ensure_rows()
    control.pause("recover_videos", by="ann")
    a_video()
    (thing,) = videos.find(10)
    assert thing.next.startswith("Nothing: the schedule")
    assert thing.next_at is None


def test_it_tells_of_one_that_is_left_alone_because_it_failed(app: Flask) -> None:
    ensure_rows()
    recover_at = clock.now() + 2 * HOUR
    a_video(failures=3, recover_at=recover_at, problem="media_failed", problem_text="ffmpeg was killed.")
    (thing,) = videos.find(10)
    assert thing.why == "Its processing failed: ffmpeg was killed"
    assert thing.next_at == recover_at


def test_it_leaves_out_the_young_the_live_and_what_is_over(app: Flask) -> None:
    a_video(created_at=clock.now() - 60)
    a_video(status=states.READY)
    a_video(status=states.FAILED)
    runs.start(a_video(), by="ann")
    assert _ids() == []


def test_it_leaves_out_an_upload_that_grows(app: Flask) -> None:
    growing = _upload("0" * 26, moved_ago_seconds=30)
    still = _upload("1" * 26, moved_ago_seconds=HOUR)
    a_video(status=states.UPLOADING, upload_id=growing)
    video_id = a_video(status=states.UPLOADING, upload_id=still)
    assert _ids() == [video_id]
    assert "no longer grows" in videos.find(1)[0].why


def test_it_starts_it_once(app: Flask) -> None:
    video_id = a_video()
    videos.act(video_id, "ann")
    with pytest.raises(Conflict, match="A run of it is queued"):
        videos.act(video_id, "ann")
    jobs = db.session.scalars(db.select(Job).where(Job.type == "process_video")).all()
    assert [job.tags for job in jobs] == [["recovery"]]
    assert _ids() == []


def test_it_hands_one_to_recovery_whose_upload_was_left(app: Flask) -> None:
    video_id = a_video(status=states.UPLOADING, upload_id=_upload("1" * 26, moved_ago_seconds=HOUR))
    videos.act(video_id, "ann")
    db.session.rollback()
    assert db.session.get_one(Video, video_id, populate_existing=True).job_id is not None


def test_all_at_a_press_are_of_one_recovery_run(app: Flask) -> None:
    for number in range(2):
        a_video(status=states.UPLOADING, upload_id=_upload(str(number) * 26, moved_ago_seconds=HOUR))
    assert acting.act_on_all(videos.KIND, by="ann").done == 2
    (run,) = db.session.scalars(db.select(RecoveryRun)).all()
    assert (run.started_by, run.triggered, run.ended_at is None) == ("ann", 2, False)


def test_it_refuses_one_that_is_stuck_no_more(app: Flask) -> None:
    with pytest.raises(Conflict):
        videos.act(a_video(status=states.UPLOADING, created_at=clock.now()), "ann")
    with pytest.raises(NotFound):
        videos.act("no-such-video", "ann")
