"""A record goes with its rows, its files, what was sent of it, and what is at work on it."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from errors import NotFound
from extensions import db
from models import FootageEvent, Frame, Job, User
from services.footage import catalogue, files
from services.jobs.submit import submit
from services.media import stored
from tests.episodes.conftest import Sent
from tests.footage.conftest import MakeFootage


def test_it_removes_rows_and_files(make_footage: MakeFootage, clip: Path) -> None:
    footage_id = make_footage(clip).id
    stored.storage().put(files.key_of(footage_id, files.POSTER), clip)
    stored.storage().put(files.frame_key(footage_id, 1), clip)
    catalogue.delete(footage_id)
    assert stored.storage().list() == []
    assert [db.session.scalar(select(func.count()).select_from(table)) for table in (Frame, FootageEvent)] == [0, 0]
    assert clip.exists()


def test_it_removes_what_was_sent(owner: User, clip: Path) -> None:
    footage_id = catalogue.add_upload(owner.id, Sent(clip))
    sent = catalogue.sent_file(catalogue.page(None).rows[0].source or "")
    catalogue.delete(footage_id)
    assert sent is not None
    assert not sent.exists()


def test_it_cancels_what_is_at_work_on_it(make_footage: MakeFootage, owner: User) -> None:
    footage_id = make_footage().id
    ours = submit("take_in_episode", target_type="footage", target_id=footage_id, owner_id=owner.id).job_id
    others = submit("take_in_episode", target_type="footage", target_id="AF0002", owner_id=owner.id).job_id
    catalogue.delete(footage_id)
    assert [db.session.get_one(Job, job_id).status for job_id in (ours, others)] == ["canceled", "queued"]


def test_it_tells_that_there_is_none_any_more(make_footage: MakeFootage) -> None:
    footage_id = make_footage().id
    catalogue.delete(footage_id)
    with pytest.raises(NotFound):
        catalogue.delete(footage_id)
