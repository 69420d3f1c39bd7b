"""What a step takes up: a piece of footage or one of its frames, as the rest of the poller speaks of either."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, null, select, update
from sqlalchemy.orm import Session

from errors import NotFound
from extensions import db_now
from models import Footage, Frame
from services.footage import moves
from services.footage.moves import Cause
from services.footage.reads import FOOTAGE, FRAME
from services.footage.steps import BY_NAME, FRAME_JOB_TYPE, PROCESS_FRAMES, PipelineStep


class Standing(NamedTuple):
    """Where a target stands just now; `position` is null for footage itself."""

    footage_id: str
    position: int | None
    status: str
    failures: int


@dataclass(frozen=True, slots=True)
class Target:
    """`kind` and `key` are the target of its jobs: `footage` and `AF0001`, or `frame` and a number."""

    kind: str
    key: str

    @property
    def is_frame(self) -> bool:
        return self.kind == FRAME

    def standing(self, session: Session) -> Standing | None:
        """Where it stands, held until the transaction ends; None if it is gone."""
        if self.is_frame:
            wanted = select(Frame.footage_id, Frame.position, Frame.status, Frame.failures)
        else:
            wanted = select(Footage.id, null(), Footage.status, Footage.failures)
        row = session.execute(wanted.where(self._is_it()).with_for_update(key_share=True)).one_or_none()
        return None if row is None else Standing(*row)

    def move(
        self,
        session: Session,
        from_status: str,
        to_status: str,
        cause: Cause,
        values: Mapping[str, Any] | None = None,
    ) -> bool:
        """As `moves.move_footage` and `moves.move_frame`."""
        if self.is_frame:
            return moves.move_frame(session, int(self.key), from_status, to_status, cause, values)
        return moves.move_footage(session, self.key, from_status, to_status, cause, values)

    def write(self, session: Session, values: Mapping[str, Any]) -> None:
        """Change its row without moving it."""
        changes = {**values, "updated_at": db_now()}
        statement = update(Frame if self.is_frame else Footage).where(self._is_it()).values(changes)
        session.execute(statement.execution_options(synchronize_session=False))

    def statuses(self, step: PipelineStep) -> tuple[str, ...]:
        """Where a step takes up what is like it."""
        return step.frames_at if self.is_frame else step.footage_at

    def work_of(self, step: PipelineStep) -> str:
        """The dotted path of what the step does with it."""
        path = step.of_frame if self.is_frame else step.of_footage
        if path is None:
            raise NotFound(f"The step {step.name} has no frames.")
        return path

    def argument(self) -> str | int:
        """What that function is called with."""
        return int(self.key) if self.is_frame else self.key

    def _is_it(self) -> ColumnElement[bool]:
        return Frame.id == int(self.key) if self.is_frame else Footage.id == self.key


def job_type_of(step: PipelineStep, kind: str) -> str:
    """The type of the job that does a step with footage, or with a frame."""
    return FRAME_JOB_TYPE if kind == FRAME else step.job_type


def step_of_job(type_name: str) -> PipelineStep:
    """:raise NotFound: if jobs of that type are no step's."""
    if type_name == FRAME_JOB_TYPE:
        return BY_NAME[PROCESS_FRAMES]
    for step in BY_NAME.values():
        if step.job_type == type_name:
            return step
    raise NotFound(f"Jobs of the type {type_name[:60]!r} are no step of footage.")


def job_types() -> list[str]:
    """The types of all jobs that do steps."""
    return [*(step.job_type for step in BY_NAME.values()), FRAME_JOB_TYPE]


__all__ = ["FOOTAGE", "FRAME", "Standing", "Target", "job_type_of", "job_types", "step_of_job"]
