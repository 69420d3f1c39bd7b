"""Pages of the jobs that a filter means, at a cost that does not grow with the number of jobs.

What one index serves is read from it in order. Whatever else is asked of a job is looked for among the next `WINDOW`
rows of that index, and the page says how far back that came: the next one goes on from there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, literal_column, select, tuple_, union_all

from errors import InvalidInput
from extensions import db
from models import Job
from services.jobs import states
from services.jobs.filters import JobFilter
from services.jobs.registry import QUEUES

WINDOW = 3000
MOST_COUNTED = 10_000
Conditions = Sequence[ColumnElement[bool]]
Key = tuple[Any, ...]

# What has an index by id: over all jobs, and over those that are in no other.
_OF_ALL_LEVELS = ("id", "parent", "target", "error_group")
_OF_TOP_LEVEL = ("owner", "type", "queue")
_ALONE = Job.position.is_(None)  # as the indexes of all jobs that are in no other say it
_LOOKED_AT = (
    *(Job.id, Job.parent_id, Job.status, Job.type, Job.queue, Job.owner_id, Job.target_type, Job.target_id),
    *(Job.error_group, Job.title, Job.error, Job.worker, Job.params, Job.tags, Job.due_at, Job.ended_at),
)


@dataclass(frozen=True, slots=True)
class Sort:
    """`column` comes before the id, where the list is not sorted by the id alone."""

    label: str
    descending: bool
    column: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column, "id") if self.column else ("id",)


NEWEST = "newest"
SORTS = {
    NEWEST: Sort("Newest first", descending=True),
    "oldest": Sort("Oldest first", descending=False),
    "ended": Sort("Last ended", descending=True, column="ended_at"),
    "waiting": Sort("Waiting longest", descending=False, column="due_at"),
}


@dataclass(frozen=True, slots=True)
class Drive:
    """An index read in order: the conditions of each stretch of it, and what of the filter they serve."""

    stretches: tuple[Conditions, ...]
    serves: frozenset[str]


@dataclass(frozen=True, slots=True)
class Found:
    """The ids of a page in order, the keys to go on from both ways, and where a search stopped without filling it."""

    ids: list[str]
    next_key: Key | None = None
    previous_key: Key | None = None
    searched_to: Key | None = None


class Search:
    """A filter and an order, with the index chosen that leaves least to look through."""

    def __init__(self, wanted: JobFilter, sort: str = NEWEST) -> None:
        """:raise InvalidInput: if there is no such order."""
        if sort not in SORTS:
            raise InvalidInput(f"{sort!r} is no order that there is.", details={"sort": f"one of {', '.join(SORTS)}"})
        self.wanted = wanted
        self.sort = SORTS[sort]

    def page(self, limit: int, after: Key | None = None, *, backwards: bool = False) -> Found:
        """The jobs behind a key, or right before it; at the beginning, the first page either way."""
        if not self.drive.stretches:
            return Found([])
        size = WINDOW // len(self.drive.stretches) if self._is_partial else limit + 1
        keys = self._matching(size, limit + 1, after, backwards)
        stopped = None if len(keys) > limit or not self._is_partial else self._end(size, after, backwards)
        if backwards:
            if len(keys) <= limit and stopped is None:
                return self.page(limit)
            return self._turned(keys, limit, stopped, after)
        next_key = keys[limit - 1] if len(keys) > limit else stopped
        keys = keys[:limit]
        return Found([key[-1] for key in keys], next_key, after and (keys[0] if keys else after), stopped)

    def count(self, at_most: int = MOST_COUNTED) -> int | None:
        """How many there are, `at_most` + 1 if they are more; None where only a search would tell."""
        if not self.drive.stretches:
            return 0
        if self._is_partial:
            return None
        return min(at_most + 1, db.session.scalar(select(self._size(self.drive, at_most + 1))) or 0)

    @cached_property
    def drive(self) -> Drive:
        drives = self._drives()
        if len(drives) == 1:
            return drives[0]
        counts = db.session.execute(select(*(self._size(drive, WINDOW + 1) for drive in drives))).one()
        return min(zip(counts, range(len(drives)), drives, strict=True))[2]

    def _drives(self) -> list[Drive]:
        if self.sort.column == "ended_at":
            return [self._ended()]
        return [self._waiting()] if self.sort.column == "due_at" else _by_id(self.wanted)

    def _ended(self) -> Drive:
        if not self.wanted.status and not self.wanted.has_children:
            return Drive(([_ALONE, Job.ended_at > 0],), frozenset({"level"}))
        wanted = [status for status in states.ENDED if not self.wanted.status or status in self.wanted.statuses]
        return Drive(tuple([Job.status == status] for status in wanted), frozenset({"status"}))

    def _waiting(self) -> Drive:
        if self.wanted.status and states.QUEUED not in self.wanted.statuses:
            return Drive((), frozenset())
        queues = [self.wanted.queue] if self.wanted.queue else QUEUES
        # Spelled out: a bound value could keep the partial index from being used.
        line = (Job.parent_id.is_(None), Job.status == literal_column(f"'{states.QUEUED}'"))
        return Drive(tuple((*line, Job.queue == queue) for queue in queues), frozenset({"level", "status", "queue"}))

    @property
    def _span(self) -> Conditions:
        """Limits of the id, which the index serves where it is sorted by it."""
        return () if self.sort.column else self.wanted.exact().get("span", [])

    @property
    def _is_partial(self) -> bool:
        return bool(self._rest(Job))

    def _rest(self, columns: Any) -> list[ColumnElement[bool]]:
        """What the index does not serve."""
        served = self.drive.serves if self.sort.column else self.drive.serves | {"span"}
        exact = self.wanted.exact(columns)
        return [c for name in exact if name not in served for c in exact[name]] + self.wanted.texts(columns)

    def _window(self, columns: Sequence[Any], size: int, after: Key | None, backwards: bool) -> Subquery:
        """The next rows of the index, whatever else is asked of them."""
        stretches = []
        for stretch in self.drive.stretches:
            rows: Select[Any] = select(*columns).where(*stretch, *self._span, *self._behind(after, backwards))
            stretches.append(rows.order_by(*self._order(Job, backwards)).limit(size).subquery())
        if len(stretches) == 1:
            return stretches[0]
        together = union_all(*(select(stretch) for stretch in stretches)).subquery()
        return select(together).order_by(*self._order(together.c, backwards)).limit(size).subquery()

    def _matching(self, size: int, limit: int, after: Key | None, backwards: bool) -> list[Key]:
        window = self._window(_LOOKED_AT if self._is_partial else self._key(Job), size, after, backwards)
        rest = self._rest(window.c) if self._is_partial else ()
        rows = select(*self._key(window.c)).where(*rest).order_by(*self._order(window.c, backwards))
        return [tuple(row) for row in db.session.execute(rows.limit(limit))]

    def _end(self, size: int, after: Key | None, backwards: bool) -> Key | None:
        """The last key of a window that is full; None if the list ends in it."""
        window = self._window(self._key(Job), size, after, backwards)
        row = select(*self._key(window.c)).order_by(*self._order(window.c, backwards)).offset(size - 1).limit(1)
        last = db.session.execute(row).one_or_none()
        return None if last is None else tuple(last)

    def _turned(self, keys: list[Key], limit: int, stopped: Key | None, before: Key | None) -> Found:
        previous_key = keys[limit - 1] if len(keys) > limit else stopped
        keys = keys[:limit][::-1]
        return Found([key[-1] for key in keys], keys[-1] if keys else before, previous_key, stopped)

    def _key(self, columns: Any) -> list[Any]:
        return [getattr(columns, name) for name in self.sort.columns]

    def _order(self, columns: Any, backwards: bool) -> list[Any]:
        return [column.desc() if self.sort.descending != backwards else column for column in self._key(columns)]

    def _behind(self, key: Key | None, backwards: bool) -> Conditions:
        if key is None:
            return ()
        place: Any = tuple_(*self._key(Job)) if self.sort.column else Job.id
        end = tuple_(*key) if self.sort.column else key[0]
        return [place < end if self.sort.descending != backwards else place > end]

    def _size(self, drive: Drive, at_most: int) -> Any:
        """How many rows an index holds, as far as they are worth counting: an expression for a statement.

        In their order, or SQLite would take another index that has more columns, and look through all of it.
        """
        sizes = []
        for stretch in drive.stretches:
            rows: Select[Any] = select(literal_column("1")).select_from(Job).where(*stretch, *self._span)
            some = rows.order_by(*self._order(Job, False)).limit(at_most).subquery()
            sizes.append(select(func.count()).select_from(some).scalar_subquery())
        return sum(sizes[1:], sizes[0])


def _by_id(wanted: JobFilter) -> list[Drive]:
    """The indexes that have the jobs of a filter by id: one at least, and of several that may do, each."""
    exact = wanted.exact()
    drives = [Drive((exact[name],), frozenset({name})) for name in _OF_ALL_LEVELS if name in exact]
    if wanted.error:
        drives.append(Drive(([Job.error.is_not(None)],), frozenset()))
    if not wanted.has_children:
        drives += _of_top_level(wanted, exact)
    return drives or [Drive(([] if wanted.has_children else [_ALONE],), frozenset({"level"}))]


def _of_top_level(wanted: JobFilter, exact: dict[str, list[ColumnElement[bool]]]) -> list[Drive]:
    level = exact["level"]
    drives = [Drive(([*level, *exact[name]],), frozenset({"level", name})) for name in _OF_TOP_LEVEL if name in exact]
    if wanted.statuses:
        stretches = tuple([*level, Job.status == status] for status in wanted.statuses)
        drives.append(Drive(stretches, frozenset({"level", "status"})))
    return drives
