"""While the database is locked, those who want to write leave threads to those who want to read."""

import sqlite3
import threading
import time
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.exc import TimeoutError as TooManyWait

import extensions
from extensions import db, transaction


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'test.db'}"


def test_only_two_wait_for_the_lock_and_the_others_are_told(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(extensions, "TURN_SECONDS", 0.1)
    took: list[float] = []

    def write() -> None:
        begun = time.monotonic()
        with app.app_context():
            try:
                with transaction():
                    pass
            except TooManyWait:
                took.append(time.monotonic() - begun)
            db.session.remove()

    db.session.remove()
    somebody = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    somebody.execute("BEGIN IMMEDIATE")
    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(1)
    waiting = [thread for thread in threads if thread.is_alive()]
    somebody.rollback()
    for thread in waiting:
        thread.join()
    somebody.close()
    assert (len(waiting), len(took)) == (2, 2)
    assert max(took) < 1
