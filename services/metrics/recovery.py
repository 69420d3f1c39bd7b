"""How many things are stuck, kind by kind, as on the console's page; jobs are told of by their reason (`stuck`)."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric

from services.recovery import jobs
from services.recovery.finders import FINDERS


def families() -> Iterator[Metric]:
    """A few statements for each kind."""
    stuck = GaugeMetricFamily(
        "backbeat_stuck_things", "Things that should go on and do not, other than jobs.", labels=("kind",)
    )
    for kind, finder in FINDERS.items():
        if kind != jobs.KIND:
            stuck.add_metric((kind,), finder.count())
    yield stuck
