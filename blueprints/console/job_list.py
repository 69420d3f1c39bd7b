"""What the list of jobs shows, from what stands in its address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import clock
from blueprints.labels import STATUS
from errors import InvalidInput
from models import Job
from services.jobs import instants, listing, states
from services.jobs.filters import FIELDS, RUNNING_OR_WAITING, WITH_CHILDREN, WITHOUT_CHILDREN, JobFilter
from services.jobs.registry import JOB_TYPES, QUEUES
from services.jobs.search import MOST_COUNTED, NEWEST, SORTS, WINDOW

PAGE_SIZES = (25, 50, 100, 200)
DEFAULT_SIZE = 50
PLACE = ("cursor", "before")
KEPT = (*FIELDS, "sort", "limit", *PLACE)
# Filters that operators ask for most: a name, its icon, and the fields.
READY: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    ("All", "list-task", {}),
    ("Running longest", "activity", {"status": states.STARTED, "sort": "oldest"}),
    ("Waiting longest", "hourglass-split", {"sort": "waiting"}),
    ("Next tries", "clock", {"status": states.SCHEDULED}),
    ("Last failed", "x-circle-fill", {"status": states.FAILED, "sort": "ended"}),
    ("Failed of the last 24 h", "x-octagon", {"status": states.FAILED, "since": "24h"}),
    ("Last ended", "check-circle-fill", {"sort": "ended"}),
)

# What the form offers: values with their words.
CHOICES: Mapping[str, Any] = {
    "statuses": [(RUNNING_OR_WAITING, "Waiting or running"), *((name, label.text) for name, label in STATUS.items())],
    "types": [(name, kind.label) for name, kind in JOB_TYPES.items()],
    "queues": [(name, name) for name in QUEUES],
    "sorts": [(name, sort.label) for name, sort in SORTS.items()],
    "sizes": [(str(size), size) for size in PAGE_SIZES],
    "children_choices": [(WITH_CHILDREN, "Listed"), (WITHOUT_CHILDREN, "Left out")],
    "default_size": DEFAULT_SIZE,
    "ready": READY,
    "window": WINDOW,
}


@dataclass(frozen=True, slots=True)
class JobList:
    """A page of the list, or why there is none. `kept` is what the address says, and the form shows again."""

    kept: Mapping[str, str]
    people: Mapping[int, str]
    wanted: JobFilter = field(default_factory=JobFilter)
    jobs: Sequence[Mapping[str, Any]] = ()
    found: listing.JobPage | None = None
    error: InvalidInput | None = None

    @property
    def sort(self) -> str:
        return self.kept.get("sort", NEWEST)

    @property
    def filter(self) -> dict[str, str]:
        """What the list is narrowed by, for links and hidden fields: neither its order nor the place in it."""
        return {name: value for name, value in self.kept.items() if name in FIELDS}

    @property
    def first_page(self) -> dict[str, str]:
        """The address of the list without the place in it."""
        return {name: value for name, value in self.kept.items() if name not in PLACE}

    @property
    def count_text(self) -> str:
        """How many jobs there are, as far as that is known; empty if it is not."""
        count = self.found.count if self.found else None
        if count is None:
            return ""
        return (
            f"more than {MOST_COUNTED:,} jobs" if count > MOST_COUNTED else f"{count:,} job{'' if count == 1 else 's'}"
        )

    def input_time(self, name: str) -> str:
        """An instant as a field for date and time takes it; empty if it is not one."""
        value = self.kept.get(name, "")
        if self.error or not value or instants.is_age(value):
            return ""
        since, until = self.wanted.instants()
        return (clock.iso(since if name == "since" else until) or "")[:16]

    def is_ready(self, fields: Mapping[str, str]) -> bool:
        return self.first_page == fields


def kept(args: Mapping[str, str]) -> dict[str, Any]:
    """The part of an address that says which jobs are listed, for the addresses of links and buttons."""
    return {name: args[name].strip() for name in KEPT if args.get(name, "").strip()}


def read(args: Mapping[str, str]) -> JobList:
    """The page that an address asks for."""
    fields, people = kept(args), listing.people()
    try:
        wanted, found = _find(fields)
    except InvalidInput as e:
        return JobList(fields, people, error=e)
    return JobList(fields, people, wanted, [line(job) for job in found.items], found)


def _find(fields: Mapping[str, str]) -> tuple[JobFilter, listing.JobPage]:
    wanted = JobFilter.from_mapping(fields)
    places = {name: fields.get(name) for name in PLACE}
    order, size = fields.get("sort", NEWEST), fields.get("limit", str(DEFAULT_SIZE))
    if not size.isdecimal():
        raise InvalidInput(f"{size[:20]!r} is no number of jobs.", details={"limit": f"1 to {listing.MAX_LIMIT}"})
    return wanted, listing.list_jobs(wanted, sort=order, limit=int(size), counted=True, **places)


def line(job: Job) -> dict[str, Any]:
    """A job as its row shows it: what the API tells, and how long it ran."""
    ran = None if job.started_at is None or job.ended_at is None else max(0.0, job.ended_at - job.started_at)
    return listing.summary(job) | {"run_seconds": ran}
