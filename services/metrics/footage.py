"""Footage: how many records are at each status, and whether a session moves them."""

from collections.abc import Iterator

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import select

from extensions import db
from models import Job
from services.footage import sessions
from services.footage.dispatch import session_key


def families() -> Iterator[Metric]:
    """Two statements, answered from indexes."""
    records = GaugeMetricFamily("backbeat_footage_records", "Pieces of footage at a status.", labels=("status",))
    for status, count in sessions.counts_by_status().items():
        records.add_metric((status,), count)
    yield records
    live = db.session.scalar(select(Job.active_key).where(Job.active_key == session_key())) is not None
    yield GaugeMetricFamily("backbeat_footage_session_live", "1 while a session moves footage.", value=live)
