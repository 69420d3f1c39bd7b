"""What a job logs is kept for its operators, and never in its way."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from errors import TransientError
from extensions import db
from models import Job
from services.jobs import journal
from services.jobs.journal import DROPPED, MAX_LINE_CHARS, MAX_LINES, Journal, logs_of, without_secrets
from services.jobs.runner import Runner
from services.jobs.submit import submit
from services.jobs.work import Child, FanOut, Outcome, Work
from tests.engine.conftest import SetScript

log = structlog.get_logger("a task")
Row = Callable[[str], Job]


def _lines(job_id: str, **page: Any) -> list[tuple[int, str, str]]:
    db.session.rollback()
    return [(line.attempt, line.level, line.message) for line in logs_of(job_id, **page)]


def test_it_keeps_what_is_logged_at_info_and_above(runner: Runner, script: SetScript) -> None:
    def talk(work: Work) -> Outcome:
        log.debug("too_much")
        log.info("lyrics_looked_up", found=True, at="lrclib", job_id=work.job.id)
        logging.getLogger("a library").warning("%s is odd", "this")
        return Outcome()

    script(talk)
    job_id = submit("scripted").job_id
    runner.deliver(job_id, 1)
    log.info("of nobody")
    assert _lines(job_id) == [(1, "info", "lyrics_looked_up found=true at=lrclib"), (1, "warning", "this is odd")]


def test_it_keeps_the_lines_of_each_attempt_and_why_it_failed(runner: Runner, script: SetScript) -> None:
    def fail(work: Work) -> Outcome:
        log.info("trying")
        raise TransientError("The moon is in the way.")

    script(fail)
    job_id = submit("scripted").job_id
    runner.deliver(job_id, 1)
    runner.deliver(job_id, 2)
    lines = _lines(job_id)
    assert [line[:2] for line in lines] == [(1, "info"), (1, "warning"), (2, "info"), (2, "warning")]
    assert "The moon is in the way." in lines[1][2]
    assert "retry_in_seconds=" in lines[1][2]
    assert "Traceback" not in lines[1][2]


def test_the_lease_keeper_writes_them_while_the_job_runs(runner: Runner, script: SetScript) -> None:
    seen: list[Any] = []

    def talk(work: Work) -> Outcome:
        log.info("one")
        runner.keeper._renew(work.lease)
        seen.extend(_lines(work.job.id))
        db.session.rollback()
        log.info("two")
        return Outcome()

    script(talk)
    job_id = submit("scripted").job_id
    runner.deliver(job_id, 1)
    assert seen == [(1, "info", "one")]
    assert [message for _, _, message in _lines(job_id)] == ["one", "two"]


def test_they_are_not_lost_when_the_database_was_busy(
    runner: Runner, script: SetScript, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = journal.write, []

    def busy_once(connection: Any, rows: Any) -> None:
        real(connection, rows)
        calls.append(len(rows))
        if len(calls) == 1:
            raise OperationalError("", {}, Exception("busy"))

    def talk(_work: Work) -> Outcome:
        log.info("one")
        return Outcome()

    monkeypatch.setattr(journal, "write", busy_once)
    script(talk)
    job_id = submit("scripted").job_id
    runner.deliver(job_id, 1)
    assert calls == [1, 1]
    assert _lines(job_id) == [(1, "info", "one")]


def test_a_parent_says_how_many_children_it_made(runner: Runner, script: SetScript) -> None:
    script(lambda _work: FanOut("count", "number", [Child("1", "One"), Child("2", "Two")], 2))
    job_id = submit("scripted_parent").job_id
    runner.deliver(job_id, 1)
    assert [message for _, _, message in _lines(job_id)] == [
        "children_wanted total=2 type=count made_before=0",
        "children_made total=2",
    ]


def test_it_keeps_so_many_and_says_that_there_were_more(runner: Runner, script: SetScript) -> None:
    def talk(_work: Work) -> Outcome:
        for number in range(MAX_LINES * 2):
            log.info("line", number=number)
        return Outcome()

    script(talk)
    job_id = submit("scripted").job_id
    runner.deliver(job_id, 1)
    lines = _lines(job_id, limit=10_000)
    assert len(lines) == MAX_LINES
    assert lines[-1] == (1, "warning", DROPPED)
    assert lines[-2][2] == f"line number={MAX_LINES - 2}"


def test_it_keeps_so_many_characters() -> None:
    kept = Journal("J", 1)
    for _ in range(MAX_LINES - 1):
        kept.add("info", "x" * 10 * MAX_LINE_CHARS)
    with kept.taken() as rows:
        assert sum(len(row["message"]) for row in rows) <= journal.MAX_CHARS + len(DROPPED)
        assert rows[-1]["message"] == DROPPED


@pytest.mark.parametrize("odd", ["\x00", "\ud800", "x" * 100_000, "%s %d", "'; DROP TABLE job", "\x1b[31m\r\n"])
def test_no_line_is_too_odd_to_be_kept(runner: Runner, row: Row, script: SetScript, odd: str) -> None:
    def talk(_work: Work) -> Outcome:
        log.info("odd", text=odd)
        logging.getLogger("a library").warning(odd)
        return Outcome()

    script(talk)
    job_id = submit("scripted").job_id
    runner.deliver(job_id, 1)
    assert row(job_id).status == "finished"
    assert len(_lines(job_id)) == 2


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("token=abc rest", "token=… rest"),
        ("Authorization: Bearer abc.def rest", "Authorization: … rest"),
        ("redis://user:pass@host:1/0", "redis://…@host:1/0"),
        ("{'api_key': 'a b', 'n': 1}", "{'api_key': …, 'n': 1}"),
        ('SECRET_KEY="a b" rest', "SECRET_KEY=… rest"),
        ("tokens counted: 5", "tokens counted: 5"),
        ("https://host/path", "https://host/path"),
    ],
)
def test_it_keeps_no_secrets(said: str, kept: str) -> None:
    assert without_secrets(said) == kept


def test_it_reads_page_by_page_both_ways(runner: Runner, script: SetScript) -> None:
    def talk(_work: Work) -> Outcome:
        for number in range(10):
            log.info(str(number))
        return Outcome()

    script(talk)
    job_id = submit("scripted").job_id
    runner.deliver(job_id, 1)
    db.session.rollback()
    newest = logs_of(job_id, limit=4)
    older = logs_of(job_id, before_id=newest[0].id, limit=4)
    newer = logs_of(job_id, after_id=older[-1].id, limit=3)
    numbers = [[line.message for line in page] for page in (newest, older, newer)]
    assert numbers == [list("6789"), list("2345"), list("678")]


def test_a_job_that_logs_nothing_costs_no_statement_more(runner: Runner, app: Flask) -> None:
    said: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *arguments: said.append(arguments[2]))
    runner.deliver(submit("count").job_id, 1)
    assert not [statement for statement in said if "job_log" in statement]


def test_lines_below_the_level_of_the_log_are_kept_and_not_written(
    runner: Runner, script: SetScript, capfd: pytest.CaptureFixture[str]
) -> None:
    """The tests' log is at `error`."""

    def talk(_work: Work) -> Outcome:
        structlog.get_logger("fresh").info("quiet")
        return Outcome()

    script(talk)
    job_id = submit("scripted").job_id
    runner.deliver(job_id, 1)
    assert _lines(job_id) == [(1, "info", "quiet")]
    assert "quiet" not in capfd.readouterr().err


class TestWhereAllIsWritten:
    @pytest.fixture
    def settings_overrides(self) -> dict[str, Any]:
        return {"log_level": "debug"}

    def test_it_keeps_no_debug_lines(self, runner: Runner, script: SetScript) -> None:
        def talk(_work: Work) -> Outcome:
            fresh = structlog.get_logger("another fresh one")
            fresh.debug("too_much")
            fresh.info("enough")
            return Outcome()

        script(talk)
        job_id = submit("scripted").job_id
        runner.deliver(job_id, 1)
        assert [message for _, _, message in _lines(job_id)] == ["enough"]
