"""What the pages of footage read, on both databases: the same number of statements, whatever there is."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import event

import clock
from extensions import db
from models import User
from services.footage import board, record_page, states
from services.jobs.submit import submit
from tests.pages import footage_rows


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


def statements_of_board(owner_id: int) -> int:
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    board.board(owner_id)
    event.remove(db.engine, "before_cursor_execute", note)
    db.session.rollback()
    return len(asked)


def a_record_everywhere(first: int) -> None:
    for number, status in enumerate(states.FOOTAGE, first):
        footage_rows.footage(f"AF{number:04d}", status=status)
        footage_rows.frame(f"AF{number:04d}", 1)


def test_the_board_asks_as_often_for_many_as_for_a_few(app: Flask, owner: User) -> None:
    a_record_everywhere(1)
    once = statements_of_board(owner.id)
    for first in (11, 21, 31):
        a_record_everywhere(first)
    assert statements_of_board(owner.id) == once
    assert once <= 8


def test_a_column_shows_those_that_are_longest_there_and_the_last_of_the_complete(app: Flask, owner: User) -> None:
    now = clock.now()
    for number in range(1, 9):
        footage_rows.footage(f"AF000{number}", entered_at=now - number)
        footage_rows.footage(f"AF100{number}", entered_at=now - number, status=states.COMPLETE)
    columns = {column.status: column for column in board.board(owner.id).columns}
    assert columns[states.CREATING_FRAMES].count == 8
    assert [card.footage.id for card in columns[states.CREATING_FRAMES].cards][:2] == ["AF0008", "AF0007"]
    assert [card.footage.id for card in columns[states.COMPLETE].cards][:2] == ["AF1001", "AF1002"]


def test_the_board_tells_what_is_at_work_on_whom(app: Flask, owner: User) -> None:
    footage_rows.footage(status=states.PENDING_FILE_INFO)
    job_id = submit("footage_file_info", target_type="footage", target_id="AF0001").job_id
    seen = board.board(owner.id)
    assert seen.columns[0].cards[0].job_id == job_id
    assert [use.live for use in seen.steps] == [1, 0, 0, 0, 0, 0]
    assert seen.is_live


def test_the_board_is_of_one_owner(app: Flask, owner: User) -> None:
    footage_rows.footage()
    assert board.board(owner.id).total == 1
    assert board.board(owner.id + 1).total == 0


def test_failed_frames_are_tried_again_only_while_frames_are_looked_at(app: Flask) -> None:
    for footage_id, status in (("AF0001", states.PROCESSING_FRAME_INFO), ("AF0002", states.COMPLETE)):
        footage_rows.footage(footage_id, status=status)
        footage_rows.frame(footage_id, 1, status=states.FAILED)
    assert record_page.record_page("AF0001").may_be_retried
    assert not record_page.record_page("AF0002").may_be_retried


def test_only_what_waits_for_its_next_try_can_go_sooner(app: Flask) -> None:
    footage_rows.footage("AF0001", status=states.PENDING_FILE_INFO, retry_at=clock.now() + 60)
    footage_rows.footage("AF0002", status=states.PENDING_FILE_INFO, retry_at=clock.now() - 1)
    assert record_page.record_page("AF0001").may_be_retried
    assert not record_page.record_page("AF0002").may_be_retried


def test_failed_frames_are_left_alone_while_the_record_is_described(app: Flask) -> None:
    footage_rows.footage(status=states.PROCESSING_FRAME_INFO)
    footage_rows.frame("AF0001", 1, status=states.FAILED)
    submit("footage_describe", target_type="footage", target_id="AF0001")
    assert not record_page.record_page("AF0001").may_be_retried
