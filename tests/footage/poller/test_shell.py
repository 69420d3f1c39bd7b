"""What `footage_autolog_00_run_all.py` says, and its exit codes."""

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from scripts import footage_autolog


@pytest.fixture(autouse=True)
def _this_app(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(footage_autolog, "create_app", lambda: app)


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
