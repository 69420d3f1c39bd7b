"""Windows that are open now, and what became of the queues."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

import clock
from extensions import db
from models import QueueState
from services.maintenance import windows
from services.maintenance.windows import Wanted

OpenWindow = Callable[..., int]


@pytest.fixture
def open_window(app: Flask) -> OpenWindow:
    """Makes a window that began some minutes ago; its id."""

    def make(name: str = "Backup", *, began_minutes_ago: int = 5, minutes: int = 60, **more: Any) -> int:
        start = datetime.fromtimestamp(clock.now(), UTC) - timedelta(minutes=began_minutes_ago)
        fields: dict[str, Any] = {"queues": ["low"], "weekdays": [], "time_zone": "UTC"}
        at = {"day": start.date().isoformat(), "start": start.strftime("%H:%M"), "minutes": minutes}
        return windows.create(Wanted(name=name, **(fields | at | more)), by="Otto")

    return make


def paused() -> dict[str, tuple[str, str]]:
    """The queues that are paused: by whom, and why."""
    states = db.session.scalars(db.select(QueueState).execution_options(populate_existing=True))
    found = {state.name: (state.changed_by, state.reason) for state in states if state.paused}
    db.session.rollback()
    return found
