"""The limits hold at every instant over the whole fleet, whoever dispatches."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from extensions import db, transaction
from models import Job
from services.footage import dispatch, places, states
from services.jobs import states as job_states
from tests.footage.poller import quick
from tests.footage.poller.conftest import AddFootage

AT_ONCE = {"file_info": 2, "thumbnails": 1, "create_frames": 1, "scrape_url": 1, "process_frames": 3, "describe": 1}
LiveJobs = Callable[[], list[tuple[str, str | None]]]


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"footage_at_once": AT_ONCE}


def test_no_more_jobs_than_places(add_footage: AddFootage, live_jobs: LiveJobs) -> None:
    for n in range(1, 6):
        add_footage(f"AF000{n}")
    assert dispatch.move_on().begun == {"file_info": 2}
    assert dispatch.move_on().begun == {}
    assert live_jobs() == [("footage_file_info", "AF0001"), ("footage_file_info", "AF0002")]


def test_two_who_dispatch_at_once_share_the_places(app: Flask, add_footage: AddFootage, live_jobs: LiveJobs) -> None:
    for n in range(1, 10):
        add_footage(f"AF000{n}")
    meet = threading.Barrier(4)

    def dispatches() -> None:
        with app.app_context():
            meet.wait()
            dispatch.move_on()
            db.session.remove()

    threads = [threading.Thread(target=dispatches) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(live_jobs()) == 2


def test_a_session_canceled_meanwhile_has_no_place_used(
    add_footage: AddFootage, live_jobs: LiveJobs, live_session: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cancel_it() -> None:
        with transaction() as session:
            session.execute(update(Job).where(Job.id == live_session).values(cancel_requested_at=1.0))

    add_footage("AF0001")
    monkeypatch.setattr(places, "make_lock", cancel_it)
    dispatch.place_freed()
    dispatch.at_once()
    assert live_jobs() == []


def test_nobody_is_told_apart_for_a_step_without_a_place(add_footage: AddFootage) -> None:
    for n in range(1, 5):
        add_footage(f"AF000{n}", status=states.SCRAPING_URL)
    assert dispatch.move_on().begun == {"process_frames": 3}
    add_footage("AF0005", status=states.CREATING_FRAMES, title="IMG_0042", description="")
    assert dispatch.move_on().sent_to_wait == 0


def test_frames_and_listening_share_the_places_of_their_step(add_footage: AddFootage, live_jobs: LiveJobs) -> None:
    add_footage("AF0001", status=states.PROCESSING_FRAME_INFO)
    quick.make_frames(db.session(), "AF0001", 9)
    db.session.commit()
    add_footage("AF0002", status=states.SCRAPING_URL)
    dispatch.move_on()
    assert Counter(kind for kind, _ in live_jobs()) == {"footage_frame": 2, "footage_process_frames": 1}


def test_a_record_with_many_frames_leaves_places_to_others(add_footage: AddFootage, live_jobs: LiveJobs) -> None:
    for n in (1, 2, 3):
        add_footage(f"AF000{n}", status=states.PROCESSING_FRAME_INFO)
        quick.make_frames(db.session(), f"AF000{n}", 9)
        db.session.commit()
    dispatch.move_on()
    titles = db.session.scalars(select(Job.title).where(Job.status == job_states.QUEUED).order_by(Job.id))
    assert list(titles) == ["AF0001: frame 1", "AF0002: frame 1", "AF0003: frame 1"]


def test_more_that_are_live_than_a_lowered_limit_leave_no_place(
    app: Flask, add_footage: AddFootage, live_jobs: LiveJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(1, 6):
        add_footage(f"AF000{n}")
    dispatch.move_on()
    settings = app.extensions["backbeat_settings"]
    lowered = settings.model_copy(update={"footage_at_once": AT_ONCE | {"file_info": 1}})
    monkeypatch.setitem(app.extensions, "backbeat_settings", lowered)
    dispatch.move_on()
    assert len(live_jobs()) == 2


def test_frames_wait_for_their_record(add_footage: AddFootage, live_jobs: LiveJobs) -> None:
    add_footage("AF0001", status=states.SCRAPING_URL)
    quick.make_frames(db.session(), "AF0001", 2)
    db.session.commit()
    dispatch.move_on()
    assert live_jobs() == [("footage_process_frames", "AF0001")]


def test_the_description_waits_for_the_last_frame(add_footage: AddFootage, live_jobs: LiveJobs) -> None:
    add_footage("AF0001", status=states.PROCESSING_FRAME_INFO)
    quick.make_frames(db.session(), "AF0001", 1)
    db.session.commit()
    dispatch.move_on()
    assert [kind for kind, _ in live_jobs()] == ["footage_frame"]
