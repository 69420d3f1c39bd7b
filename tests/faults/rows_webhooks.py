"""Receivers of webhooks that fail, and who sends dying at it."""

import json
import time
from collections.abc import Sequence

from standardwebhooks import Webhook, WebhookVerificationError

from models import WebhookEndpoint
from services.jobs.submit import submit
from services.library import users
from services.webhooks import deliveries, endpoints, secrets
from services.webhooks.backoff import DAY, GAPS_SECONDS, JITTER
from services.webhooks.leases import LEASE_SECONDS
from tests.faults.catalogue import row
from tests.faults.kit import Kit, inside
from tests.faults.outcome import Outcome
from tests.faults.rows_crash_points import lit
from tests.faults.rows_two_janitors import second_janitor
from tests.faults.webhooks_alone import alone, endpoint_at, fresh, ids_of
from tests.servers.sink import Received, Sink, answer, sink
from tests.stack import Stack
from tests.waiting import wait_until
from tests.webhooks.rounds import deliver, deliver_all, owe, pass_time

MESSAGES = 20
STATE = "SELECT count(*) FROM webhook_delivery WHERE state <> 'delivered'"


@row("11", "a webhook's receiver answers 500, 429 and 410; each message arrives once it is back", short=True)
def failing_receiver(kit: Kit) -> Outcome:
    breaches: list[str] = []
    with alone(kit), sink() as receiver:
        endpoint, secret = endpoint_at(receiver.url)
        owed = {deliveries.get(each).message.message_id for each in owe(endpoint, MESSAGES)}
        receiver.otherwise = answer(500)
        for _ in range(60):  # an hour
            deliver_all()
            pass_time(60)
        receiver.received.clear()
        receiver.otherwise = answer()
        pass_time(3 * 3600)
        deliver_all()
        came = [each.message_id for each in receiver.received]
        breaches += _unverified(receiver.received, secret)
        breaches += _late_tries(receiver, endpoint)
        breaches += _asked_to_wait(receiver, endpoint)
        breaches += _switched_off(receiver, endpoint)
    return Outcome(
        len(owed),
        lost=len(owed - set(came)),
        doubled=len(came) - len(set(came)),
        breaches=tuple(breaches),
        note="an hour of 500s",
    )


def _unverified(received: Sequence[Received], secret: str) -> list[str]:
    """The clock stands still while instants are moved, so that no timestamp is old."""
    wrong = []
    for each in received:
        try:
            Webhook(secret).verify(each.body, each.headers)
        except WebhookVerificationError as e:
            wrong.append(f"the reference library refuses a message: {e}")
    return wrong


def _late_tries(receiver: Sink, endpoint: WebhookEndpoint) -> list[str]:
    """Each try of one message comes when the schedule says, within its jitter."""
    receiver.otherwise = answer(500)
    (delivery_id,) = owe(fresh(endpoint.id))
    wrong = []
    for gap in GAPS_SECONDS:
        deliver()
        message = deliveries.get(delivery_id).message
        waits = message.due_at - deliveries.get(delivery_id).tries[0].at
        if not gap * (1 - JITTER) - 1 <= waits <= gap + 5:
            wrong.append(f"try {message.tries} is followed by {waits:.0f} s, allowed are {gap:g} less a tenth")
        pass_time(gap)
    deliver()
    state = deliveries.get(delivery_id).message.state
    return wrong if state == "failed" else [*wrong, f"after ten tries its state is {state}"]


def _asked_to_wait(receiver: Sink, endpoint: WebhookEndpoint) -> list[str]:
    """429 with Retry-After: not before, though it was due."""
    endpoints.change(endpoint.id, enabled=False, actor="fault")
    endpoints.change(endpoint.id, enabled=True, actor="fault")
    receiver.otherwise = answer(429, Retry_After="600")
    owe(fresh(endpoint.id))
    deliver()
    pass_time(590)
    early = deliver()
    receiver.otherwise = answer()
    pass_time(15)
    then = deliver_all()
    return [f"asked to wait 600 s, it came {early} times before and {then} after"] * ((early, then) != (0, 1))


def _switched_off(receiver: Sink, endpoint: WebhookEndpoint) -> list[str]:
    wrong = []
    receiver.otherwise = answer(410)
    owe(fresh(endpoint.id), 3)
    deliver_all()
    if fresh(endpoint.id).disabled_at is None or deliver():
        wrong.append("410 did not switch it off")
    endpoints.change(endpoint.id, enabled=True, actor="fault")
    receiver.otherwise = answer(500)
    for _ in range(5):
        owe(fresh(endpoint.id))
        deliver_all()
        pass_time(DAY)
    (last,) = owe(fresh(endpoint.id))
    deliver_all()
    if endpoints.switched_off_by_us(endpoint.owner_id) != 1:
        wrong.append("five days of failure did not switch it off")
    endpoints.change(endpoint.id, enabled=True, actor="fault")
    receiver.otherwise = answer()
    deliveries.redeliver(last, actor="fault")
    deliver_all()
    state = deliveries.get(last).message.state
    return wrong if state == "delivered" else [*wrong, f"sent again by hand, its state is {state}"]


@row("42", "a webhook's secret is replaced: both sign for a day, then the new one alone", short=True)
def rotation(kit: Kit) -> Outcome:
    breaches = []
    with alone(kit), sink() as receiver:
        endpoint, first = endpoint_at(receiver.url)
        _, second = endpoints.rotate(endpoint.id, actor="fault")
        told = []
        for wait_seconds in (0.0, secrets.OVERLAP_SECONDS - 60, 120.0):
            pass_time(wait_seconds)
            owe(fresh(endpoint.id))
            deliver()
            told.append([not _unverified(receiver.received[-1:], secret) for secret in (first, second)])
        if told != [[True, True], [True, True], [False, True]]:
            breaches.append(f"the old and the new secret verify {told}")
    return Outcome(len(told), breaches=tuple(breaches))


@row("11b", "the janitor is killed between a webhook's POST and the note of it", bound_seconds=LEASE_SECONDS + 15)
def killed_in_between(kit: Kit) -> Outcome:
    with kit.stack(WEBHOOK_ALLOW_PRIVATE="true") as stack, inside(stack), sink() as receiver:
        _, secret = endpoint_at(receiver.url)
        with lit(stack, "C9"):
            jobs = [submit("toil", owner_id=users.default_owner().id).job_id for _ in range(MESSAGES)]
            for job_id in jobs:
                stack.ended(job_id)
        died = time.monotonic()
        wait_until(lambda: stack.rows(STATE) == [(0,)], "all are delivered", within_seconds=90)
        seconds = time.monotonic() - died
        told = {json.loads(each.body)["job_id"] for each in receiver.received}
        breaches = _unverified(receiver.received, secret)
    again = len(receiver.received) - len(ids_of(receiver.received))
    breaches += [f"{len(ids_of(receiver.received))} ids for {len(jobs)} messages"] * (
        len(ids_of(receiver.received)) != len(jobs)
    )
    note = f"{again} sent again with the same webhook-id"
    return Outcome(len(jobs), len(set(jobs) - told), 0, seconds, tuple(breaches), note)


@row("11c", "two janitors deliver the same webhooks")
def two_deliver(kit: Kit) -> Outcome:
    with kit.stack(WEBHOOK_ALLOW_PRIVATE="true") as stack, inside(stack), sink() as receiver, second_janitor(stack):
        for number in range(10):
            owe(endpoint_at(f"{receiver.url}/{number}")[0], MESSAGES)
        _all_delivered(stack)
    ids = ids_of(receiver.received)
    return Outcome(10 * MESSAGES, 10 * MESSAGES - len(ids), len(receiver.received) - len(ids))


def _all_delivered(stack: Stack) -> None:
    wait_until(lambda: stack.rows(STATE) == [(0,)], "all are delivered", within_seconds=90)
