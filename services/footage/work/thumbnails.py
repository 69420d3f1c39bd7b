"""The second step: a poster of a telling moment, and a contact sheet."""

from dataclasses import dataclass

from extensions import db
from services.footage import files, states
from services.footage.context import Context, Done
from services.footage.problems import told_apart
from services.footage.reads import get_footage
from services.media import sheets, stored
from services.media.details import picture_seconds
from services.media.pictures import Pictures, pictures_of
from services.media.scratch import scratch_of
from services.media.shares import within
from services.media.sheets import Tile, written

POSTER_PX = 1280  # of the longer side
TILES_SHARE = 0.9  # of the bar


@dataclass(frozen=True, slots=True)
class _Facts:
    media_key: str
    picture_seconds: float
    frames_per_second: float | None


def thumbnails(footage_id: str, context: Context) -> Done:
    """Make a record's poster and contact sheet.

    :raise StepProblem: if there is no picture in it that can be decoded.
    """
    facts = _facts(footage_id)
    poster_key, sheet_key = (files.key_of(footage_id, name) for name in (files.POSTER, files.SHEET))
    with scratch_of(context.work_id) as folder, files.lost_for_good(), told_apart():
        with stored.storage().readable(facts.media_key) as file, pictures_of(file, context.checkpoint) as pictures:
            tiles = _tiles(pictures, facts, context)
            poster = pictures.at(sheets.most_telling(tiles).at_seconds, longer_px=POSTER_PX)
        files.keep(context, footage_id, poster_key, written(poster, folder / files.POSTER))
        files.keep(context, footage_id, sheet_key, written(sheets.sheet(tiles), folder / files.SHEET))
    context.reached(1.0)
    return Done(states.THUMBNAILS_COMPLETE, {"poster_key": poster_key, "sheet_key": sheet_key})


def _facts(footage_id: str) -> _Facts:
    row = get_footage(footage_id)
    seconds = picture_seconds(row.info or {}, row.duration_seconds or 0.0)
    facts = _Facts(row.media_key or "", seconds, row.frames_per_second)
    db.session.rollback()
    return facts


def _tiles(pictures: Pictures, facts: _Facts, context: Context) -> list[Tile]:
    found = sheets.tiles(
        pictures,
        facts.picture_seconds,
        facts.frames_per_second,
        reached=within(context.reached, 0.0, TILES_SHARE),
        checkpoint=context.checkpoint,
    )
    return list(found)
