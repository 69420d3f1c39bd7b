"""What an attempt makes on its way is its own: another attempt of the job takes nothing of it away."""

from pathlib import Path

import pytest
from sqlalchemy import update

from extensions import current_settings, transaction
from models import Job, User
from services.episodes import arrivals
from services.jobs.submit import submit
from services.media import sources
from services.media.scratch import scratch
from tests.conftest import RunJobs

JOB = "0" * 26


def _started(attempt: int) -> str:
    job_id = submit(arrivals.JOB_TYPE, title="A talk").job_id
    with transaction() as session:
        session.execute(update(Job).where(Job.id == job_id).values(status="started", attempt=attempt))
    return job_id


@pytest.mark.usefixtures("app")
def test_an_attempt_that_lost_its_lease_leaves_the_next_its_folder() -> None:
    job_id = _started(2)
    with scratch(job_id, 2) as mine:
        (mine / "sound.wav").write_bytes(b"sound")
        with scratch(job_id, 1):
            pass
        assert (mine / "sound.wav").read_bytes() == b"sound"


@pytest.mark.usefixtures("app")
def test_it_sweeps_all_but_the_attempt_that_runs() -> None:
    job_id = _started(2)
    work = current_settings().data_dir / "work"
    for name in (f"{job_id}-1", f"{job_id}-2", f"{JOB}-1", job_id):
        (work / name).mkdir(parents=True)
    with scratch("1" * 26, 1) as mine:
        assert {path.name for path in work.iterdir()} == {f"{job_id}-2", mine.name}
    assert [path.name for path in work.iterdir()] == [f"{job_id}-2"]


def test_a_download_lies_in_a_folder_of_its_attempt(
    owner: User, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Path] = []

    def fetch(_url: str, target: Path, *_: object, **__: object) -> None:
        seen.append(target)
        raise sources.NotFetched("Nothing there.")

    monkeypatch.setattr(sources, "fetch", fetch)
    arrival = arrivals.take_url(owner.id, "https://93.184.216.34/a.mp4")
    run_jobs()
    assert seen == [current_settings().data_dir / "work" / f"{arrival.submission.job_id}-1" / "file"]
    assert not seen[0].parent.exists()
