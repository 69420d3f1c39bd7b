"""What may be done to many jobs at once, and to which of them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_

from errors import InvalidInput
from models import Job
from services.jobs import priority, states
from services.jobs.registry import not_retryable

RETRY, CANCEL, DELETE, PRIORITY = "retry", "cancel", "delete", "priority"


@dataclass(frozen=True, slots=True)
class Action:
    """`ended_before` is for what is done to jobs that are over: it spares those that end after somebody asked."""

    name: str
    verb: str
    past: str
    takes: str  # which jobs are in a state for it, for people
    states: Sequence[str]
    of_ended: bool = False
    undo_seconds: float = 0.0
    batch: int = 200  # jobs in one transaction

    def fitting(self, queue: str) -> ColumnElement[bool]:
        """A condition on `Job`: it is in a state for this. `queue` is where a change of priority leads."""
        if self.name == PRIORITY:
            return and_(priority.movable(), Job.queue != queue)
        in_state = Job.status.in_(self.states)
        return and_(in_state, Job.type.not_in(not_retryable())) if self.name == RETRY else in_state


ACTIONS = {
    action.name: action
    for action in (
        Action(
            RETRY,
            "Retry",
            "retried",
            "Only failed and canceled jobs can be retried. For footage, retry its record, or start a new session.",
            (states.FAILED, states.CANCELED),
            of_ended=True,
        ),
        Action(CANCEL, "Cancel", "canceled", "Only jobs that wait or run can be canceled.", states.LIVE),
        Action(
            DELETE,
            "Delete",
            "deleted",
            "Only jobs that are over can be deleted.",
            states.ENDED,
            of_ended=True,
            undo_seconds=10.0,
            batch=10,  # each takes its children, its history and its log along
        ),
        Action(
            PRIORITY,
            "Move",
            "moved",
            "Only jobs that wait, and stand in another queue, can be moved; parts of a larger job follow it.",
            states.LIVE,
        ),
    )
}


def action_of(name: str) -> Action:
    """:raise InvalidInput: if there is no such action."""
    try:
        return ACTIONS[name]
    except KeyError:
        raise InvalidInput(
            f"{name[:60]!r} is nothing that can be done to jobs.", details={"action": f"one of {', '.join(ACTIONS)}"}
        ) from None
