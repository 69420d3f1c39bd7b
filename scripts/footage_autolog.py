"""Footage autolog from a shell: what `footage_autolog_00_run_all.py` does."""

import time
from collections import Counter
from collections.abc import Sequence

import click

from extensions import db
from models import FootageEvent, Job
from scripts import commands
from scripts.commands import DONE, SOME_FAILED
from services.footage import history, sequential, sessions, states
from services.footage.reads import get_footage
from services.jobs import operations
from services.jobs import states as job_states
from services.library.users import default_owner

FOLLOW_SECONDS = 1.0
_AFTER_AN_OUTAGE = "A session that was begun goes on by itself; say the same again to follow it."


@click.command()
@click.option(
    "--mode",
    type=click.Choice(["polling", "sequential"]),
    default="polling",
    show_default=True,
    help="A session on the workers, or one step after another in this process.",
)
@click.option("--id", "footage_id", metavar="AF0001", help="One record, with all that becomes of it; sequential only.")
@click.option("--all", "whatever_number", is_flag=True, help="Sequential for more than nine records too.")
def _command(mode: str, footage_id: str | None, whatever_number: bool) -> int:
    """Bring all footage as far as it goes.

    Exits with 1 if a record has failed, with 2 if nothing could be done, and with 130 after Ctrl-C.
    """
    if mode == "sequential":
        return one_after_another(footage_id, whatever_number=whatever_number)
    if footage_id is not None:
        raise click.UsageError("--id goes with --mode sequential; the poller moves all records.")
    return follow_session()


def main(args: Sequence[str] | None = None) -> int:
    """The exit code."""
    return commands.run(_command, args, after_an_outage=f". {_AFTER_AN_OUTAGE}")


def one_after_another(footage_id: str | None, *, whatever_number: bool) -> int:
    """Sequential mode, with a line for each step; the exit code."""
    ids = [get_footage(footage_id).id] if footage_id else sequential.unfinished(whatever_number=whatever_number)
    ran = sequential.run(ids, click.echo)
    if footage_id:
        _trace(footage_id)
    _totals(Counter(each.status for each in ran), failures=sum(each.error is not None for each in ran))
    return SOME_FAILED if any(each.error is not None or each.status == states.FAILED for each in ran) else DONE


def _trace(footage_id: str) -> None:
    click.echo(f"All that became of {footage_id}:")
    for event in history.history(footage_id):
        click.echo(f"  {_line(event)}")


def follow_session() -> int:
    """Start a session, and tell of it until it is over; the exit code."""
    last_event = history.newest_id()
    submission = sessions.begin(default_owner().id)
    began = "Following the session that is running" if submission.already_running else "Began a session"
    click.echo(f"{began}: job {submission.job_id}. Ctrl-C ends the following, and not the session.")
    told: set[str] = set()
    while True:
        job = operations.get_job(submission.job_id)
        over, result = job.status in job_states.ENDED, job.result
        last_event = _tell_news(submission.job_id, last_event, told)
        if over:
            return _tell_end(job.status, result)
        db.session.rollback()
        time.sleep(FOLLOW_SECONDS)


def _tell_news(session_id: str, last_event: int, told: set[str]) -> int:
    """Tell what has happened since, and note the cycles `told`; where the history ends by now."""
    for cycle in _cycles_not_in(told, session_id):
        click.echo(f"{cycle.title}: {_in_words(cycle)}")
        told.add(cycle.id)
    while events := history.since(last_event):
        for event in events:
            click.echo(_line(event))
        last_event = events[-1].id
    return last_event


def _cycles_not_in(told: set[str], session_id: str) -> Sequence[Job]:
    """The cycles that have come to an end since; those that were canceled never began, and are not told of.

    They end in any order, so it is their ids that tell which are new; a session has few thousands at most.
    """
    over = (Job.parent_id == session_id, Job.status.in_((job_states.FINISHED, job_states.FAILED)))
    new = set(db.session.scalars(db.select(Job.id).where(*over))) - told
    return db.session.scalars(db.select(Job).where(Job.id.in_(new)).order_by(Job.position)).all()


def _in_words(cycle: Job) -> str:
    result = cycle.result or {}
    if result.get("skipped"):
        return "left to the next, which was due"
    begun = ", ".join(f"{name} {count}" for name, count in result.get("begun", {}).items())
    return cycle.error or f"began {begun or 'nothing'}"


def _line(event: FootageEvent) -> str:
    frame = f" frame {event.frame_position}" if event.frame_position else ""
    failed = " failed" if event.is_failure else ""
    by = f" by {event.by}" if event.by else ""
    note = f"; {event.note}" if event.note else ""
    return f"{event.footage_id}{frame}  {event.step or '-'}{failed}: {event.to_status}{by}{note}"


def _tell_end(status: str, result: dict[str, int] | None) -> int:
    click.echo(f"The session is over: it was {status}.")
    counts = {name: count for name, count in sessions.counts_by_status().items() if count}
    _totals(Counter(counts), failures=(result or {}).get("failures", 0))
    return DONE if status == job_states.FINISHED and not counts.get(states.FAILED) else SOME_FAILED


def _totals(counts: Counter[str], *, failures: int) -> None:
    told = ", ".join(f"{count} at {status}" for status, count in sorted(counts.items())) or "none"
    click.echo(f"Records: {told}. Failed tries: {failures}.")
