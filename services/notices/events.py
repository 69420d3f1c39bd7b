"""What people can be told of, in words."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.webhooks.outbox import JOB_CANCELED, JOB_FAILED, JOB_FINISHED

WEBHOOK_OFF, ALERT, TEST = "webhook.disabled", "alert", "test"


@dataclass(frozen=True, slots=True)
class Event:
    """`one` stands alone, `counted` follows a number, for one and for many; `kind` is Apprise's."""

    label: str
    one: str
    counted: tuple[str, str]
    kind: str


EVENTS: Mapping[str, Event] = {
    JOB_FINISHED: Event("A job of mine has finished", "a job has finished", ("finished", "finished"), "success"),
    JOB_FAILED: Event("A job of mine has failed", "a job has failed", ("failed", "failed"), "failure"),
    JOB_CANCELED: Event("A job of mine was canceled", "a job was canceled", ("canceled", "canceled"), "warning"),
    WEBHOOK_OFF: Event(
        "A webhook of mine was switched off",
        "a webhook was switched off",
        ("webhook switched off", "webhooks switched off"),
        "failure",
    ),
    ALERT: Event("", "an alert", ("alert", "alerts"), "warning"),
    TEST: Event("", "a test", ("test", "tests"), "info"),
}
# What people choose from; alerts come by operators' rules, tests by a button.
CHOSEN = tuple(name for name, event in EVENTS.items() if event.label)
_WORST_FIRST = ("failure", "warning", "success", "info")


def worst_kind(events: set[str]) -> str:
    return min((EVENTS[name].kind for name in events), key=_WORST_FIRST.index)
