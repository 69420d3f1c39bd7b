"""The cycle: every render that is due is looked at, and ended if it is over, whether its renderer called or not."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import update

import clock
from config import Settings
from errors import TransientError
from extensions import current_settings, db, db_now
from models import RenderCycle
from services.jobs.submit import Submission, submit
from services.jobs.work import Outcome, Work
from services.reconciling import LeftOut, Reconciler, reconcile
from services.renders import applying, deciding
from services.renders.applying import COUNTED, Decided
from services.renders.deciding import Decision, Rules
from services.renders.due import Due, count_due, due
from services.renders.looking import Eyes, Sight

log = structlog.get_logger(__name__)

CHECK_RENDERS = SCHEDULE = "check_renders"
TITLE = "Look for outputs of renders"
MOST_IN_A_BATCH = 100  # of which none is written down before all have been looked at
MOST_AT_ONCE = 10  # of the renderer and the storage, however large a batch is
AWAY_AFTER = 5  # looks in a row
LONGEST_SECONDS = 300.0
AWAY = "Nobody answered for a whole batch; the others are looked at in the next cycle."


def submit_cycle(job_id: str) -> Submission:
    """One at a time in the whole fleet: where one is live, that is it."""
    return submit(CHECK_RENDERS, target_type="schedule", target_id=SCHEDULE, title=TITLE, job_id=job_id)


def cron(settings: Settings) -> str:
    """When the schedule runs that nobody has changed."""
    return f"*/{settings.polling_interval_minutes} * * * *"


def is_off(settings: Settings) -> bool:
    return not settings.polling_enabled


def run(work: Work) -> Outcome:
    """Safe to run twice: what was looked at is not due any more, and what was not is due still."""
    settings, total = current_settings(), count_due()
    work.progress.step("looking", total=total)
    if total == 0:
        return _over(work, dict.fromkeys(COUNTED, 0))
    cycle = Cycle(work.job.id, Eyes.of(settings), rules(settings))

    def batch_done(number: int) -> None:
        work.progress.advance(number)
        work.checkpoint()

    size = min(settings.polling_batch_size, MOST_IN_A_BATCH)
    counts = reconcile(cycle.reconciler(), batch_size=size, at_once=min(size, MOST_AT_ONCE), on_batch=batch_done)
    result = {name: counts[name] for name in COUNTED}
    log.info("renders_looked_at", job_id=work.job.id, is_away=cycle.is_away, **result)
    return _over(work, result | ({"message": AWAY} if cycle.is_away else {}))


def rules(settings: Settings) -> Rules:
    return Rules(
        interval_seconds=settings.polling_interval_minutes * 60.0,
        max_age_seconds=settings.polling_max_age_hours * 3600.0,
        has_renderer=settings.nca_base_url is not None,
    )


def _over(work: Work, result: Mapping[str, Any]) -> Outcome:
    return Outcome(result=dict(result), save=lambda: _note_end(work.job.id))


def _note_end(cycle_id: str) -> None:
    """An earlier attempt may have left a row, also if there was nothing more to do."""
    db.session.execute(update(RenderCycle).where(RenderCycle.id == cycle_id).values(ended_at=db_now()))


@dataclass(slots=True)
class Cycle:
    """One cycle. It ends where nobody has answered for whole batches (`unanswered` looks, so far), and `until` then, by
    the monotonic clock, also within a batch: what is left is due at the next, and other jobs have their turn.
    """

    id: str
    eyes: Eyes
    rules: Rules
    unanswered: int = 0
    until: float = field(default_factory=lambda: clock.monotonic() + LONGEST_SECONDS)

    @property
    def is_away(self) -> bool:
        return self.unanswered >= AWAY_AFTER

    def reconciler(self) -> Reconciler[Due, Sight, Decision]:
        return Reconciler(
            due=self._due, look=self._look, decide=self._decide, apply=self._apply, key=lambda each: each.asked.id
        )

    def _due(self, limit: int) -> Sequence[Due]:
        return [] if self.is_away or self._is_time_up() else due(limit)

    def _is_time_up(self) -> bool:
        return clock.monotonic() > self.until

    def _look(self, each: Due) -> Sight:
        if self._is_time_up():
            raise LeftOut
        if each.external_job_id is None:
            return Sight()
        return self.eyes.output_first(each.asked.id, each.external_job_id)

    def _decide(self, each: Due, sight: Sight | TransientError) -> Decision:
        return deciding.decide(each, sight, self.rules)

    def _apply(self, decided: Decided) -> Counter[str]:
        self.unanswered = self._unanswered_after(decided)
        return applying.apply(self.id, decided)

    def _unanswered_after(self, decided: Decided) -> int:
        """Nobody was asked about what the renderer has not taken, which says nothing of who answers."""
        looked = [decision for due, decision in decided if due.external_job_id is not None]
        is_answered = any(not decision.is_unanswered for decision in looked)
        return 0 if is_answered else self.unanswered + len(looked)
