"""An upload whose episode is there, but whose job was never promised, is taken up again, and makes no second one."""

import pytest
from sqlalchemy import select

from errors import Conflict, Unavailable
from extensions import db, transaction
from models import Episode, Job, Upload, User
from services import resumable, upload_pruning
from services.episodes import arrivals, catalogue
from tests.conftest import RunJobs
from tests.episodes.conftest import fresh, job_of
from tests.uploads.conftest import Tus


@pytest.fixture
def unpromised(tus: Tus, video: bytes, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an upload at whose end the database was busy, just before its job would have been kept."""

    def busy(*_: object) -> None:
        raise Unavailable("The database is busy.")

    address = tus.begin(len(video))
    with monkeypatch.context() as patch:
        patch.setattr(arrivals, "take_resumed", busy)
        assert tus.send(address, 0, video).status_code == 503
    assert resumable.get_upload(_id(address)).made_id == "a"
    return address


def test_it_promises_the_job_when_the_end_is_sent_again(
    tus: Tus, unpromised: str, video: bytes, run_jobs: RunJobs
) -> None:
    answer = tus.send(unpromised, len(video), b"")
    assert answer.status_code == 204
    assert job_of("a").id == answer.headers["Backbeat-Job-Id"]
    run_jobs()
    assert fresh("a").arrival == "ready"


def test_it_promises_the_job_by_itself_after_a_while(
    unpromised: str, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_pruning, "LOCK_SECONDS", -1.0)
    upload_pruning.prune()
    assert job_of("a").id == _id(unpromised)
    run_jobs()
    assert fresh("a").arrival == "ready"


def test_it_promises_the_job_even_after_days_in_which_nothing_ran(
    unpromised: str, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction() as session:
        session.get_one(Upload, _id(unpromised)).updated_at -= resumable.KEPT_SECONDS + 1
    upload_pruning.prune()
    run_jobs()
    assert fresh("a").arrival == "ready"


def test_it_leaves_alone_what_was_deleted_meanwhile(tus: Tus, unpromised: str, video: bytes) -> None:
    catalogue.delete("a")
    assert tus.send(unpromised, len(video), b"").status_code == 204
    assert db.session.scalars(select(Episode.id)).all() == []


def test_it_makes_no_episode_where_its_upload_cannot_note_it(owner: User) -> None:
    owner_id = owner.id
    upload_id = resumable.begin(owner_id, file_name="a.mp4", size_bytes=1, details={}).id
    catalogue.enlist(owner_id, title="One", file_name="a.mp4", upload_id=upload_id)
    with pytest.raises(Conflict):
        catalogue.enlist(owner_id, title="Two", file_name="a.mp4", upload_id=upload_id)
    assert db.session.scalars(select(Episode.id)).all() == ["one"]
    assert resumable.get_upload(upload_id).made_id == "one"


def test_a_video_of_the_same_id_is_not_taken_for_it(
    tus: Tus, owner: User, video: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogue.enlist(owner.id, title="A", file_name="a.mp4", episode_id="same")
    address = tus.begin(len(video), purpose="video", id="same")
    tus.send(address, 0, video)
    monkeypatch.setattr(upload_pruning, "LOCK_SECONDS", -1.0)
    upload_pruning.prune()
    assert resumable.get_upload(_id(address)).made_id == "same"
    assert [job.type for job in db.session.scalars(select(Job))] == ["process_video"]


def _id(address: str) -> str:
    return address.rpartition("/")[2]
