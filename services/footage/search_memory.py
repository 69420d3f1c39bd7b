"""The index of a process: what has changed since it was last asked for is read anew, the rest is kept."""

import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Row, select

from extensions import db
from models import Footage, Frame
from services.footage.search_index import Index, Text, folded

NAME = "backbeat_footage_index"
MOST_BY_NAME = 500  # when more have changed, all are read


@dataclass(frozen=True, slots=True)
class _Known:
    """What was read, and the index of it; `read_at` has each record's `updated_at` of then. Never changed."""

    embedder: str
    read_at: Mapping[str, float]
    records: Mapping[str, list[Text]]
    index: Index


class Memory:
    """Costs some 5 KB a frame, vectors included. Frames are known once their record is complete."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known = _nothing_of("")

    def index(self, embedder: str) -> Index:
        """As the database is now, or, while another thread makes that, as it was; only vectors of that embedder are
        in it."""
        known = self._known
        if not self._lock.acquire(blocking=known.embedder != embedder):
            return known.index
        try:
            known = self._known if self._known.embedder == embedder else _nothing_of(embedder)
            self._known = _refreshed(known)
            return self._known.index
        finally:
            self._lock.release()


def _nothing_of(embedder: str) -> _Known:
    return _Known(embedder, {}, {}, Index([]))


def _refreshed(known: _Known) -> _Known:
    """What is known with what has changed since; the index is made anew only where that is something to be found, for
    records change with each of their steps."""
    now = {row.id: row.updated_at for row in db.session.execute(select(Footage.id, Footage.updated_at))}
    changed = [id for id, at in now.items() if known.read_at.get(id) != at]
    if not changed and known.read_at.keys() == now.keys():
        return known
    read_at = {id: at for id, at in known.read_at.items() if id in now}
    records = {id: record for id, record in known.records.items() if id in now}
    is_same = len(records) == len(known.records)
    for record in _read(changed, known.embedder) if changed else ():
        id = record[0].footage_id
        read_at[id] = now.get(id, 0.0)
        if records.get(id) != record:
            records[id], is_same = record, False
    index = known.index if is_same else Index(records[id] for id in sorted(records))
    return _Known(known.embedder, read_at, records, index)


def memory() -> Memory:
    """That of the current app in this process."""
    kept: Memory = current_app.extensions.setdefault(NAME, Memory())
    return kept


def _read(ids: Sequence[str], embedder: str) -> list[list[Text]]:
    records = {row.id: [_of_footage(row, embedder)] for row in db.session.execute(_footage(ids))}
    for row in db.session.execute(_frames(ids)):
        if row.footage_id in records:
            records[row.footage_id].append(_of_frame(row, records[row.footage_id][0], embedder))
    return list(records.values())


def _footage(ids: Sequence[str]) -> Any:
    columns = (
        Footage.id,
        Footage.owner_id,
        Footage.title,
        Footage.made_title,
        Footage.file_name,
        Footage.description,
        Footage.made_description,
        Footage.keywords,
        Footage.tags,
        Footage.poster_key,
        Footage.embedding,
        Footage.embedder,
    )
    return select(*columns).where(*_among(Footage.id, ids))


def _frames(ids: Sequence[str]) -> Any:
    columns = (
        Frame.footage_id,
        Frame.position,
        Frame.at_seconds,
        Frame.caption,
        Frame.speech,
        Frame.thumbnail_key,
        Frame.embedding,
        Frame.embedder,
    )
    is_complete = Frame.embedding.is_not(None)
    return (
        select(*columns).where(is_complete, *_among(Frame.footage_id, ids)).order_by(Frame.footage_id, Frame.position)
    )


def _among(column: Any, ids: Sequence[str]) -> Iterable[ColumnElement[bool]]:
    return [column.in_(ids)] if len(ids) <= MOST_BY_NAME else []


def _of_footage(row: Row[Any], embedder: str) -> Text:
    title = row.title or row.made_title or row.file_name or row.id
    said = (row.title, row.made_title, row.description, row.made_description, *row.keywords, *row.tags)
    return Text(
        footage_id=row.id,
        owner_id=row.owner_id,
        title=title,
        words=folded(row.id, row.file_name, *said),
        vector=row.embedding if row.embedder == embedder else None,
        thumbnail_key=row.poster_key,
    )


def _of_frame(row: Row[Any], parent: Text, embedder: str) -> Text:
    return Text(
        footage_id=row.footage_id,
        owner_id=parent.owner_id,
        title=parent.title,
        words=folded(row.caption, row.speech),
        vector=row.embedding if row.embedder == embedder else None,
        thumbnail_key=row.thumbnail_key,
        position=row.position,
        at_seconds=row.at_seconds,
        caption=row.caption,
        speech=row.speech,
    )
