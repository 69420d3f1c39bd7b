"""Making files of clips: each once, and all of them told of at the end."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from extensions import db, transaction
from models import Clip, Job, Rendition
from services.episodes import files, reads
from services.episodes.orders import ClipsWanted, Wishes, order_clips
from services.jobs import states
from services.library import users
from services.media import stored
from services.rendering import clip as rendering
from services.rendering.coding import RenderedFile
from tests.made_media import spoken_video
from tests.pages import episode_rows as rows

SUBTITLED_UPRIGHT = ClipsWanted(variants=["subtitled"], aspect_ratios=["9x16"])
RunJobs = Callable[[], None]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recording")
    return spoken_video(folder / "talk.mkv", "the river", seconds=3.0, size=(192, 108))


@pytest.fixture
def clip(app: Flask, recording: Path) -> int:
    """A second of an episode whose recording is there, with its words."""
    episode = rows.episode(stage="enriched", duration_seconds=3.0)
    stored.storage().put(f"episodes/{episode}/source.mkv", recording)
    rows.transcribe(episode, rows.segment(0.5, "the river"))
    return rows.clip(episode, start_seconds=0.5, end_seconds=1.5)


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that are made from now on, in a moment."""
    names: list[str] = []

    def make(_: Path, target: Path, *, variant: str, aspect_ratio: str, **__: Any) -> RenderedFile:
        names.append(f"{variant}-{aspect_ratio}")
        target.write_bytes(b"a film")
        return RenderedFile(90, 160, 1.0, 6)

    monkeypatch.setattr(rendering, "render_clip", make)
    monkeypatch.setattr("services.rendering.web.make_poster", lambda _, target, **__: target.write_bytes(b"a picture"))
    return names


def order(wanted: ClipsWanted = SUBTITLED_UPRIGHT, *, force: bool = False) -> str:
    return order_clips("a-talk", Wishes(users.default_owner().id, force=force), wanted).submission.job_id


def job(job_id: str) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, job_id, populate_existing=True)


def test_it_makes_a_file_that_plays_and_its_poster(clip: int, run_jobs: RunJobs) -> None:
    job_id = order()
    run_jobs()
    result = job(job_id).result
    assert result is not None
    [file] = result["files"]
    assert (result["rendered"], result["failed"], file["clip_id"]) == (1, 0, clip)
    assert file["width"] * 16 == file["height"] * 9
    assert file["duration_seconds"] == pytest.approx(1.0, abs=0.1)
    [rendition] = reads.clips_of("a-talk")[0].renditions
    assert file["url"] == f"/media/{rendition.file_key}"
    kept = stored.storage()
    assert kept.size(rendition.file_key) == rendition.size_bytes
    assert b"".join(kept.open(rendition.poster_key)).startswith(b"\xff\xd8")


def test_it_makes_every_variant_in_every_ratio(clip: int, run_jobs: RunJobs, made: list[str]) -> None:
    job_id = order(ClipsWanted())
    run_jobs()
    assert sorted(made) == sorted(f"{v}-{r}" for v in ("clean", "subtitled") for r in ("9x16", "16x9", "1x1"))
    children = db.session.scalar(select(func.count()).where(Job.parent_id == job_id))
    assert (children, job(job_id).status) == (6, states.FINISHED)


def test_it_makes_no_file_twice(clip: int, run_jobs: RunJobs, made: list[str]) -> None:
    for _ in range(2):
        job_id = order()
        run_jobs()
    result = job(job_id).result
    assert made == ["subtitled-9x16"]
    assert result is not None
    assert (result["rendered"], result["files"][0]["width"]) == (1, 90)


def test_it_makes_a_file_again_that_is_forced(clip: int, run_jobs: RunJobs, made: list[str]) -> None:
    for force in (False, True):
        order(force=force)
        run_jobs()
    assert len(made) == 2
    assert db.session.scalar(select(func.count()).select_from(Rendition)) == 1


def test_it_makes_a_file_again_that_is_lost(clip: int, run_jobs: RunJobs, made: list[str]) -> None:
    order()
    run_jobs()
    stored.storage().delete(files.clip_key("a-talk", clip, "subtitled", "9x16"))
    order()
    run_jobs()
    assert len(made) == 2


def test_it_makes_those_of_the_clips_that_were_named(clip: int, run_jobs: RunJobs, made: list[str]) -> None:
    rows.clip("a-talk", start_seconds=1.5, end_seconds=2.5)
    job_id = order(ClipsWanted([clip], ["clean"], ["1x1"]))
    run_jobs()
    result = job(job_id).result
    assert result is not None
    assert [file["clip_id"] for file in result["files"]] == [clip]


def test_it_tells_which_files_could_not_be_made(clip: int, run_jobs: RunJobs) -> None:
    rows.clip("a-talk", start_seconds=100.0, end_seconds=120.0)  # behind the end of the recording
    job_id = order()
    run_jobs()
    ended = job(job_id)
    assert ended.result is not None
    assert (ended.status, ended.result["rendered"], ended.result["failed"]) == (states.FINISHED, 1, 1)
    assert ended.result["errors"][0]["error"]


def test_it_names_clips_that_were_gone_before_it_began(clip: int, run_jobs: RunJobs, made: list[str]) -> None:
    gone = rows.clip("a-talk", start_seconds=1.5, end_seconds=2.5)
    job_id = order(ClipsWanted([clip, gone], ["clean"], ["1x1", "9x16"]))
    with transaction() as session:
        session.execute(delete(Clip).where(Clip.id == gone))
    run_jobs()
    result = job(job_id).result
    assert result is not None
    assert (result["rendered"], result["failed"]) == (2, 2)
    assert [(each["clip_id"], each["aspect_ratio"]) for each in result["errors"]] == [(gone, "9x16"), (gone, "1x1")]
    assert "not there any more" in result["errors"][0]["error"]


def test_it_keeps_no_file_of_a_clip_that_has_gone(
    clip: int, run_jobs: RunJobs, made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = rendering.render_clip

    def make_and_lose(*args: Any, **kwargs: Any) -> RenderedFile:
        with transaction() as session:
            session.execute(delete(Clip))
        return fake(*args, **kwargs)

    monkeypatch.setattr(rendering, "render_clip", make_and_lose)
    job_id = order()
    run_jobs()
    assert job(job_id).status == states.FAILED
    assert stored.storage().list(files.key_of("a-talk", "clips")) == []


def test_it_leaves_nothing_behind_in_the_working_folder(clip: int, app: Flask, run_jobs: RunJobs) -> None:
    order()
    run_jobs()
    assert list((app.extensions["backbeat_settings"].data_dir / "work").iterdir()) == []
