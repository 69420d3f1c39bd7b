"""The first step: bring the file into the storage, and find out what it is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from errors import InvalidInput
from extensions import current_settings, db
from services.footage import files, states
from services.footage.catalogue import sent_file
from services.footage.context import Context, Done
from services.footage.meter import Meter
from services.footage.problems import StepProblem, told_apart
from services.footage.reads import get_footage
from services.media import sources, stored
from services.media.details import details
from services.media.info import MediaInfo
from services.media.probe import probe
from services.media.scratch import scratch_of

BROUGHT_SHARE, PROBED_SHARE = 0.6, 0.7  # of the bar; the rest is storing
GONE = "The file that was sent is not kept any more: delete this record, and send the file again."
MOVED = "The file {name!r} is not where it was: put it back there, or delete this record and add it anew."


@dataclass(frozen=True, slots=True)
class _Facts:
    id: str
    source: str
    key: str


def file_info(footage_id: str, context: Context) -> Done:
    """Probe a record's file, and keep a copy of it; one that is in the storage already is not brought again.

    :raise StepProblem: if it is no video, or is not to be had.
    """
    facts = _facts(footage_id)
    with told_apart():
        if stored.storage().exists(facts.key):
            with scratch_of(context.work_id) as folder, stored.storage().local_copy(facts.key, folder) as path:
                info, told = _looked_at(path)
        else:
            with _brought(facts, context) as path:
                info, told = _looked_at(path)
                context.reached(PROBED_SHARE)
                _store(facts, context, path)
    _remove_sent(facts)
    return Done(states.FILE_INFO_COMPLETE, _values(facts, info, told), note=_note(info))


def _facts(footage_id: str) -> _Facts:
    row = get_footage(footage_id)
    facts = _Facts(row.id, row.source or "", files.source_key(row.id, row.file_name))
    db.session.rollback()
    return facts


def _looked_at(path: Path) -> tuple[MediaInfo, dict[str, Any]]:
    return probe(path, needs_sound=False), details(path)


@contextmanager
def _brought(facts: _Facts, context: Context) -> Iterator[Path]:
    """A path of this machine where all of the file lies."""
    sent = sent_file(facts.source)
    if sent is not None:
        if not sent.is_file():
            raise StepProblem(GONE, code="file_gone", is_final=True)
        yield sent
    elif "://" in facts.source:
        with scratch_of(context.work_id) as folder:
            yield _fetched(facts.source, folder / "file", context)
    else:
        yield _checked_path(facts.source)


def _fetched(url: str, target: Path, context: Context) -> Path:
    meter = Meter(context, 0.0, BROUGHT_SHARE)
    sources.fetch(url, target, current_settings(), on_size=meter.of, on_bytes=meter.more)
    return target


def _checked_path(source: str) -> Path:
    """The path that was allowed when it was added, which must not have become a link to elsewhere since.

    :raise StepProblem: if it is not there; a disk that is away may come back.
    """
    try:
        found = sources.checked_path(source, current_settings(), anywhere=True)
    except InvalidInput as e:
        raise StepProblem(MOVED.format(name=Path(source).name), code="file_gone") from e
    if str(found) != source:
        raise StepProblem(MOVED.format(name=Path(source).name), code="file_gone", is_final=True)
    return found


def _store(facts: _Facts, context: Context, path: Path) -> None:
    meter = Meter(context, PROBED_SHARE, 1.0)
    meter.of(path.stat().st_size)
    is_ours = not facts.source.startswith("/")
    stored.storage().put(facts.key, path, on_bytes=meter.more, may_link=is_ours)
    files.forget_if_deleted(context, facts.id, facts.key)


def _remove_sent(facts: _Facts) -> None:
    """Nobody needs the bytes that were sent any more, now that they are in the storage."""
    sent = sent_file(facts.source)
    if sent is not None:
        sent.unlink(missing_ok=True)


def _values(facts: _Facts, info: MediaInfo, told: dict[str, Any]) -> dict[str, Any]:
    return {
        "media_key": facts.key,
        "size_bytes": info.size_bytes,
        "duration_seconds": info.duration_seconds,
        "width": info.width,
        "height": info.height,
        "frames_per_second": info.frames_per_second,
        "video_codec": info.video_codec,
        "audio_codec": info.audio_codec,
        "info": told,
    }


def _note(info: MediaInfo) -> str:
    sound, decimals = info.audio_codec or "no sound", 1 if info.duration_seconds >= 1 else 2
    return f"{info.width} × {info.height}, {info.duration_seconds:.{decimals}f} s, {info.video_codec}, {sound}."
