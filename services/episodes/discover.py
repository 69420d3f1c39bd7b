"""Finding recordings that somebody has put into the watched folder, or into the storage's inbox."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import select

import clock
from clients.storage import BadKey, Storage
from errors import Conflict, InvalidInput, NotFound
from extensions import current_settings, db
from models import Episode
from services.episodes import arrivals, files
from services.episodes.arrivals import Arrival
from services.episodes.catalogue import UNUSABLE
from services.jobs.submit import Submission, submit
from services.jobs.work import Outcome, Work
from services.media import stored

log = structlog.get_logger(__name__)

JOB_TYPE = "discover_episodes"
# A file that was written to within these seconds may still be on its way, and is left for the next time.
SETTLED_SECONDS = 10.0
MAX_AT_ONCE = 500  # more are left for the next time too
IDS_PER_QUERY = 500
TOLD_IN_RESULT = 50


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file that may be new; `source` is what its episode is known by."""

    source: str
    changed_at: float
    path: str | None = None  # on this machine
    key: str | None = None  # in the storage

    @property
    def is_settled(self) -> bool:
        return abs(clock.now() - self.changed_at) >= SETTLED_SECONDS  # a clock of another machine may be ahead


def discover(owner_id: int) -> list[Arrival]:
    """Take in what is new, each file once; what was unusable again only if its file was changed since.

    :raise InvalidInput: if `WATCH_DIR` names no folder.
    """
    settled = [each for each in (*_in_folder(), *_in_inbox()) if each.is_settled]
    found = [arrival for each in _new_among(settled)[:MAX_AT_ONCE] if (arrival := _take(owner_id, each)) is not None]
    log.info("discovered", looked_at=len(settled), found=len(found))
    return found


def _in_folder() -> Iterator[Candidate]:
    root = current_settings().watch_dir
    if root is None:
        return
    if not root.is_dir():
        raise InvalidInput(
            f"WATCH_DIR is {str(root)!r}, which is no folder that can be read: make it, or name another.",
            details={"WATCH_DIR": "a folder that can be read"},
        )
    for folder, folders, names in os.walk(root.resolve()):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(filter(_is_wanted, names)):
            yield from _as_candidate(Path(folder, name))


def _as_candidate(path: Path) -> Iterator[Candidate]:
    try:
        known, is_regular = path.lstat(), path.is_file()
    except OSError as e:  # gone since it was listed, or not to be looked at
        log.info("not_looked_at", source=repr(str(path)), reason=str(e.strerror))
        return
    if not is_regular or not _is_text(str(path)):
        log.warning("not_looked_at", source=repr(str(path)), reason="no regular file of a name in UTF-8")
        return
    yield Candidate(str(path), max(known.st_mtime, known.st_ctime), path=str(path))


def _is_text(name: str) -> bool:
    """Whether it is in UTF-8; what is not comes from the file system with surrogates, which no database takes."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _in_inbox() -> Iterator[Candidate]:
    storage = stored.storage()
    for key in storage.list(files.INBOX):
        if _is_wanted(key.rpartition("/")[2]):
            yield from _as_stored(storage, key)


def _as_stored(storage: Storage, key: str) -> Iterator[Candidate]:
    if not _is_text(key):
        log.warning("not_looked_at", source=repr(key), reason="its name is not in UTF-8")
        return
    try:
        yield Candidate(arrivals.source_of(key), storage.changed_at(key), key=key)
    except (NotFound, BadKey) as e:  # gone since it was listed, or a link that leads nowhere, or out of the storage
        log.warning("not_looked_at", source=key, reason=e.message)


def _is_wanted(name: str) -> bool:
    return not name.startswith(".") and stored.suffix_of(name) in stored.VIDEO_TYPES


def _new_among(candidates: Sequence[Candidate]) -> list[Candidate]:
    known: dict[str, tuple[str, float]] = {}
    for start in range(0, len(candidates), IDS_PER_QUERY):
        sources = [each.source for each in candidates[start : start + IDS_PER_QUERY]]
        columns = (Episode.source, Episode.arrival, Episode.updated_at)
        for source, arrival, updated_at in db.session.execute(select(*columns).where(Episode.source.in_(sources))):
            known[source or ""] = (arrival, updated_at)
    db.session.rollback()
    return [each for each in candidates if each.source not in known or _is_changed(each, *known[each.source])]


def _is_changed(candidate: Candidate, arrival: str, updated_at: float) -> bool:
    return arrival == UNUSABLE and candidate.changed_at > updated_at


def _take(owner_id: int, candidate: Candidate) -> Arrival | None:
    try:
        if candidate.path is not None:
            return arrivals.take_path(owner_id, candidate.path, anywhere=False)
        return arrivals.take_stored(owner_id, candidate.key or "")
    except (Conflict, InvalidInput, NotFound, BadKey) as e:  # somebody else was first, or it is none that may be had
        log.info("not_taken", source=candidate.source, reason=e.message)
        return None


def submit_discovery(owner_id: int, *, job_id: str | None = None) -> Submission:
    """Look for new recordings in the background."""
    return submit(
        JOB_TYPE, target_type="user", target_id=owner_id, title="Discover episodes", owner_id=owner_id, job_id=job_id
    )


def run(work: Work) -> Outcome:
    """Look for new recordings; safe to run twice, since each is known by where it lies."""
    work.progress.step("looking")
    found = [arrival.episode_id for arrival in discover(work.target_id)]
    return Outcome(result={"found": len(found), "episode_ids": found[:TOLD_IN_RESULT]}, result_url="/library/episodes")
