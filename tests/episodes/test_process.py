"""Processing an episode: from stage to stage, each kept as soon as it is done."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select, update

import clock
from errors import TransientError
from extensions import db, transaction
from models import Clip, Enrichment, Episode, Job, Rendition, Transcript, TranscriptPart
from services.episodes import bars, files
from services.episodes.orders import Wishes, order_processing
from services.jobs import states
from services.library import users
from services.media import stored
from services.media.scenes import silences
from tests.episodes.processing import FakeEngine, findings
from tests.made_media import spoken_video
from tests.pages import episode_rows as rows

RunJobs = Callable[[], None]
SPANS = [(0.0, 1.0), (1.0, 2.0), (2.0, 3.0)]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("recording")
    return spoken_video(folder / "talk.mkv", "the river", seconds=3.0, size=(192, 108))


@pytest.fixture
def engine(app: Flask, recording: Path, monkeypatch: pytest.MonkeyPatch) -> FakeEngine:
    """An episode of three seconds whose recording is there, and who listens to it in three pieces."""
    episode = rows.episode(duration_seconds=3.0)
    stored.storage().put(f"episodes/{episode}/source.mkv", recording)
    fake = FakeEngine()
    monkeypatch.setattr("services.transcribing.load", lambda _: fake)
    monkeypatch.setattr("services.transcribing.pieces.split", lambda _: SPANS)
    find(monkeypatch, (0.5, 1.5))
    return fake


def find(monkeypatch: pytest.MonkeyPatch, *bounds: tuple[float, float], title: str = "A passage") -> None:
    monkeypatch.setattr("services.enriching.enrich", lambda *_, **__: findings(*bounds, title=title))


def order(target_stage: str = "rendered", *, force: bool = False) -> str:
    return order_processing("a-talk", Wishes(users.default_owner().id, force=force), target_stage).submission.job_id


def job(job_id: str) -> Job:
    db.session.rollback()
    return db.session.get_one(Job, job_id, populate_existing=True)


def episode() -> Episode:
    db.session.rollback()
    return db.session.get_one(Episode, "a-talk", populate_existing=True)


def count(table: type[Any]) -> int:
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def test_it_comes_to_the_last_stage_with_all_files(engine: FakeEngine, run_jobs: RunJobs) -> None:
    job_id = order()
    run_jobs()
    assert job(job_id).result == {"episode_id": "a-talk", "stage": "rendered", "language": "en", "clips": 1}
    names = {key.rpartition("/")[2] for key in files.keys_of("a-talk")}
    assert names == {"source.mkv", "web.mp4", "poster.jpg", "captions.vtt", "captions.srt", "transcript.txt"}
    assert (episode().web_key, episode().language) == ("episodes/a-talk/web.mp4", "en")
    captions = b"".join(stored.storage().open("episodes/a-talk/captions.vtt")).decode()
    assert captions.startswith("WEBVTT")
    assert "river" in captions


def test_it_stops_at_the_stage_that_was_asked_for(engine: FakeEngine, run_jobs: RunJobs) -> None:
    job_id = order("transcribed")
    run_jobs()
    assert (episode().stage, job(job_id).status) == ("transcribed", states.FINISHED)
    assert (count(Transcript), count(TranscriptPart), count(Enrichment)) == (1, 0, 0)
    assert [step["name"] for step in job(job_id).steps or ()] == ["transcribing"]


def test_it_goes_on_from_the_stage_that_was_reached(engine: FakeEngine, run_jobs: RunJobs) -> None:
    for stage in ("transcribed", "enriched"):
        order(stage)
        run_jobs()
    assert (episode().stage, engine.heard) == ("enriched", [0.0, 1.0, 2.0])


def test_it_does_nothing_for_what_is_there(engine: FakeEngine, run_jobs: RunJobs) -> None:
    for _ in range(2):
        job_id = order("transcribed")
        run_jobs()
    assert job(job_id).status == states.FINISHED
    assert engine.heard == [0.0, 1.0, 2.0]


def test_it_goes_on_behind_the_pieces_that_are_kept(engine: FakeEngine, run_jobs: RunJobs) -> None:
    """As after a lost worker: the next attempt begins anew, and finds them."""
    failures = iter([TransientError("The engine is away.")])

    def fail_once(start: float) -> None:
        if start == 2.0 and (error := next(failures, None)):
            raise error

    engine.before = fail_once
    job_id = order("transcribed")
    run_jobs()
    assert (job(job_id).attempt, job(job_id).status) == (2, states.FINISHED)
    assert engine.heard == [0.0, 1.0, 2.0]
    transcript = db.session.get_one(Transcript, "a-talk")
    assert [segment["start"] for segment in transcript.segments] == [0.0, 1.0, 2.0]


def test_it_keeps_the_stages_that_were_done_when_a_later_one_fails(
    engine: FakeEngine, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    failures = iter([TransientError("The disk is full.")])

    def fail_once(*args: Any, **kwargs: Any) -> Any:
        if error := next(failures, None):
            raise error
        return silences(*args, **kwargs)

    monkeypatch.setattr("services.episodes.enriched.silences", fail_once)
    job_id = order("enriched")
    run_jobs()
    assert (job(job_id).attempt, episode().stage, len(engine.heard)) == (2, "enriched", 3)


def test_it_starts_over_where_that_is_forced(engine: FakeEngine, run_jobs: RunJobs) -> None:
    order("enriched")
    run_jobs()
    engine.word = "sea"
    order("transcribed", force=True)
    run_jobs()
    assert engine.heard == [0.0, 1.0, 2.0] * 2
    assert db.session.get_one(Transcript, "a-talk").text.split() == ["sea"] * 3
    assert episode().stage == "transcribed"


def test_it_starts_over_once_though_its_worker_is_lost(
    engine: FakeEngine, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    order("enriched")
    run_jobs()
    engine.heard.clear()
    failures = iter([TransientError("The worker is lost."), TransientError("The worker is lost.")])

    def fail(start: float) -> None:
        if start == 1.0 and (error := next(failures, None)):
            raise error

    engine.before = fail
    job_id = order("enriched", force=True)
    run_jobs()
    assert (job(job_id).attempt, episode().stage) == (3, "enriched")
    assert engine.heard == [0.0, 1.0, 2.0]


def test_it_starts_over_though_another_job_has_made_a_transcript_meanwhile(
    engine: FakeEngine, run_jobs: RunJobs
) -> None:
    failures = iter([TransientError("The worker is lost.")])

    def another_is_done(start: float) -> None:
        if start == 1.0 and (error := next(failures, None)):
            _transcribe_by_another()
            raise error

    engine.before = another_is_done
    job_id = order("transcribed", force=True)
    run_jobs()
    assert job(job_id).status == states.FINISHED
    assert engine.heard == [0.0, 1.0, 2.0]
    transcript = db.session.get_one(Transcript, "a-talk", populate_existing=True)
    assert (transcript.engine, transcript.job_id) == (engine.name, job_id)


def _transcribe_by_another() -> None:
    with transaction() as session:
        row = {"engine": "other", "language": "en", "segments": [], "text": "", "job_id": "0" * 26}
        session.add(Transcript(episode_id="a-talk", created_at=clock.now(), **row))
        session.execute(update(Episode).values(stage="transcribed"))


def test_it_keeps_the_clips_whose_bounds_are_found_again(
    engine: FakeEngine, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    find(monkeypatch, (0.5, 1.5), (2.0, 3.0))
    order("enriched")
    run_jobs()
    kept, gone = db.session.scalars(select(Clip.id).order_by(Clip.start_seconds)).all()
    for clip_id in (kept, gone):
        rows.render("a-talk", clip_id)
    find(monkeypatch, (0.5, 1.5), (1.0, 2.5), title="Another title")
    order("enriched", force=True)
    run_jobs()
    clips = db.session.scalars(select(Clip).order_by(Clip.start_seconds)).all()
    assert [clip.title for clip in clips] == ["Another title"] * 2
    assert clips[0].id == kept
    assert db.session.scalars(select(Rendition.clip_id)).all() == [kept]


def test_it_forgets_the_files_of_clips_that_are_none_any_more(
    engine: FakeEngine, run_jobs: RunJobs, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order("enriched")
    run_jobs()
    clip_id = db.session.scalar(select(Clip.id)) or 0
    rows.render("a-talk", clip_id)
    stored.storage().put(files.clip_key("a-talk", clip_id, "clean", "9x16"), recording)
    find(monkeypatch, (1.0, 2.5))
    order("enriched", force=True)
    run_jobs()
    assert stored.storage().list(files.key_of("a-talk", "clips")) == []


def test_it_fails_where_the_speech_is_not_understood(engine: FakeEngine, run_jobs: RunJobs) -> None:
    engine.language = "und"
    job_id = order()
    run_jobs()
    assert (job(job_id).status, job(job_id).error_code) == (states.FAILED, "speech_not_understood")
    assert episode().stage == "discovered"


def test_it_fails_with_the_reason_why_a_file_cannot_be_used(engine: FakeEngine, run_jobs: RunJobs) -> None:
    job_id = order()
    with transaction() as session:
        values = {"arrival": "unusable", "problem": "no_audio_track", "problem_text": "Nothing can be heard in it."}
        session.execute(update(Episode).values(values))
    run_jobs()
    assert (job(job_id).status, job(job_id).error_code) == (states.FAILED, "no_audio_track")
    assert job(job_id).error == "Nothing can be heard in it."


def test_it_fills_its_bar_all_the_way(engine: FakeEngine, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[float] = []
    real = bars.begin

    def watched(progress: Any, step: str) -> Callable[[float], None]:
        reached = real(progress, step)

        def tell(share: float) -> None:
            reached(share)
            seen.append(progress.live.progress)

        return tell

    monkeypatch.setattr(bars, "begin", watched)
    order("enriched")
    run_jobs()
    assert seen == sorted(seen)
    assert len(set(seen)) > 5
    assert seen[-1] == pytest.approx(1.0)


def test_it_starts_over_though_what_it_waited_for_made_a_transcript(engine: FakeEngine, run_jobs: RunJobs) -> None:
    order("transcribed")
    order("transcribed", force=True)
    for _ in range(2):
        run_jobs()
    assert engine.heard == [0.0, 1.0, 2.0] * 2


def test_it_listens_again_to_pieces_that_another_job_took_away(engine: FakeEngine, run_jobs: RunJobs) -> None:
    losses = iter([delete(TranscriptPart)])

    def lose_once(start: float) -> None:
        if start == 2.0 and (loss := next(losses, None)) is not None:
            with transaction() as session:
                session.execute(loss)

    engine.before = lose_once
    order("transcribed")
    run_jobs()
    transcript = db.session.get_one(Transcript, "a-talk")
    assert [segment["start"] for segment in transcript.segments] == [0.0, 1.0, 2.0]


def test_it_leaves_alone_what_another_job_has_made_meanwhile(engine: FakeEngine, run_jobs: RunJobs) -> None:
    def overtake(start: float) -> None:
        if start == 2.0:
            rows.transcribe("a-talk")
            rows.enrich("a-talk")

    engine.before = overtake
    job_id = order("transcribed")
    run_jobs()
    assert (job(job_id).status, episode().stage) == (states.FINISHED, "enriched")
    assert db.session.get_one(Transcript, "a-talk").engine == "test"


def test_it_waits_for_an_order_that_came_in_between(engine: FakeEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    rivals = iter(["transcribed"])

    def meet(_: Wishes) -> None:
        if rival := next(rivals, None):
            order(rival)

    monkeypatch.setattr("services.episodes.orders._endpoint", meet)
    assert job(order("rendered")).status == states.DEFERRED
