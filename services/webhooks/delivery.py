"""The janitor's duty that sends what is owed: lease, POST outside any transaction, note what came of it.

Whoever dies between POST and note leaves a lease that runs out, and the message is sent again with the same
`webhook-id`: each is delivered at least once.
"""

import threading
from collections.abc import Callable

import structlog
from flask import Flask, current_app
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_fixed

import clock
import crashpoints
from clients import webhook_http
from clients.webhook_http import Answer
from errors import BackbeatError
from extensions import DATABASE_AWAY, current_settings, db, redis
from services.webhooks import leases, outcomes, secrets, signing
from services.webhooks.leases import Taken
from store.counters import Counters

log = structlog.get_logger(__name__)

PLACES = 32  # messages under way at once, in one janitor
NOTE_WITHIN_SECONDS = 8.0  # a database that is busy for longer finds the lease run out


class Deliverer:
    """Sends what is due, each message in a thread of its own, so that no receiver holds another's messages up."""

    def __init__(self, *, places: int = PLACES) -> None:
        self._places = places
        self._threads: set[threading.Thread] = set()
        # One writes at a time: many that end at once would else stand in each other's way at the database.
        self._noting = threading.Lock()

    def deliver_due(self) -> int:
        """Begin with as many as there are places for; how many that were. It does not wait for any of them."""
        self._threads = {thread for thread in self._threads if thread.is_alive()}
        room = self._places - len(self._threads)
        taken = leases.take_due(room, self._places) if room else []
        app = current_app._get_current_object()  # type: ignore[attr-defined] # a thread has no context of its own
        for each in taken:
            thread = threading.Thread(target=self._send, args=(app, each), name="webhook", daemon=True)
            self._threads.add(thread)
            thread.start()
        return len(taken)

    def wait(self, within_seconds: float) -> None:
        """Let what is under way come to its end; what does not is sent again when its lease has run out."""
        ends_at = clock.monotonic() + within_seconds
        for thread in self._threads:
            thread.join(max(0.0, ends_at - clock.monotonic()))

    def _send(self, app: Flask, taken: Taken) -> None:
        with app.app_context():
            try:
                answer = try_once(taken)
                crashpoints.reached("C9")
                self._note(taken, answer)
            except SQLAlchemyError as e:
                log.warning("webhook_not_noted", delivery_id=taken.id, error=str(e))
            except Exception:  # a thread has nobody above it who would tell
                log.exception("webhook_not_sent", delivery_id=taken.id)
            finally:
                db.session.remove()

    def _note(self, taken: Taken, answer: Answer) -> None:
        retrying = Retrying(
            retry=retry_if_exception_type(DATABASE_AWAY),
            stop=stop_after_delay(NOTE_WITHIN_SECONDS),
            wait=wait_fixed(0.2),
            reraise=True,
        )
        with self._noting:
            outcome: str = retrying(outcomes.note, taken, answer)
        log.info("webhook_tried", delivery_id=taken.id, outcome=outcome, code=answer.code)
        _count(outcome)


def try_once(taken: Taken, *, now: Callable[[], float] = clock.now) -> Answer:
    """Sign the message with what signs now, and send it once."""
    at = now()
    try:
        in_force = secrets.in_force(taken.secret, taken.old_secret, taken.old_secret_until, at)
    except BackbeatError as e:
        return Answer(0.0, error=e.message)
    headers = signing.headers(taken.message_id, at, taken.body, in_force)
    return webhook_http.post(taken.url, taken.body, headers, allow_private=current_settings().webhook_allow_private)


def _count(outcome: str) -> None:
    try:
        Counters(redis.client).add({("webhook_tries", outcome): 1.0})
    except RedisError as e:
        log.debug("webhook_not_counted", error=str(e))
