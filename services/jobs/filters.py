"""Which jobs are meant: the filter that lists, exports, bulk actions and groups of failures share."""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, String, cast, or_, select

import clock
from errors import InvalidInput
from models import Job, User
from services.jobs import instants, states, tagging
from services.jobs.registry import JOB_TYPES, QUEUES, label_of

RUNNING_OR_WAITING = "live"
WITH_CHILDREN, WITHOUT_CHILDREN = "with", "without"
FIELD_MAX_CHARS = 200
_ROW_ID_MAX = 2**31 - 1
_JOB_ID = re.compile("[0-9A-HJKMNP-TV-Z]{26}")
_PATTERNS = {
    "target": (re.compile(r"[a-z_]{1,20}:\S{1,64}"), "a type and an id, such as song:12"),
    "error_group": (re.compile("[0-9a-f]{16}"), "16 hexadecimal digits, as a group of failures has them"),
    "parent": (_JOB_ID, "the id of a job"),
    "tag": (tagging.PATTERN, tagging.ALLOWED),
}


@dataclass(frozen=True, slots=True)
class JobFilter:
    """Which jobs are meant; an empty field means all.

    `q` is a job's id, or words of its title or error. `owner` is a person's id or name. `worker`, `error` and `params`
    are parts of those texts; `params` may also be `key=value`. `since` and `until` are about when a job was created, in
    a form that `instants.parse` reads.

    Jobs within a parent are among those meant where the question is about single pieces of work (a parent's own, a
    target's, a worker's, an error's, an id's), else they are left to their parent. `children` decides otherwise.
    """

    status: str = ""
    type: str = ""
    queue: str = ""
    q: str = ""
    target: str = ""
    owner: str = ""
    worker: str = ""
    error: str = ""
    error_group: str = ""
    params: str = ""
    tag: str = ""
    parent: str = ""
    since: str = ""
    until: str = ""
    children: str = ""

    def __post_init__(self) -> None:
        """:raise InvalidInput: naming the field, and what it may be."""
        for name, value in asdict(self).items():
            _check_text(name, value)
        _check("status", self.status, (*states.ALL, RUNNING_OR_WAITING))
        _check("type", self.type, JOB_TYPES)
        _check("queue", self.queue, QUEUES)
        _check("children", self.children, (WITH_CHILDREN, WITHOUT_CHILDREN))
        for name, (pattern, allowed) in _PATTERNS.items():
            _check_pattern(name, getattr(self, name), pattern, allowed)
        self._check_span()

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, str]) -> "JobFilter":
        """The filter that an address or a form holds; what else is in it does not matter.

        :raise InvalidInput: naming the field, and what it may be.
        """
        return cls(**{name: str(mapping.get(name) or "").strip() for name in FIELDS})

    def as_dict(self) -> dict[str, str]:
        """The fields that are set, by name."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def is_empty(self) -> bool:
        """Whether every job is meant. `children` alone is no limit."""
        return not self.as_dict().keys() - {"children"}

    @property
    def id(self) -> str:
        """The job id that is looked for, or nothing."""
        wanted = self.q.upper()
        return wanted if is_job_id(wanted) else ""

    @property
    def has_children(self) -> bool:
        """Whether jobs within a parent are among those that are meant."""
        if self.children:
            return self.children == WITH_CHILDREN
        return any((self.parent, self.target, self.worker, self.error, self.error_group, self.id))

    def pinned(self) -> "JobFilter":
        """The same with ages such as `24h` counted from this moment, for work that goes on for a while."""
        pinned = {
            name: clock.iso(instants.parse(value, field=name, now=clock.now())) or ""
            for name, value in (("since", self.since), ("until", self.until))
            if instants.is_age(value)
        }
        return replace(self, **pinned)

    def in_words(self) -> list[tuple[str, str, str]]:
        """The name, label and value for people of each field that is set."""
        return [(name, LABELS[name], _shown(name, value)) for name, value in self.as_dict().items()]

    def describe(self) -> str:
        """In one line: `Status: failed, Error: “timed out”`."""
        return ", ".join(f"{label}: {value}" for _, label, value in self.in_words())

    def conditions(self, columns: Any = Job) -> list[ColumnElement[bool]]:
        """What must hold for a job. `columns` are those of a subquery where it is not asked of the table itself."""
        return [*chain.from_iterable(self.exact(columns).values()), *self.texts(columns)]

    def exact(self, columns: Any = Job) -> dict[str, list[ColumnElement[bool]]]:
        """The conditions that an index can serve, by what they are about."""
        wanted: dict[str, list[ColumnElement[bool]]] = {}
        if not self.has_children:
            wanted["level"] = [columns.parent_id.is_(None)]
        if self.status:
            wanted["status"] = [columns.status.in_(self.statuses)]
        for name in ("type", "queue", "error_group"):
            if value := getattr(self, name):
                wanted[name] = [getattr(columns, name) == value]
        if self.parent:
            wanted["parent"] = [columns.parent_id == self.parent]
        if self.id:
            wanted["id"] = [columns.id == self.id]
        if self.target:
            kind, _, target_id = self.target.partition(":")
            wanted["target"] = [columns.target_type == kind, columns.target_id == target_id]
        if self.owner:
            wanted["owner"] = [columns.owner_id == self._owner_id()]
        if span := self._span(columns):
            wanted["span"] = span
        return wanted

    def texts(self, columns: Any = Job) -> list[ColumnElement[bool]]:
        """The conditions that must look into each row."""
        wanted: list[ColumnElement[bool]] = []
        if self.q and not self.id:
            wanted.append(or_(_holds(columns.title, self.q), _holds(columns.error, self.q)))
        if self.worker:
            wanted.append(_holds(columns.worker, self.worker))
        if self.error:
            wanted.append(_holds(columns.error, self.error))
        if self.params:
            wanted.append(_params_hold(cast(columns.params, String), self.params))
        if self.tag:
            wanted.append(_holds(cast(columns.tags, String), f'"{self.tag}"'))  # as JSON has it
        return wanted

    @property
    def statuses(self) -> tuple[str, ...]:
        """The states that are meant; none where any is."""
        if self.status == RUNNING_OR_WAITING:
            return states.LIVE
        return (self.status,) if self.status else ()

    def _span(self, columns: Any) -> list[ColumnElement[bool]]:
        """The ids that jobs created from `since` until `until` can have."""
        since, until = self.instants()
        wanted: list[ColumnElement[bool]] = []
        if since is not None:
            wanted.append(columns.id >= instants.first_id_at(since))
        if until is not None:
            wanted.append(columns.id < instants.first_id_at(until))
        return wanted

    def instants(self) -> tuple[float | None, float | None]:
        """`since` and `until` in seconds since the epoch."""
        now = clock.now()
        since = instants.parse(self.since, field="since", now=now) if self.since else None
        until = instants.parse(self.until, field="until", now=now, ends_day=True) if self.until else None
        return since, until

    def _check_span(self) -> None:
        since, until = self.instants()
        if since is not None and until is not None and since >= until:
            raise InvalidInput("The time span ends before it begins.", details={"until": "later than `since`"})

    def _owner_id(self) -> Any:
        if self.owner.isascii() and self.owner.isdigit():
            return min(int(self.owner), _ROW_ID_MAX)
        return select(User.id).where(User.name == self.owner).scalar_subquery()


def is_job_id(text: str) -> bool:
    return _JOB_ID.fullmatch(text) is not None


FIELDS = tuple(field.name for field in fields(JobFilter))
LABELS = {
    "status": "Status",
    "type": "Type",
    "queue": "Queue",
    "q": "Search",
    "target": "Target",
    "owner": "Person",
    "worker": "Worker",
    "error": "Error",
    "error_group": "Group of failures",
    "params": "Parameters",
    "tag": "Tag",
    "parent": "Part of",
    "since": "Created from",
    "until": "Created until",
    "children": "Parts of larger jobs",
}
_WORDS = {
    RUNNING_OR_WAITING: "waiting or running",
    states.QUEUED: "waiting",
    states.STARTED: "running",
    WITH_CHILDREN: "included",
    WITHOUT_CHILDREN: "left out",
}


def _shown(name: str, value: str) -> str:
    if name == "type":
        return label_of(value)
    if name in ("status", "children"):
        return _WORDS.get(value, value)
    if name in ("since", "until") and instants.is_age(value):
        return f"{value} ago"
    return f"“{value}”" if name in ("q", "worker", "error", "params") else value


def _holds(column: Any, text: str) -> ColumnElement[bool]:
    holds: ColumnElement[bool] = column.icontains(text, autoescape=True)
    return holds


def _params_hold(stored: Any, text: str) -> ColumnElement[bool]:
    """Parameters are looked into as the JSON text that they are stored as: `{"key": "value", "other": 12}`."""
    key, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        return _holds(stored, _as_json(text))
    name = f'"{_as_json(key)}": '
    forms = (f'{name}"{_as_json(value)}"', f"{name}{value},", f"{name}{value}}}")
    return or_(*(_holds(stored, form) for form in forms))


def _as_json(text: str) -> str:
    return json.dumps(text)[1:-1]


def _check(field: str, value: str, allowed: Iterable[str]) -> None:
    if value and value not in allowed:
        raise InvalidInput(
            f"{value!r} is not a {field} that there is.", details={field: f"one of {', '.join(allowed)}"}
        )


def _check_pattern(field: str, value: str, pattern: re.Pattern[str], allowed: str) -> None:
    if value and not pattern.fullmatch(value):
        raise InvalidInput(f"{value!r} cannot be used for {field!r}.", details={field: allowed})


def _check_text(field: str, value: str) -> None:
    if "\x00" in value:
        raise InvalidInput("A NUL character is in no job.", details={field: "text without NUL characters"})
    if len(value) > FIELD_MAX_CHARS:
        raise InvalidInput(
            f"{len(value)} characters are too many for {field!r}.",
            details={field: f"at most {FIELD_MAX_CHARS} characters"},
        )
