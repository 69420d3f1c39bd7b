"""What an operator should know of on any page of the console, the worst first. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.fleet.clocks import NOTICEABLE_SECONDS
from services.fleet.glance import Glance
from services.fleet.health import MIB, age_of, is_alive
from services.fleet.heartbeats import is_silent
from services.fleet.lines import Line
from services.fleet.words import seconds_in_words
from store.redis_state import RedisState

# For so long a lost worker is news; then it is history, on the page of the workers.
LOST_IS_NEWS_SECONDS = 600

BAD, CAUTION = "bad", "caution"
QUEUES_PAGE, WORKERS_PAGE, WEBHOOKS_PAGE = "queues", "workers", "webhooks"
RECOVERY_PAGE, RENDERS_PAGE = "recovery", "renders"


@dataclass(frozen=True, slots=True)
class Warning:
    """`code` stays the same while the warning lasts; `page` is where to act; `since` and `until` are instants.

    `since_what` says what was then.
    """

    code: str
    level: str
    text: str
    page: str
    since: float | None = None
    since_what: str = ""
    until: float | None = None


def warn(seen: Glance, own_version: str) -> list[Warning]:
    """Everything that is wrong. `own_version` is that of the code of the process that asks."""
    found = [
        *_redis(seen),
        *_janitor(seen),
        *_workers(seen),
        *_lines(seen),
        *_stuck(seen),
        *_clocks(seen),
        *_versions(seen, own_version),
        *_webhooks(seen),
        *_renders(seen),
    ]
    return sorted(found, key=lambda warning: warning.level != BAD)


def _redis(seen: Glance) -> Iterator[Warning]:
    if seen.records is None:
        yield Warning("redis", BAD, "Redis cannot be reached: jobs are kept, but nobody takes them up.", WORKERS_PAGE)
    elif trouble := redis_trouble(seen.redis):
        yield Warning("redis-writes", BAD, trouble, WORKERS_PAGE)


def redis_trouble(state: RedisState | None) -> str:
    """What keeps Redis from taking what is written to it, and what to do; empty if nothing does."""
    kept = "jobs are kept, but live progress stands still and nobody takes them up"
    if state is None:
        return ""
    if state.is_full:
        limit = f"{state.limit_bytes / MIB:.0f} MiB"
        return f"Redis is full ({limit}): {kept}. Raise its maxmemory, or let it forget something."
    return f"Redis cannot write to its disk: {kept}. Make room on it." if state.fails_to_save else ""


def _janitor(seen: Glance) -> Iterator[Warning]:
    if is_silent(seen.janitor_age_seconds):
        text = "The janitor shows no sign of life: lost jobs are not rescued, and nothing runs by the clock."
        yield Warning("janitor", BAD, text, WORKERS_PAGE)


def _workers(seen: Glance) -> Iterator[Warning]:
    if seen.records is None:
        return
    if not seen.alive:
        yield Warning("no-workers", BAD, "No worker is running: jobs are kept, but nobody takes them up.", WORKERS_PAGE)
    else:
        yield from _unserved(seen)
    for record in seen.records:
        if not is_alive(record) and age_of(record) < LOST_IS_NEWS_SECONDS:
            text = f"Worker {record.name[:8]} on {record.host} was lost"
            seen_last = "last sign of life"
            yield Warning(f"lost-{record.name}", CAUTION, text, WORKERS_PAGE, record.heartbeat_at, seen_last)


def _unserved(seen: Glance) -> Iterator[Warning]:
    served = {queue for record in seen.alive for queue in record.queues}
    for line in seen.lines.values():
        if line.queue not in served:
            level = BAD if line.has_waiting else CAUTION
            yield Warning(f"unserved-{line.queue}", level, f"No worker serves the queue “{line.queue}”.", WORKERS_PAGE)


def _lines(seen: Glance) -> Iterator[Warning]:
    for line in seen.lines.values():
        if line.pause is not None and line.has_waiting:
            yield _paused(line)
        elif line.pause is None and line.is_late:
            waited, limit = seconds_in_words(line.wait_seconds or 0.0), seconds_in_words(line.limit_seconds)
            text = f"In “{line.queue}” a job has waited for {waited}; the limit is {limit}."
            yield Warning(f"late-{line.queue}", CAUTION, text, QUEUES_PAGE)


def _paused(line: Line) -> Warning:
    pause = line.pause
    assert pause is not None  # noqa: S101 - for the type checker: asked before
    because = f" ({pause.reason})" if pause.reason else ""
    by = f" by {pause.by}" if pause.by else ""
    text = f"“{line.queue}” is paused{by}{because}, and jobs wait in it"
    return Warning(f"paused-{line.queue}", CAUTION, text, QUEUES_PAGE, pause.since, "paused", pause.until)


def _stuck(seen: Glance) -> Iterator[Warning]:
    if seen.stuck:
        text = "A job is stuck." if seen.stuck == 1 else f"{seen.stuck} jobs are stuck."
        yield Warning("stuck", CAUTION, text, RECOVERY_PAGE)


def _clocks(seen: Glance) -> Iterator[Warning]:
    """Clocks that are not the database's: ours, and of other hosts those that are not like ours."""
    clocks = {"this host": seen.clock_ahead_seconds}
    for record in seen.alive:
        if abs(record.clock_ahead_seconds) > NOTICEABLE_SECONDS:
            clocks[record.host] = seen.clock_ahead_seconds + record.clock_ahead_seconds
    for host, ahead in clocks.items():
        if abs(ahead) > NOTICEABLE_SECONDS:
            apart = f"{seconds_in_words(abs(ahead))} {'ahead of' if ahead > 0 else 'behind'} the database's"
            text = f"The clock of {host} is {apart}: no job is harmed, but times shown are off. Let NTP set it."
            yield Warning(f"clock-{host.replace(' ', '-')}", CAUTION, text, WORKERS_PAGE)


def _versions(seen: Glance, own_version: str) -> Iterator[Warning]:
    others = sorted({record.version for record in seen.alive if record.version} - {own_version})
    if others:
        text = f"Workers run other code ({', '.join(others)}) than these pages ({own_version}): restart them."
        yield Warning("versions", CAUTION, text, WORKERS_PAGE)


def _webhooks(seen: Glance) -> Iterator[Warning]:
    if seen.webhooks_off:
        text = "A webhook was" if seen.webhooks_off == 1 else f"{seen.webhooks_off} webhooks were"
        yield Warning("webhooks", CAUTION, f"{text} switched off: what they are sent was not taken.", WEBHOOKS_PAGE)


def _renders(seen: Glance) -> Iterator[Warning]:
    for alert in seen.render_alerts:
        yield Warning(f"renders-{alert.flag.replace('_', '-')}", CAUTION, alert.sentence, RENDERS_PAGE)
