"""The run of a video: its file is checked and kept, a poster, a preview and what browsers play are made of it.

Every file has one name in the storage, so a run that was killed anywhere is simply made again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import update

from errors import NotFound
from extensions import db, db_now
from models import Video
from services.episodes import bars
from services.jobs.work import Outcome, Work
from services.media import sheets, stored
from services.media.details import details, picture_seconds
from services.media.ffmpeg import MediaError
from services.media.info import MediaInfo, UnusableMedia
from services.media.pictures import pictures_of
from services.media.probe import probe
from services.media.scratch import scratch
from services.media.shares import Reached, within
from services.rendering import preview, web
from services.videos import checking, files, film, runs
from services.videos.checking import LOST, Facts, facts_of
from services.videos.ends import FILE_GONE
from services.videos.reads import no_such_video

log = structlog.get_logger(__name__)

POSTER_PX = 1280  # of the longer side
HASHED_SHARE, TILES_SHARE, WEB_SHARE = 0.9, 0.5, 0.97  # of the bars of their steps


def process(work: Work) -> Outcome:
    """Do all of it; safe to run twice.

    :raise UnusableMedia, MediaError: if the file is not all here, not what was sent, or no video.
    """
    video_id = work.job.target_id or ""
    with work.saving() as session:
        runs.begin(session, video_id, work.job.id)
    facts = facts_of(video_id)
    with scratch(work.job.id, work.job.attempt) as folder, _brought(facts, folder) as path:
        info, seconds = _check(work, facts, path)
        _store(work, facts, path, info)
        _picture(work, facts, path, folder, seconds, info.frames_per_second)
        web_key = _make_web_ready(work, facts, path, folder)
    return Outcome(
        result={"video_id": video_id},
        result_url=f"/library/videos/{video_id}",
        save=lambda: _write(work, web_key=web_key, processed_at=db_now()),
        after_commit=lambda: _remove_sent(facts),
    )


@contextmanager
def _brought(facts: Facts, folder: Path) -> Iterator[Path]:
    """A path of this machine where all of the file lies, only for reading.

    :raise UnusableMedia: if it is not to be had.
    """
    if facts.media_key is None:
        yield checking.whole_file(facts)
        return
    try:
        with stored.storage().local_copy(facts.media_key, folder) as path:
            yield path
    except NotFound as e:
        if e.code != "file_not_found":
            raise
        raise UnusableMedia(FILE_GONE, LOST) from e


def _check(work: Work, facts: Facts, path: Path) -> tuple[MediaInfo, float]:
    """What kind of recording it is, and for how many seconds there is a picture in it."""
    reached = bars.begin(work.progress, "checking")
    if facts.sha256 is not None and facts.media_key is None:
        checking.refuse_other_bytes(path, facts.sha256, within(reached, 0.0, HASHED_SHARE), work.checkpoint)
    info = probe(path, needs_sound=False)
    work.checkpoint()
    seconds = picture_seconds(details(path), info.duration_seconds)
    reached(1.0)
    return info, seconds


def _store(work: Work, facts: Facts, path: Path, info: MediaInfo) -> None:
    """Keep the file, unless it is kept already; from then on a run begins with what is in the storage."""
    reached = bars.begin(work.progress, "storing")
    if facts.media_key is None:
        key = files.source_key(facts.video_id, facts.file_name)
        _keep(work, facts, key, path, _meter(work, reached, info.size_bytes))
        with work.saving():
            _write(work, media_key=key, **film.facts_in(info))
            checking.note_whole(facts)
    reached(1.0)


def _meter(work: Work, reached: Reached, size_bytes: int) -> Callable[[int], None]:
    """Tells bytes as a share, with a place to stop at each piece."""
    done = 0

    def more(number: int) -> None:
        nonlocal done
        done += number
        reached(done / max(1, size_bytes))
        work.checkpoint()

    return more


def _picture(
    work: Work, facts: Facts, path: Path, folder: Path, seconds: float, frames_per_second: float | None
) -> None:
    """Make the poster and, where that can be made, the moving preview; both are shown from then on."""
    reached = bars.begin(work.progress, "picturing")
    poster = folder / files.POSTER
    _make_poster(work, path, poster, seconds, frames_per_second, within(reached, 0.0, TILES_SHARE))
    kept = {"poster_key": _kept(work, facts, poster)}
    if _has_preview(work, path, folder / files.PREVIEW, seconds, within(reached, TILES_SHARE, 1.0)):
        kept["preview_key"] = _kept(work, facts, folder / files.PREVIEW)
    with work.saving():
        _write(work, **kept)
    reached(1.0)


def _make_poster(
    work: Work, path: Path, poster: Path, seconds: float, frames_per_second: float | None, reached: Reached
) -> None:
    """Write the JPEG of the moment that tells most."""
    with pictures_of(path, work.checkpoint) as pictures:
        tiles = list(sheets.tiles(pictures, seconds, frames_per_second, reached=reached, checkpoint=work.checkpoint))
        sheets.written(pictures.at(sheets.most_telling(tiles).at_seconds, longer_px=POSTER_PX), poster)


def _has_preview(work: Work, path: Path, target: Path, seconds: float, reached: Reached) -> bool:
    """Whether it could be made: a recording with holes where an excerpt would be is none the worse for that."""
    try:
        preview.make_preview(path, target, seconds, on_progress=reached, checkpoint=work.checkpoint)
    except MediaError as e:
        log.info("video_without_preview", video_id=work.job.target_id, reason=e.message)
        return False
    return True


def _make_web_ready(work: Work, facts: Facts, path: Path, folder: Path) -> str:
    reached = bars.begin(work.progress, "rendering")
    target = folder / files.WEB
    web.make_web_ready(path, target, on_progress=within(reached, 0.0, WEB_SHARE), checkpoint=work.checkpoint)
    key = _kept(work, facts, target)
    reached(1.0)
    return key


def _kept(work: Work, facts: Facts, path: Path) -> str:
    """The key of a file that was made."""
    key = files.key_of(facts.video_id, path.name)
    _keep(work, facts, key, path)
    return key


def _keep(work: Work, facts: Facts, key: str, path: Path, on_bytes: Callable[[int], None] = lambda _: None) -> None:
    """Put a file into the storage; it goes again if the video has been deleted meanwhile: nobody else would remove it.

    :raise LeaseLost: if the job is not ours any more. :raise NotFound: if the video is gone.
    """
    stored.storage().put(key, path, on_bytes=on_bytes, may_link=True)
    is_gone = False
    try:
        with work.saving():
            pass
    finally:
        is_gone = db.session.get(Video, facts.video_id, populate_existing=True) is None
        db.session.rollback()
        if is_gone:
            stored.forget([key])
    if is_gone:
        raise no_such_video(facts.video_id)


def _write(work: Work, **values: Any) -> None:
    """In the transaction that is open; nothing once another film has taken the place of the one that this run is of."""
    its_own = (Video.id == work.job.target_id, Video.job_id == work.job.id)
    changed = update(Video).where(*its_own).values(**values, updated_at=db_now())
    db.session.execute(changed.execution_options(synchronize_session=False))


def _remove_sent(facts: Facts) -> None:
    """Nobody needs the bytes that were sent any more, now that they are in the storage."""
    if facts.upload_id is not None:
        files.sent_file(facts.upload_id).unlink(missing_ok=True)
