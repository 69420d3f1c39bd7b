"""Finding recordings that somebody has put into the watched folder, or into the storage's inbox."""

import math
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
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
    """A file that may be new; `source` is what its episode is known by.

    :param changed_at: in seconds since the epoch; of what lies in a bucket that is a question to it
    """

    source: str
    changed_at: Callable[[], float]
    path: str | None = None  # on this machine
    key: str | None = None  # in the storage


def discover(owner_id: int) -> list[Arrival]:
    """Take in what is new, each file once; what was unusable again only if its file was changed since.

    :raise InvalidInput: if `WATCH_DIR` names no folder.
    """
    there = [*_in_folder(), *_in_inbox()]
    new = islice(_new_among(there), MAX_AT_ONCE)
    found = [arrival for each in new if (arrival := _take(owner_id, each)) is not None]
    log.info("discovered", looked_at=len(there), found=len(found))
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
    yield Candidate(str(path), lambda: max(known.st_mtime, known.st_ctime), path=str(path))


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
    yield Candidate(arrivals.source_of(key), lambda: storage.changed_at(key), key=key)


def _is_wanted(name: str) -> bool:
    return not name.startswith(".") and stored.suffix_of(name) in stored.VIDEO_TYPES


def _new_among(candidates: Sequence[Candidate]) -> Iterator[Candidate]:
    known = _known([each.source for each in candidates])
    for each in candidates:
        arrival, since = known.get(each.source, (UNUSABLE, -math.inf))
        if arrival == UNUSABLE and _has_settled(each, since):
            yield each


def _known(sources: Sequence[str]) -> dict[str, tuple[str, float]]:
    """How those that are episodes have come in, and when that was."""
    known: dict[str, tuple[str, float]] = {}
    columns = (Episode.source, Episode.arrival, Episode.updated_at)
    for start in range(0, len(sources), IDS_PER_QUERY):
        some = Episode.source.in_(sources[start : start + IDS_PER_QUERY])
        for source, arrival, updated_at in db.session.execute(select(*columns).where(some)):
            known[source or ""] = (arrival, updated_at)
    db.session.rollback()
    return known


def _has_settled(candidate: Candidate, since: float) -> bool:
    """Whether it was changed after that moment, and not just now."""
    try:
        changed_at = candidate.changed_at()
    except (NotFound, BadKey) as e:  # gone since it was listed, or a link that leads nowhere, or out of the storage
        log.warning("not_looked_at", source=candidate.source, reason=e.message)
        return False
    # A clock of another machine may be ahead.
    return changed_at > since and abs(clock.now() - changed_at) >= SETTLED_SECONDS


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
