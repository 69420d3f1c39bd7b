"""A worker's process makes each statement of a ring once, before it forks: those forked from it know them."""

from sqlalchemy import insert

from extensions import db, transaction
from models import Job
from services.jobs import claims, timings, transitions
from services.jobs.registry import JOB_TYPES, QUEUES
from services.jobs.runner import Runner
from services.jobs.submit import new_row
from services.jobs.turns import Line, lines
from services.jobs.wanted import type_wanted


def rehearse(runner: Runner) -> None:
    """Run what a ring asks of the database, in a transaction that is undone: processes forked from here know the
    statements."""
    job_id, kind = "rehearsal", next(iter(JOB_TYPES.values()))
    type_wanted(job_id, 1)
    lines(QUEUES, [kind.name])
    runner.timings.usual("", 0)
    db.session.rollback()
    with transaction() as session:
        session.execute(insert(Job).values(new_row(job_id, {"type": kind.name, "queue": kind.queue})))
        claims.claim_child(session, "", runner.claimant)
        for owner_id in (None, 0):
            claims.claim_in_line(session, Line("", "", owner_id), runner.claimant)
        if claims.claim(session, job_id, 1, runner.claimant):
            transitions.finish(session, job_id, 1, result={}, result_url=None, version=2)
        for _ in ("new", "known"):
            timings.add(session, (job_id, "", 0), [1.0])
        session.rollback()
