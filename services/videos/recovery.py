"""Recovery: one look for stuck videos, each of which is started once. A use of `services/reconciling.py`."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import structlog
from sqlalchemy import select
from ulid import ULID

from errors import TransientError
from extensions import current_settings, db
from models import ScheduleRun
from services.jobs.submit import Submission, submit
from services.jobs.work import Outcome, Work
from services.reconciling import Reconciler, reconcile
from services.videos import candidates, recovery_rows, settling, upload_sight
from services.videos.candidates import Candidate, Place
from services.videos.recovery_report import FAILED, SKIPPED, TRIGGERED, Line, Report, line_of
from services.videos.restarting import Restarter
from services.videos.stuck import Rule, why_not_stuck
from services.videos.upload_sight import NOTHING, Sight

log = structlog.get_logger(__name__)

JOB_TYPE = SCHEDULE = "recover_videos"
BY_THE_CLOCK = "schedule"
MOST_STARTED = 100  # in one run: those that are found next get theirs a quarter of an hour later
MOST_SHOWN = 300  # of a dry look, on a page
BATCH, AT_ONCE = 100, 8


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done about a video: `triggered` as it was seen, or why not."""

    outcome: str
    reason: str = ""
    sight: Sight = NOTHING


def decide(seen: Candidate, sight: Sight | TransientError, rule: Rule) -> Decision:
    """Pure."""
    if isinstance(sight, TransientError):
        return Decision(FAILED, sight.message)
    facts = replace(seen.facts, upload_moved_at=sight.moved_at)
    reason = why_not_stuck(facts, seen.seen_at, rule)
    return Decision(SKIPPED, reason) if reason else Decision(TRIGGERED, sight=sight)


@dataclass
class _Look:
    """One look, from the oldest video to the newest. Without a restarter it is dry and writes nothing."""

    run_id: str
    rule: Rule
    most: int | None
    video_id: str | None = None
    most_looked_at: int | None = None
    restarter: Restarter | None = None
    lines: list[Line] = field(default_factory=list)
    started: int = 0
    place: Place | None = None

    @property
    def is_full(self) -> bool:
        return _is_reached(self.most, self.started) or _is_reached(self.most_looked_at, len(self.lines))

    def report(self) -> Report:
        return Report(self.run_id, self.lines, is_cut=self.is_full)

    def due(self, limit: int) -> Sequence[Candidate]:
        if self.video_id is not None:
            return [candidates.one(self.video_id)]
        if self.is_full:
            return []
        found = candidates.batch(limit, older_than_seconds=self.rule.stuck_after_seconds, after=self.place)
        self.place = found[-1].place if found else self.place
        return found

    def apply(self, decided: Sequence[tuple[Candidate, Decision]]) -> Counter[str]:
        """What was started is written down with its start, the rest of the batch at once."""
        lines = [line for seen, decision in decided if (line := self._applied(seen, decision)) is not None]
        left = [line for line in lines if line.outcome != TRIGGERED]
        if self.restarter is not None and left:
            recovery_rows.note(self.run_id, left)
        self.lines += lines
        return Counter(line.outcome for line in lines)

    def _applied(self, seen: Candidate, decision: Decision) -> Line | None:
        """None where this run may start no more."""
        if decision.outcome != TRIGGERED:
            return line_of(seen, decision.outcome, decision.reason, seen.live_job_id)
        if self.is_full:
            return None
        line = self.restarter.restart(seen, decision.sight) if self.restarter else line_of(seen, TRIGGERED)
        self.started += line.outcome == TRIGGERED
        return line


def _is_reached(most: int | None, number: int) -> bool:
    return most is not None and number >= most


def _nothing(_: int) -> None:
    return None


def look(
    *,
    age_minutes: float | None = None,
    video_id: str | None = None,
    most: int | None = MOST_STARTED,
    most_looked_at: int | None = MOST_SHOWN,
) -> Report:
    """What a run would do now; nothing is written.

    :raise NotFound: if there is no video of that id.
    """
    return _go(_Look("", Rule.of(current_settings(), age_minutes), most, video_id, most_looked_at), _nothing)


def run(
    *,
    by: str,
    run_id: str | None = None,
    video_id: str | None = None,
    age_minutes: float | None = None,
    most: int | None = MOST_STARTED,
    on_batch: Callable[[int], None] = _nothing,
) -> Report:
    """Start what is stuck, or the one video of that id if it is; `age_minutes` stands in for STUCK_AFTER_MINUTES.

    Safe to run twice and beside others. `on_batch` is called with the size of each batch, and may raise to stop.

    :raise NotFound: if there is no video of that id.
    """
    if video_id is not None:
        candidates.one(video_id)
    run_id, rule = run_id or str(ULID()), Rule.of(current_settings(), age_minutes)
    settling.settle()
    recovery_rows.begin(run_id, by)
    restarter = Restarter(by, rule, lambda session, line: recovery_rows.note_within(session, run_id, [line]))
    try:
        report = _go(_Look(run_id, rule, most, video_id, restarter=restarter), on_batch)
    finally:  # also where it was stopped: an attempt that follows ends it anew
        recovery_rows.end(run_id)
    log.info("videos_recovered", run_id=run_id, by=by, is_cut=report.is_cut, **counts(report))
    return report


def counts(report: Report) -> dict[str, int]:
    return {name: getattr(report, name) for name in ("found", "triggered", "skipped", "failed")}


def _go(this: _Look, on_batch: Callable[[int], None]) -> Report:
    of = Reconciler(
        due=this.due,
        look=partial(upload_sight.look, current_settings().uploads_dir),
        decide=partial(decide, rule=this.rule),
        apply=this.apply,
        key=lambda seen: seen.video_id,
    )
    reconcile(of, batch_size=BATCH, at_once=AT_ONCE, on_batch=on_batch)
    return this.report()


def submit_run(job_id: str | None = None) -> Submission:
    """Promise a run, or find the one that is under way: there is one at a time in the fleet. It is upkeep, so it has no
    owner and shows in nobody's “My jobs”."""
    title = "Recover stuck videos"
    return submit(JOB_TYPE, target_type="schedule", target_id=SCHEDULE, title=title, job_id=job_id)


def recover(work: Work) -> Outcome:
    """The job. An attempt that follows a killed one finds what that has started at work already."""
    looked_at = 0

    def after_batch(number: int) -> None:
        nonlocal looked_at
        looked_at += number
        work.progress.message(f"{looked_at} looked at")
        work.checkpoint()

    work.progress.step("looking")
    report = run(by=_asked_by(work.job.id), run_id=work.job.id, on_batch=after_batch)
    return Outcome(result={"run_id": report.run_id, **counts(report)})


def _asked_by(job_id: str) -> str:
    """Who had the schedule run now, if it was not the clock."""
    newest = select(ScheduleRun.started_by).where(ScheduleRun.name == SCHEDULE, ScheduleRun.job_id == job_id)
    found = db.session.scalar(newest.order_by(ScheduleRun.at.desc()).limit(1))
    db.session.rollback()
    return found or BY_THE_CLOCK
