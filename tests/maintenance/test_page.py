"""The page of maintenance windows, and the banner while one is open."""

from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

import clock
from extensions import db
from models import AuditEntry, MaintenanceWindow
from services.maintenance import keeping
from tests.maintenance.conftest import paused
from tests.pages.markup import Markup

PAGE = "/admin/maintenance"
SUNDAYS: dict[str, object] = {
    "name": "Backup",
    "queues": ["low", "default"],
    "weekdays": ["6"],
    "start": "02:30",
    "minutes": "60",
    "time_zone": "Europe/Berlin",
}


def _now() -> dict[str, object]:
    at = datetime.fromtimestamp(clock.now(), UTC)
    return SUNDAYS | {"weekdays": [], "day": at.date().isoformat(), "start": at.strftime("%H:%M"), "time_zone": "UTC"}


def _read(client: FlaskClient, address: str = PAGE) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return Markup(answer.text).text


def test_it_plans_a_window_and_tells_when_it_comes(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.post(PAGE, data=SUNDAYS).status_code == 303
    monkeypatch.setattr("clock.now", lambda: 1_795_000_000.0)  # a Wednesday in November
    page = _read(client)
    assert "Sunday at 02:30 for 60 min, Europe/Berlin · default, low" in page
    assert "Next: 2026-11-22 01:30 UTC , 2026-11-29 01:30 UTC" in page


def test_it_tells_everybody_while_it_is_open_and_ends_early(client: FlaskClient) -> None:
    client.post(PAGE, data=_now())
    keeping.keep()
    assert "Maintenance, “Backup”: jobs in default, low wait until" in _read(client, "/")
    assert "by a maintenance window: Backup" in _read(client, "/admin/queues")
    (window_id,) = db.session.scalars(db.select(MaintenanceWindow.id))
    client.post(f"{PAGE}/{window_id}/end")
    assert paused() == {}
    assert "Maintenance, “Backup”" not in _read(client, "/")
    assert "End maintenance early" in _read(client, "/admin/audit")


def test_it_gives_a_refused_form_back(client: FlaskClient) -> None:
    answer = client.post(PAGE, data=SUNDAYS | {"time_zone": "Mars/Olympus"})
    assert answer.status_code == 422
    page = Markup(answer.text)
    assert page.all("input", name="time_zone", value="Mars/Olympus", aria_invalid="true")
    assert page.all("input", name="queues", value="low", checked="")
    assert not page.all("input", name="queues", value="high", checked="")


def test_it_forgets_a_window(client: FlaskClient) -> None:
    client.post(PAGE, data=SUNDAYS)
    (window_id,) = db.session.scalars(db.select(MaintenanceWindow.id))
    client.post(f"{PAGE}/{window_id}/remove")
    assert "None yet." in _read(client)
    deeds = db.session.scalars(db.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert deeds == ["add_window", "remove_window"]


def test_there_may_be_none_such(client: FlaskClient) -> None:
    assert client.post(f"{PAGE}/99/end").status_code == 404
    assert client.post(f"{PAGE}/99/remove").status_code == 404
