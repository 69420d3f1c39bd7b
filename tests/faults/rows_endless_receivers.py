"""Receivers of webhooks that hang, or answer without end: each is cut, and nobody else waits for them."""

import gzip
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler

from sqlalchemy import select

from clients.webhook_http import MAX_ANSWER_BYTES
from extensions import db, db_now
from models import WebhookDelivery, WebhookTry
from services.webhooks.delivery import Deliverer
from services.webhooks.leases import PER_ENDPOINT
from tests.faults.catalogue import row
from tests.faults.kit import Kit
from tests.faults.outcome import Outcome
from tests.faults.webhooks_alone import alone, endpoint_at, fresh, ids_of
from tests.servers.sink import Answering, Received, Sink, answer, sink
from tests.waiting import wait_until
from tests.webhooks.rounds import owe

MESSAGES = 20
GIGABYTES = 10
ENDS_WITHIN_SECONDS = 18.0  # 15 for the try, and what a busy machine adds


@row("12", "a webhook's receiver drips, streams 10 GB, or sends a bomb", bound_seconds=ENDS_WITHIN_SECONDS)
def endless_receivers(kit: Kit) -> Outcome:
    with alone(kit), _sinks(len(WAYS)) as slow, sink() as good:
        named = dict(zip(WAYS, slow, strict=True))
        ids = {name: _endless(receiver, WAYS[name]) for name, receiver in named.items()}
        healthy, _ = endpoint_at(good.url)
        began, deliverer, waits, busiest = time.monotonic(), Deliverer(), [], Counter[int]()
        deliverer.deliver_due()
        for _ in range(MESSAGES):
            owe(fresh(healthy.id))
            asked, had = time.monotonic(), len(good.received)
            deliverer.deliver_due()
            busiest |= _under_way()
            wait_until(lambda had=had: len(good.received) > had, "the good one is told")  # type: ignore[misc] # bound now
            waits.append(time.monotonic() - asked)
        asked_at_once = {name: len(named[name].received) for name in NEVER_DONE}
        deliverer.wait(60)
        seconds = time.monotonic() - began
        breaches = [f"another endpoint waited {max(waits):.1f} s"] * (max(waits) > 2)
        breaches += _crowded(asked_at_once, busiest)
        breaches += [f"{name}: {wrong}" for name in WAYS for wrong in _wrong_tries(name, ids[name])]
        lost = MESSAGES - len(ids_of(good.received))
    note = f"other endpoints waited {max(waits):.2f} s at most"
    return Outcome(MESSAGES + len(WAYS), lost, 0, seconds, tuple(breaches), note)


def _endless(receiver: Sink, way: Answering) -> int:
    """Owe messages to a receiver of that way; its endpoint's id."""
    receiver.otherwise = way
    endpoint, _ = endpoint_at(receiver.url)
    owe(endpoint, 6)
    return endpoint.id


def _under_way() -> Counter[int]:
    """How many messages are being sent to each endpoint."""
    leased = WebhookDelivery.lease_until > db_now()
    rows = db.session.scalars(select(WebhookDelivery.endpoint_id).where(leased)).all()
    db.session.rollback()
    return Counter(rows)


def _crowded(asked_at_once: dict[str, int], busiest: Counter[int]) -> list[str]:
    """Two at once to each endpoint: those who never get done are asked twice, and nobody is asked more at a time."""
    wrong = [f"{name} was asked {n} times at once, not 2" for name, n in asked_at_once.items() if n != PER_ENDPOINT]
    most = max(busiest.values(), default=0)
    return wrong + [f"{most} messages were under way to one endpoint"] * (most > PER_ENDPOINT)


def _wrong_tries(name: str, endpoint_id: int) -> list[str]:
    """What is written down of each try is what its receiver did, cut at 15 s and 64 kB, and as it came."""
    owed = select(WebhookDelivery.id).where(WebhookDelivery.endpoint_id == endpoint_id)
    tries = db.session.scalars(select(WebhookTry).where(WebhookTry.delivery_id.in_(owed))).all()
    db.session.expunge_all()
    db.session.rollback()
    wrong = [f"{len(tries)} tries are written down"] * (len(tries) < PER_ENDPOINT)
    if name in NEVER_DONE:
        return wrong + [told for each in tries for told in _not_cut(each)]
    return wrong + [told for each in tries for told in (_not_capped if name == "stream" else _not_as_it_came)(each)]


def _not_cut(tried: WebhookTry) -> list[str]:
    told = (tried.code, tried.error, tried.answer)
    wrong = [f"it is told as {told}"] * (told != (None, "No answer came in time.", ""))
    return wrong + [f"it was cut after {tried.seconds:.1f} s"] * (not 14.5 <= tried.seconds <= ENDS_WITHIN_SECONDS)


def _not_capped(tried: WebhookTry) -> list[str]:
    is_so = (tried.code, len(tried.answer)) == (200, MAX_ANSWER_BYTES) and "longer than" in (tried.error or "")
    return [f"{len(tried.answer)} bytes were kept of it, {tried.code}, {tried.error}"] * (not is_so)


def _not_as_it_came(tried: WebhookTry) -> list[str]:
    """A bomb is kept as the few bytes that came over the line, which begin as every gzip does."""
    is_so = (tried.code, tried.error) == (200, None) and len(tried.answer) <= len(_packed())
    is_packed = tried.answer.startswith(_packed()[:3].decode("utf-8", "replace"))
    return [f"{len(tried.answer)} bytes, beginning {tried.answer[:3]!r}, {tried.error}"] * (not (is_so and is_packed))


@contextmanager
def _sinks(count: int) -> Iterator[list[Sink]]:
    if count == 0:
        yield []
        return
    with sink() as first, _sinks(count - 1) as rest:
        yield [first, *rest]


def _begin(handler: BaseHTTPRequestHandler, length: int) -> None:
    handler.send_response(200)
    handler.send_header("Content-Length", str(length))
    handler.end_headers()


def _drip(handler: BaseHTTPRequestHandler, _: Received) -> None:
    """A header of a byte a second: no single read ever times out."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    while True:
        handler.wfile.write(b".")
        time.sleep(1)


def _hang(_handler: BaseHTTPRequestHandler, _: Received) -> None:
    threading.Event().wait(30)


def _stream(handler: BaseHTTPRequestHandler, _: Received) -> None:
    _begin(handler, GIGABYTES << 30)
    while True:
        handler.wfile.write(b"x" * 65_536)


def _bomb(handler: BaseHTTPRequestHandler, request: Received) -> None:
    answer(200, _packed(), Content_Encoding="gzip")(handler, request)


@cache
def _packed() -> bytes:
    return gzip.compress(b"\0" * 50_000_000)


WAYS: dict[str, Answering] = {"drip": _drip, "hang": _hang, "stream": _stream, "bomb": _bomb}
NEVER_DONE = ("drip", "hang")
