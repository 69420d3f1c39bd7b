"""What every page of the console looks at: enough to tell that something is wrong, at a cost that does not grow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.fleet.clocks import clock_ahead_seconds
from services.fleet.health import (
    DOWN,
    GONE_SECONDS,
    FleetHealth,
    age_of,
    describe,
    is_alive,
    is_free,
    judge,
    read_records_and_state,
)
from services.fleet.heartbeats import janitor_age_seconds
from services.fleet.lines import Line, look_at_lines
from services.fleet.stuck import count_stuck
from services.renders import figures as render_figures
from services.webhooks.overview import count_switched_off
from store.redis_state import RedisState
from store.workers import WorkerRecord


@dataclass(frozen=True, slots=True)
class Glance:
    """`records` is None if Redis does not answer; `clock_ahead_seconds` is of this host, of the database's clock."""

    records: list[WorkerRecord] | None
    lines: Mapping[str, Line]
    janitor_age_seconds: float | None
    stuck: int
    redis: RedisState | None = None
    clock_ahead_seconds: float = 0.0
    webhooks_off: int = 0
    render_alerts: Sequence[render_figures.Alert] = ()

    @property
    def alive(self) -> list[WorkerRecord]:
        return [record for record in self.records or [] if is_alive(record)]

    def health(self) -> FleetHealth:
        """The same as `worker_health()`, of what was read already."""
        if self.records is None:
            return FleetHealth(DOWN, "Redis cannot be reached: nothing is taken up until it is back.", [])
        workers = describe([record for record in self.records if age_of(record) < GONE_SECONDS])
        return FleetHealth(*judge(workers, self.janitor_age_seconds), workers)


def glance() -> Glance:
    """Two round trips to Redis and ten statements."""
    records, state = read_records_and_state()
    stuck = count_stuck(free_queues(records or []))
    return Glance(
        records=records,
        lines=look_at_lines(),
        janitor_age_seconds=janitor_age_seconds(),
        stuck=stuck,
        redis=state,
        clock_ahead_seconds=clock_ahead_seconds(),
        webhooks_off=count_switched_off(),
        render_alerts=render_figures.alerts(),
    )


def free_queues(records: list[WorkerRecord]) -> set[str]:
    """Queues that a worker serves who has nothing to do."""
    return {queue for record in records if is_free(record) for queue in record.queues}
