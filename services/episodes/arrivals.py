"""How an episode's file comes in: sent, fetched, or found; then it is probed, and kept in the storage."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session
from ulid import ULID

import clock
from errors import BackbeatError, InvalidInput, NotFound
from extensions import current_settings, db, transaction
from models import Episode, Job
from services.episodes import catalogue, files
from services.episodes.catalogue import ARRIVING, READY, UNUSABLE
from services.episodes.reads import EPISODE, get_episode
from services.importing.kinds import MEBIBYTE
from services.jobs import failure, states
from services.jobs.moves import CancelRequested, LeaseLost
from services.jobs.submit import Promise, Submission, keep, promise, submit
from services.jobs.work import HandBack, Outcome, Work
from services.media import sources, stored
from services.media.byte_meter import Meter
from services.media.info import MediaInfo, UnusableMedia
from services.media.probe import probe
from services.media.scratch import scratch
from services.uploads import Upload

log = structlog.get_logger(__name__)

JOB_TYPE = "take_in_episode"
ABANDONED_SECONDS = 3600.0
GONE = "The file that was sent is not kept any more: send it again."
STOPPED = "Its arrival was stopped before all of it was here. Delete it, or add it again."


@dataclass(frozen=True, slots=True)
class Arrival:
    """An episode whose file is on its way, and the job that brings it."""

    episode_id: str
    submission: Submission


def take_upload(owner_id: int, upload: Upload, *, title: str = "", episode_id: str | None = None) -> Arrival:
    """Take in a file that was sent with one request.

    :raise InvalidInput: naming the field that is not acceptable. :raise Conflict: if the id is taken.
    """
    if not upload.filename:
        raise InvalidInput("No file was sent.", details={"file": "one file, in the form field “file”"})
    job_id = str(ULID())
    folder = _folder(job_id)
    folder.mkdir(parents=True)
    try:
        upload.save(folder / "file")
        source = _Source({"from": "upload", "file": f"{job_id}/file"}, (folder / "file").stat().st_size)
        kept = _keep(owner_id, source, job_id=job_id, title=title, file_name=upload.filename, episode_id=episode_id)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return _rung(kept)


def take_resumed(episode_id: str, upload_id: str) -> Arrival:
    """Take in a file that came in pieces, as that episode; its bytes lie under the upload's id, the job's id too."""
    size = (current_settings().uploads_dir / upload_id).stat().st_size
    source = _Source({"from": "upload", "file": upload_id}, size)
    return Arrival(episode_id, submit(JOB_TYPE, **_job(get_episode(episode_id), source), job_id=upload_id))


def take_path(owner_id: int, path: str, *, anywhere: bool, title: str = "", episode_id: str | None = None) -> Arrival:
    """Take in a copy of a file of this machine.

    :raise InvalidInput: as `sources.checked_path`. :raise Conflict: if it is an episode already, or the id is taken.
    """
    found = sources.checked_path(path, current_settings(), anywhere=anywhere)
    source = _Source({"from": "path", "path": str(found), "anywhere": anywhere}, found.stat().st_size, str(found))
    return _rung(_keep(owner_id, source, title=title, file_name=found.name, episode_id=episode_id))


def take_url(owner_id: int, url: str, *, title: str = "", episode_id: str | None = None) -> Arrival:
    """Take in what an address has.

    :raise InvalidInput: if it is none that may be asked. :raise Conflict: if it is an episode already.
    """
    url = sources.checked_url(url, current_settings())
    name = sources.name_in_url(url)
    source = _Source({"from": "url", "url": url}, 0, url)
    return _rung(_keep(owner_id, source, title=title, file_name=name, episode_id=episode_id))


def take_stored(owner_id: int, key: str) -> Arrival:
    """Take in a copy of a file that lies in the storage's inbox.

    :raise Conflict: if it is an episode already.
    """
    source = _Source({"from": "inbox", "key": key}, stored.storage().size(key), source_of(key))
    return _rung(_keep(owner_id, source, title="", file_name=key.rpartition("/")[2]))


def source_of(key: str) -> str:
    """What an episode is known by that came from there."""
    return f"storage:{key}"


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the file lies, for the job; `known_by` is what tells that it is the same one."""

    params: Mapping[str, Any]
    size_bytes: int
    known_by: str | None = None


def _keep(
    owner_id: int,
    source: _Source,
    *,
    title: str,
    file_name: str,
    episode_id: str | None = None,
    job_id: str | None = None,
) -> tuple[str, Promise]:
    """An episode, by its id, and the job that brings its file: both are kept, or neither is."""
    kept: list[tuple[str, Promise]] = []  # of each id that was tried; the last was free

    def bring(session: Session, episode: Episode) -> None:
        kept.append((episode.id, promise(session, JOB_TYPE, **_job(episode, source), job_id=job_id)))

    catalogue.enlist(
        owner_id, title=title, file_name=file_name, episode_id=episode_id, source=source.known_by, along=bring
    )
    return kept[-1]


def _rung(kept: tuple[str, Promise]) -> Arrival:
    episode_id, promised = kept
    keep(promised)
    return Arrival(episode_id, promised.submission)


def _job(episode: Episode, source: _Source) -> dict[str, Any]:
    return {
        "target_type": EPISODE,
        "target_id": episode.id,
        "title": episode.title,
        "params": {**source.params, "size": max(1, source.size_bytes // MEBIBYTE)},
        "owner_id": episode.owner_id,
    }


def take_in(work: Work) -> Outcome:
    """Bring an episode's file into the storage, once it is seen to be usable; safe to run twice.

    :raise UnusableMedia: if no episode can be made of it; the episode tells of it too.
    """
    episode = get_episode(work.job.target_id or "")
    episode_id, key = episode.id, files.source_key(episode.id, episode.file_name)
    if episode.arrival == READY:
        return _outcome(work, episode_id)
    db.session.rollback()  # the database ends a transaction that stands still for as long as a file may take
    with _noting(work, episode_id), _brought(work) as path:
        work.progress.step("checking")
        info = probe(path)
        work.checkpoint()
        _store(work, path, key)
        _ensure_wanted(work, episode_id, key)
    return _outcome(work, episode_id, lambda: _save(episode_id, key, info))


def _outcome(work: Work, episode_id: str, save: Any = lambda: None) -> Outcome:
    return Outcome(
        result={"episode_id": episode_id},
        result_url=f"/library/episodes/{episode_id}",
        save=save,
        after_commit=lambda: _remove_sent(work),
    )


@contextmanager
def _noting(work: Work, episode_id: str) -> Iterator[None]:
    """Have the episode tell why its file did not come in, where nothing will change that by itself."""
    try:
        yield
    except (UnusableMedia, sources.NotFetched, InvalidInput, NotFound) as e:
        _note(work, episode_id, e)
        _remove_sent(work)
        raise
    except CancelRequested:
        _note(work, episode_id, BackbeatError(STOPPED, code="canceled"))
        raise
    except (LeaseLost, HandBack):  # another attempt goes on with it
        raise
    except Exception as e:
        if not failure.is_worth_a_retry(e) or work.job.attempt >= work.job.max_attempts:
            code, reason = failure.describe(e)
            _note(work, episode_id, BackbeatError(reason, code=code))
        raise


def _note(work: Work, episode_id: str, problem: BackbeatError) -> None:
    values = {"arrival": UNUSABLE, "problem": problem.code, "problem_text": problem.message[:500]}
    with work.saving() as session:
        session.execute(update(Episode).where(Episode.id == episode_id).values(**values, updated_at=clock.now()))
    log.info("episode_unusable", episode_id=episode_id, code=problem.code)


@contextmanager
def _brought(work: Work) -> Iterator[Path]:
    """A path of this machine where all of the file lies."""
    params = work.job.params
    work.progress.step("fetching", total=params["size"])
    settings = current_settings()
    if params["from"] == "url":
        with _downloaded(work, params["url"]) as path:
            yield path
    elif params["from"] == "inbox":
        with _scratch(work) as folder, stored.storage().local_copy(params["key"], folder) as path:
            yield path
    elif params["from"] == "path":
        yield sources.checked_path(params["path"], settings, anywhere=params["anywhere"])
    else:
        path = settings.uploads_dir / params["file"]
        if not path.is_file():
            raise UnusableMedia("file_gone", GONE)
        yield path


@contextmanager
def _downloaded(work: Work, url: str) -> Iterator[Path]:
    with _scratch(work) as folder:
        meter = Meter(work)
        path = folder / "file"
        sources.fetch(url, path, current_settings(), on_size=meter.of, on_bytes=meter.more)
        yield path


def _scratch(work: Work) -> AbstractContextManager[Path]:
    return scratch(work.job.id, work.job.attempt)


def _store(work: Work, path: Path, key: str) -> None:
    meter = Meter(work)
    meter.name = "storing"
    meter.of(path.stat().st_size)
    may_link = work.job.params["from"] in ("upload", "url")
    stored.storage().put(key, path, on_bytes=meter.more, may_link=may_link)


def _ensure_wanted(work: Work, episode_id: str, key: str) -> None:
    """:raise LeaseLost: if the job is not ours any more; what was stored goes if the episode has been deleted since."""
    try:
        with work.saving():
            pass
    except LeaseLost:
        if db.session.get(Episode, episode_id, populate_existing=True) is None:
            stored.forget([key])
        raise


def _save(episode_id: str, key: str, info: MediaInfo) -> None:
    values = {
        "arrival": READY,
        "problem": None,
        "problem_text": None,
        "media_key": key,
        "size_bytes": info.size_bytes,
        "duration_seconds": info.duration_seconds,
        "width": info.width,
        "height": info.height,
        "frames_per_second": info.frames_per_second,
        "video_codec": info.video_codec,
        "audio_codec": info.audio_codec,
        "updated_at": clock.now(),
    }
    changed = update(Episode).where(Episode.id == episode_id, Episode.arrival != READY).values(values)
    db.session.execute(changed.execution_options(synchronize_session=False))


def _folder(job_id: str) -> Path:
    """Where what belongs to one job lies until it is over; `services/uploads` removes it if the job never ends well."""
    return current_settings().uploads_dir / job_id


def _remove_sent(work: Work) -> None:
    """Remove the bytes that were sent for this job; nobody else's file is ever removed."""
    if work.job.params["from"] == "upload":
        (current_settings().uploads_dir / work.job.params["file"]).unlink(missing_ok=True)
        shutil.rmtree(_folder(work.job.id), ignore_errors=True)


def settle_abandoned(older_than_seconds: float = ABANDONED_SECONDS) -> int:
    """Give up waiting for files whose jobs are over or were never promised; how many episodes these were."""
    live = exists().where(Job.target_type == EPISODE, Job.target_id == Episode.id, Job.status.in_(states.LIVE))
    old = Episode.updated_at < clock.now() - older_than_seconds
    values = {"arrival": UNUSABLE, "problem": "canceled", "problem_text": STOPPED, "updated_at": clock.now()}
    abandoned = select(Episode.id).where(Episode.arrival == ARRIVING, old, ~live).limit(100)
    ids = list(db.session.scalars(abandoned))
    db.session.rollback()
    if ids:
        with transaction() as session:
            session.execute(update(Episode).where(Episode.id.in_(ids), Episode.arrival == ARRIVING).values(values))
    return len(ids)
