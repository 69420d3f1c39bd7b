"""Jobs that should have moved on by themselves and have not, by what keeps them (`services/fleet/conditions`)."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from services.fleet.conditions import UNCLAIMED, Limits
from services.fleet.stuck import count_by_reason

# More than this are told as this: counting on costs more than it tells.
MAX_COUNTED = 1000
# Whether a worker is free changes from scrape to scrape: here all count that wait too long, and are called so.
_NAMES = {UNCLAIMED: "queued_too_long"}


def families() -> Iterator[Metric]:
    """One statement, answered from indexes."""
    stuck = GaugeMetricFamily(
        "backbeat_stuck_jobs", "Jobs that should have moved on by themselves.", labels=("reason",)
    )
    for reason, count in count_by_reason(Limits.now(), most=MAX_COUNTED).items():
        stuck.add_metric((_NAMES.get(reason, reason),), count)
    yield stuck
