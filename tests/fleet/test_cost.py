"""Looking at the queues costs the same however many jobs there are, and changes nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis.connection import AbstractConnection
from sqlalchemy import event, insert

from extensions import db, transaction
from models import Job
from services.access import memory
from services.jobs.submit import new_row

PAGES = ("/admin/queues", "/admin/workers", "/admin/schedules", "/api/queue/status", "/api/worker/health")
Costs = tuple[int, int]


@pytest.fixture(autouse=True)
def _slow_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is known of who asks holds for longer than any page may take here."""
    monkeypatch.setattr(memory, "SECONDS", 60.0)


def _jobs(first: int, last: int) -> None:
    with transaction() as session:
        for number in range(first, last):
            row = new_row(f"{number:026d}", {"type": "import_media", "queue": "high"})
            session.execute(insert(Job).values(row))


@contextmanager
def _counted(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Costs]]:
    statements: list[str] = []
    trips: list[object] = []
    send: Callable[..., object] = AbstractConnection.send_packed_command

    def note_statement(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    def note_trip(self: AbstractConnection, *args: object, **options: object) -> object:
        trips.append(args)
        return send(self, *args, **options)

    event.listen(db.engine, "before_cursor_execute", note_statement)
    monkeypatch.setattr(AbstractConnection, "send_packed_command", note_trip)
    try:
        yield lambda: (len(statements), len(trips))
        written = [statement for statement in statements if not statement.lstrip().upper().startswith("SELECT")]
        assert written == []
    finally:
        event.remove(db.engine, "before_cursor_execute", note_statement)


def _cost(app: Flask, client: FlaskClient, page: str, monkeypatch: pytest.MonkeyPatch) -> Costs:
    client.get(page)  # what is read once in a process's life
    with monkeypatch.context() as patched, _counted(app, patched) as count:
        assert client.get(page).status_code == 200
        return count()


@pytest.mark.parametrize("page", PAGES)
def test_it_costs_the_same_for_few_and_for_many(
    app: Flask, client: FlaskClient, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _jobs(0, 5)
    few = _cost(app, client, page, monkeypatch)
    _jobs(5, 3000)
    statements, trips = _cost(app, client, page, monkeypatch)
    assert statements == few[0] <= 20
    assert trips <= 3
