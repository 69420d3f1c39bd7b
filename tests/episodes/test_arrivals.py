"""A file that comes in is probed and kept; why one is not is told on the episode and on its job."""

import errno
from pathlib import Path
from typing import NoReturn

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from clients.storage import Storage
from errors import Conflict, InvalidInput
from extensions import current_settings, db, transaction
from models import Episode, User
from services.episodes import arrivals, files
from services.jobs import moves, operations
from services.jobs.runner import Runner
from services.media import stored
from tests.conftest import RunJobs
from tests.episodes.conftest import Sent, TakeIn, fresh, job_of
from tests.media.makers import cut_off, only_sound, recording, without_sound


def empty(path: Path) -> Path:
    path.touch()
    return path


UNUSABLE = {
    "empty_file": lambda folder: empty(folder / "a.mp4"),
    "not_a_video": lambda folder: only_sound(folder / "a.mp3"),
    "no_audio_track": lambda folder: without_sound(folder / "a.mp4"),
    "truncated": lambda folder: cut_off(recording(folder / "a.mp4")),
}


def test_what_was_sent_is_kept_and_told_of(take_in: TakeIn, video: Path) -> None:
    episode = take_in(video)
    assert (episode.id, episode.title, episode.arrival) == (
        "a-talk-about-rivers",
        "A talk about rivers",
        "ready",
    )
    assert (episode.width, episode.height, episode.video_codec, episode.audio_codec) == (160, 120, "h264", "aac")
    assert episode.media_key == "episodes/a-talk-about-rivers/source.mp4"
    assert b"".join(stored.storage().open(episode.media_key)) == video.read_bytes()


def test_its_job_leads_to_the_episode(take_in: TakeIn, video: Path) -> None:
    job = job_of(take_in(video).id)
    assert (job.status, job.result_url, job.progress) == ("finished", "/library/episodes/a-talk-about-rivers", 1.0)


def test_nothing_of_what_was_sent_stays_behind(take_in: TakeIn, video: Path) -> None:
    take_in(video)
    assert list(current_settings().uploads_dir.iterdir()) == []


@pytest.mark.parametrize("code", UNUSABLE)
def test_it_says_why_a_file_cannot_be_used(tmp_path: Path, take_in: TakeIn, code: str) -> None:
    episode = take_in(UNUSABLE[code](tmp_path))
    job = job_of(episode.id)
    assert (episode.arrival, episode.problem, job.status, job.error_code) == ("unusable", code, "failed", code)
    assert episode.problem_text == job.error
    assert files.keys_of(episode.id) == []
    assert list(current_settings().uploads_dir.iterdir()) == []


def test_a_second_run_changes_nothing(take_in: TakeIn, video: Path, runner: Runner) -> None:
    episode = take_in(video)
    before = stored.storage().told(episode.media_key or "")
    job = job_of(episode.id)
    runner.deliver(job.id, job.attempt)
    assert stored.storage().told(fresh(episode.id).media_key or "") == before


def test_a_run_whose_worker_was_lost_after_the_file_was_kept_is_done_again(
    owner: User, video: Path, run_jobs: RunJobs
) -> None:
    arrival = arrivals.take_upload(owner.id, Sent(video))
    sent = current_settings().uploads_dir / arrival.submission.job_id / "file"
    stored.storage().put(files.source_key(arrival.episode_id, "a.mp4"), sent, may_link=True)
    run_jobs()
    assert fresh(arrival.episode_id).arrival == "ready"


def test_an_arrival_that_was_canceled_is_not_waited_for(owner: User, video: Path, run_jobs: RunJobs) -> None:
    episode_id, job_id = _begun(owner.id, video)
    operations.cancel(job_id)
    run_jobs()
    arrivals.settle_abandoned(0.0)
    episode = fresh(episode_id)
    assert (episode.arrival, episode.problem) == ("unusable", "canceled")


def _begun(owner_id: int, video: Path) -> tuple[str, str]:
    arrival = arrivals.take_upload(owner_id, Sent(video))
    return arrival.episode_id, arrival.submission.job_id


def test_what_is_still_on_its_way_is_waited_for(owner: User, video: Path) -> None:
    episode_id, _ = _begun(owner.id, video)
    arrivals.settle_abandoned(0.0)
    assert fresh(episode_id).arrival == "arriving"


def test_a_caller_may_choose_the_id(take_in: TakeIn, video: Path) -> None:
    assert take_in(video, episode_id="ep_001", title="The first").id == "ep_001"


def test_an_id_that_is_taken_is_refused(take_in: TakeIn, video: Path) -> None:
    take_in(video, episode_id="one")
    with pytest.raises(Conflict) as refused:
        take_in(video, episode_id="one")
    assert (refused.value.code, refused.value.details) == ("episode_exists", {"id": "one"})
    assert list(current_settings().uploads_dir.iterdir()) == []


@pytest.mark.parametrize("bad", ["", "Up", "a b", "../x", "-a", "a--b", "a/b", "é", "x" * 61])
def test_an_id_that_is_no_slug_is_refused(take_in: TakeIn, video: Path, bad: str) -> None:
    with pytest.raises(InvalidInput):
        take_in(video, episode_id=bad)


def test_episodes_of_one_title_have_ids_of_their_own(take_in: TakeIn, video: Path) -> None:
    assert [take_in(video, title="Über uns").id for _ in range(3)] == ["uber-uns", "uber-uns-2", "uber-uns-3"]


def test_a_title_without_latin_letters_has_an_id_too(take_in: TakeIn, video: Path) -> None:
    assert take_in(video, title="川の話").id == "episode"


def test_the_name_of_a_file_is_only_its_last_part(take_in: TakeIn, owner: User, video: Path) -> None:
    arrival = arrivals.take_upload(owner.id, Sent(video, "C:\\films\\..\\x.mp4"))
    assert (fresh(arrival.episode_id).file_name, arrival.episode_id) == ("x.mp4", "x")


def test_a_form_without_a_file_is_refused(owner: User, video: Path) -> None:
    with pytest.raises(InvalidInput):
        arrivals.take_upload(owner.id, Sent(video, ""))


def test_one_that_is_gone_is_no_work_any_more(owner: User, video: Path, run_jobs: RunJobs) -> None:
    arrival = arrivals.take_upload(owner.id, Sent(video))
    with transaction() as session:
        session.delete(session.get_one(Episode, arrival.episode_id))
    run_jobs()
    assert job_of(arrival.episode_id).error_code == "no_such_episode"


@pytest.mark.parametrize(
    ("error", "code", "attempts"),
    [(OSError(errno.ENOSPC, "No space left on device"), "disk_full", 5), (ValueError("x"), "internal_error", 1)],
)
def test_whatever_failed_at_last_is_told_of(
    take_in: TakeIn, video: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str, attempts: int
) -> None:
    def put(*_: object, **__: object) -> NoReturn:
        raise error

    monkeypatch.setattr(Storage, "put", put)
    episode = take_in(video)
    job = job_of(episode.id)
    assert (episode.arrival, episode.problem, episode.problem_text) == ("unusable", code, job.error)
    assert (job.status, job.error_code, job.attempt) == ("failed", code, attempts)


def test_an_episode_is_not_kept_without_the_job_that_brings_its_file(
    owner: User, video: Path, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_: object) -> NoReturn:
        raise OperationalError("INSERT", None, Exception("database is locked"))

    with monkeypatch.context() as away:
        away.setattr(moves, "record", busy)
        with pytest.raises(OperationalError):
            arrivals.take_upload(owner.id, Sent(video))
    assert db.session.scalar(select(func.count()).select_from(Episode)) == 0
    assert list(current_settings().uploads_dir.iterdir()) == []
    arrival = arrivals.take_upload(owner.id, Sent(video))
    run_jobs()
    assert (arrival.episode_id, fresh(arrival.episode_id).arrival) == ("a-talk-about-rivers", "ready")
