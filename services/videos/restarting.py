"""Starting one video that was found stuck, once, whoever else is at it at the same moment."""

import os
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from errors import BackbeatError, NotFound
from extensions import db, transaction
from models import Job, Video
from services import resumable
from services.upload_files import Locked, locked
from services.videos import candidates, runs, states
from services.videos.candidates import Candidate, Unmade
from services.videos.recovery_report import FAILED, SKIPPED, TRIGGERED, Line, line_of
from services.videos.stuck import ACTIVE_RUN, NOT_WAITING, UPLOAD_IN_PROGRESS, Rule, why_not_stuck
from services.videos.upload_sight import Sight

TAG = "recovery"
NO_PATIENCE_SECONDS = 0.0

Note = Callable[[Session, Line], None]


@dataclass(frozen=True, slots=True)
class Restarter:
    """`note` writes down what was started, in the transaction that starts it where that is ours."""

    by: str
    rule: Rule
    note: Note

    def restart(self, seen: Candidate, sight: Sight) -> Line:
        """Have a video that was found stuck processed. What is in the way is told, and holds up no other."""
        try:
            if seen.upload is None or sight.bytes_here is None:
                return self._start(seen)
            return self._with_its_file(seen, seen.upload, sight)
        except Locked:
            return line_of(seen, SKIPPED, UPLOAD_IN_PROGRESS)
        except BackbeatError as e:
            db.session.rollback()
            return line_of(seen, FAILED, e.message)

    def _with_its_file(self, seen: Candidate, upload: Unmade, sight: Sight) -> Line:
        """:raise Locked: if somebody writes to it. :raise NotFound: if it is gone by now."""
        with locked(resumable.path_of(upload.upload_id), NO_PATIENCE_SECONDS) as file:
            if os.fstat(file).st_size != sight.bytes_here:
                return line_of(seen, SKIPPED, UPLOAD_IN_PROGRESS)
            if sight.is_whole:
                return self._hand_over(seen, upload)
            # A run of what stands still finds it incomplete and says so; a further piece brings the video back.
            return self._start(seen)

    def _hand_over(self, seen: Candidate, upload: Unmade) -> Line:
        """Do what was not done after the last piece, which promises the video's run unless it has one."""
        is_made = resumable.get_upload(upload.upload_id).made_id is not None
        last_run = select(Video.job_id).where(Video.id == seen.video_id)
        before = db.session.scalar(last_run)
        db.session.rollback()
        if is_made:
            return self._no_longer(seen)
        resumable.finish(upload.upload_id)
        with transaction() as session:
            job_id = session.scalar(last_run)
            if is_ours := job_id != before:
                session.execute(update(Job).where(Job.id == job_id).values(tags=[TAG]))
                line = line_of(seen, TRIGGERED, job_id=job_id)
                self.note(session, line)
        return line if is_ours else self._no_longer(seen)

    def _start(self, seen: Candidate) -> Line:
        still = runs.StillStuck(self.rule.stuck_after_seconds, self.rule.recent_run_seconds)
        try:
            with transaction() as session:
                promised = runs.promise_within(session, seen.video_id, states.WAITING, tags=(TAG,), only_if=still)
                if promised is not None:
                    line = line_of(seen, TRIGGERED, job_id=promised.job_id)
                    self.note(session, line)
        except IntegrityError:  # somebody else has promised it at this moment
            promised = None
        if promised is None:
            return self._no_longer(seen)
        runs.ring(promised, seen.video_id, self.by)
        return line

    def _no_longer(self, seen: Candidate) -> Line:
        """Somebody was faster: why it is not stuck now."""
        try:
            now = candidates.one(seen.video_id)
        except NotFound:
            return line_of(seen, SKIPPED, NOT_WAITING)
        # Whoever was faster has made a run of it; that may be over by now, and in which way does not matter here.
        reason = why_not_stuck(now.facts, now.seen_at, self.rule) or ACTIVE_RUN
        return replace(line_of(seen, SKIPPED, reason), job_id=now.live_job_id)
