"""What `footage_autolog_00_run_all.py` says, and its exit codes."""

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from extensions import transaction
from models import Job
from scripts import commands, footage_autolog
from services.jobs.runner import Runner


@pytest.fixture(autouse=True)
def _this_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "create_app", lambda: app)


def _follows_until(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> int:
    def raises(*_: object) -> None:
        raise error

    monkeypatch.setattr(footage_autolog, "_tell_news", raises)
    return footage_autolog.main(["--mode", "polling"])


def test_it_ends_quietly_when_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _follows_until(KeyboardInterrupt(), monkeypatch) == 130


def test_it_says_that_the_database_is_away(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert _follows_until(OperationalError("SELECT", {}, Exception("gone")), monkeypatch) == 2
    told = capsys.readouterr().err
    assert told.startswith("The database cannot be used just now (OperationalError).")
    assert len(told.splitlines()) == 1


def test_it_tells_of_each_cycle_once_in_whatever_order_they_end(
    live_session: str, runner: Runner, capsys: pytest.CaptureFixture[str]
) -> None:
    runner.deliver(live_session, 1)
    told: set[str] = set()
    for ended in ((2, "finished"), (0, "finished"), (1, "failed"), (3, "canceled")):
        _end(live_session, *ended)
        footage_autolog._tell_news(live_session, 0, told)
    numbers = [line.split()[1] for line in capsys.readouterr().out.splitlines() if line.startswith("Cycle")]
    assert numbers == ["3", "1", "2"]


def _end(session_id: str, position: int, status: str) -> None:
    with transaction() as session:
        cycle = (Job.parent_id == session_id, Job.position == position)
        session.execute(update(Job).where(*cycle).values(status=status))
