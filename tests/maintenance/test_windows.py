"""Making windows, and what is refused."""

from dataclasses import replace

import pytest
from flask import Flask

import clock
from errors import InvalidInput
from services.maintenance import windows
from services.maintenance.windows import Wanted

SUNDAYS = Wanted("Backup", ["low"], [6], "", "02:30", 60, "Europe/Berlin")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "  "),
        ("name", "x" * 121),
        ("queues", []),
        ("queues", ["system"]),
        ("queues", ["nowhere"]),
        ("start", "24:00"),
        ("start", "2:30"),
        ("start", ""),
        ("minutes", 0),
        ("minutes", 1441),
        ("time_zone", "Europe/Entenhausen"),
        ("time_zone", "../../etc/passwd"),
        ("weekdays", [7]),
    ],
)
def test_it_says_which_field_is_wrong(app: Flask, field: str, value: object) -> None:
    with pytest.raises(InvalidInput) as refusal:
        windows.create(replace(SUNDAYS, **{field: value}), by="Otto")  # type: ignore[arg-type] # that is the point
    assert list(refusal.value.details or {}) == [field]


@pytest.mark.parametrize("day", ["", "22.11.2026", "9999-12-31", "2020-01-01"])
def test_one_that_comes_once_needs_a_day_that_is_yet_to_come(app: Flask, day: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        windows.create(replace(SUNDAYS, weekdays=[], day=day), by="Otto")
    assert list(refusal.value.details or {}) == ["day"]


def test_it_tells_the_next_times_and_what_overlaps(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    windows.create(SUNDAYS, by="Otto")
    windows.create(replace(SUNDAYS, name="Upgrade", start="03:00", queues=["low", "high"]), by="Otto")
    windows.create(replace(SUNDAYS, name="Apart", queues=["default"]), by="Otto")
    monkeypatch.setattr("clock.now", lambda: 1_795_000_000.0)  # a Wednesday
    backup, apart, upgrade = windows.entries()
    assert [clock.iso(span.starts_at) for span in backup.following] == [
        "2026-11-22T01:30:00.000Z",
        "2026-11-29T01:30:00.000Z",
        "2026-12-06T01:30:00.000Z",
    ]
    assert (backup.overlapping, apart.overlapping, upgrade.overlapping) == (["Upgrade"], [], ["Backup"])
