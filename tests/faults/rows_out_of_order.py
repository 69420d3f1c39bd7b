"""What is told of one thing comes in every order there is: to our receivers, and from the renderer to us."""

import itertools
import json
from collections import Counter
from collections.abc import Sequence
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from sqlalchemy import select, update

from extensions import db, db_now, transaction
from models import Job, Render, RenderEvent, Segment, WebhookDelivery
from services.jobs import claims, operations, registry, transitions
from services.jobs.claims import Claimant
from services.jobs.submit import submit
from services.library import users
from tests.faults.catalogue import row
from tests.faults.kit import Kit
from tests.faults.outcome import Outcome
from tests.faults.tasks import FAULT_TYPES
from tests.faults.webhooks_alone import alone, endpoint_at
from tests.servers.nca import API_KEY, DONE, RUNNING, Nca, NcaJob, nca
from tests.servers.sink import Sink, sink
from tests.webhooks.rounds import deliver, over_again

ENDS = ("failed", "canceled", "failed", "finished")  # of one job that is retried three times
CALLS = ("finished", "failed", "running", "repeated")
CODES = {"finished": 200, "failed": 500, "running": 202, "repeated": 200}


@row("29", "webhooks of one job arrive in every order: what is older is known by its number", short=True)
def out_of_order(kit: Kit) -> Outcome:
    """A job that really ends four times; what it owes is what the outbox wrote, sent in each order."""
    orders = list(itertools.permutations(range(len(ENDS))))
    with alone(kit), sink() as receiver, patch.dict(registry.JOB_TYPES, FAULT_TYPES):
        endpoint_at(receiver.url)
        owed, versions = _ended_again_and_again()
        breaches = _not_of_the_row(owed, versions)
        for order in orders:
            heard = _heard(receiver, [owed[place].id for place in order])
            if len(heard) != len(ENDS) or _believed(heard) != "completed":
                breaches.append(f"in the order {order} a receiver hears {len(heard)} and believes {_believed(heard)!r}")
    return Outcome(len(orders), breaches=tuple(breaches), note=f"seq {[each.seq for each in owed]}")


def _ended_again_and_again() -> tuple[list[WebhookDelivery], list[int]]:
    """The messages of a job's ends in their order, and the version that its row had at each."""
    job_id = submit("toil", owner_id=users.default_owner().id).job_id
    versions = []
    for number, status in enumerate(ENDS):
        if number:
            operations.retry(job_id)
        _end(job_id, status)
        db.session.rollback()
        versions.append(operations.get_job(job_id).version)
    db.session.rollback()
    messages = select(WebhookDelivery).where(WebhookDelivery.job_id == job_id).order_by(WebhookDelivery.id)
    owed = list(db.session.scalars(messages))
    db.session.expunge_all()
    db.session.rollback()
    return owed, versions


def _end(job_id: str, status: str) -> None:
    """By a worker, but for the one that is canceled: that is a person's, while it waits."""
    if status == "canceled":
        operations.cancel(job_id)
        return
    with transaction() as session:
        attempt = session.scalars(select(Job.attempt).where(Job.id == job_id)).one()
        claim = claims.claim(session, job_id, attempt, Claimant("fault", "fault", 45))
        assert claim is not None, f"attempt {attempt} cannot be had"
    with transaction() as session:
        if status == "failed":
            transitions.fail(session, job_id, attempt, code="fault", error="It went wrong.")
        else:
            transitions.finish(session, job_id, attempt, result={}, result_url=None, version=claim.version + 1)


def _not_of_the_row(owed: Sequence[WebhookDelivery], versions: Sequence[int]) -> list[str]:
    """Each message bears the version that its row had at that end, and each end a higher one than those before."""
    told = [json.loads(each.body) for each in owed]
    numbers = [each["seq"] for each in told]
    wrong = [f"{len(owed)} messages for {len(ENDS)} ends"] * (len(owed) != len(ENDS))
    wrong += [f"seq {numbers}, the row had {list(versions)}"] * (numbers != list(versions))
    wrong += [f"seq {numbers} does not grow"] * any(one >= other for one, other in itertools.pairwise(numbers))
    wrong += ["a message's body has another seq than its row"] * any(
        each.seq != number for each, number in zip(owed, numbers, strict=True)
    )
    statuses = [each["status"] for each in told]
    return wrong + [f"told were {statuses}"] * (statuses != ["failed", "cancelled", "failed", "completed"])


def _heard(receiver: Sink, order: Sequence[int]) -> list[dict[str, Any]]:
    """What a receiver hears if the messages go out one by one in that order."""
    receiver.received.clear()
    over_again(order)
    for delivery_id in order:
        with transaction() as session:
            session.execute(update(WebhookDelivery).where(WebhookDelivery.id == delivery_id).values(due_at=db_now()))
        deliver()
    return [json.loads(each.body) for each in receiver.received]


def _believed(heard: Sequence[dict[str, Any]]) -> str:
    """What a receiver holds true that keeps what has the highest `seq`, as docs/webhooks.md tells it to."""
    latest: dict[str, Any] = {"seq": -1, "status": ""}
    for told in heard:
        latest = told if told["seq"] > latest["seq"] else latest
    return str(latest["status"])


@row("29b", "the renderer's calls about one render arrive in every order: one of them ends it, the others nothing")
def renderer_out_of_order(kit: Kit) -> Outcome:
    """The renderer's own word is that it is done, that it has failed, or what it called last; each in each order."""
    orders = list(itertools.permutations(CALLS))
    breaches: list[str] = []
    with nca() as renderer, alone(kit, nca_base_url=renderer.url, nca_api_key=API_KEY) as app:
        users.default_owner()
        client = app.test_client()
        for word, order in itertools.product(("finished", "failed", "the last call"), orders):
            breaches += [f"{word}, {' '.join(order)}: {wrong}" for wrong in _told_in(client, renderer, word, order)]
        db.session.rollback()
        ends = Counter(db.session.scalars(select(RenderEvent.render_id).where(RenderEvent.kind == "finished")))
        db.session.rollback()
    made = 3 * len(orders)
    return Outcome(made, made - len(ends), sum(ends.values()) - len(ends), breaches=tuple(breaches))


def _told_in(client: FlaskClient, renderer: Nca, word: str, order: Sequence[str]) -> list[str]:
    target = f"part-{len(renderer.jobs)}"
    inputs = {"voice_url": "https://example.org/voice.mp3", "video_url": "https://example.org/picture.mp4"}
    body = {"operation": "combine", "target_type": "segment", "target_id": target, "inputs": inputs}
    asked = client.post("/api/renders", json=body).get_json()
    job = renderer.jobs[asked["external_job_id"]]
    conclusive = [call for call in order if call != "running"]
    expected = "failed" if (conclusive[0] if word == "the last call" else word) == "failed" else "completed"
    codes, statuses = [], []
    for call in order:
        _be_at(renderer, job, call if word == "the last call" else word)
        told = (job.told or {"job_id": job.job_id, "id": asked["render_id"]}) | {"code": CODES[call]}
        codes.append(client.post(urlsplit(job.webhook_url).path, json=told).status_code)
        statuses.append(_status(asked["render_id"]))
    moved = [status for status, _ in itertools.groupby(["processing", *statuses])]
    wrong = [f"it went {' '.join(moved)}"] * (moved != ["processing", expected])
    wrong += [f"calls were answered {sorted(set(codes))}"] * (set(codes) != {200})
    return wrong + _target_wrong(target, asked["render_id"])


def _be_at(renderer: Nca, job: NcaJob, state: str) -> None:
    """What the renderer says when it is asked back."""
    if state == "running":
        job.status, job.told = RUNNING, None
        return
    renderer.end(job, 500 if state == "failed" else 200)
    assert job.status == DONE


def _status(render_id: str) -> str:
    db.session.rollback()
    return db.session.get_one(Render, render_id, populate_existing=True).status


def _target_wrong(target_id: str, render_id: str) -> list[str]:
    """Its target is as the render is."""
    db.session.rollback()
    segment, render = db.session.get_one(Segment, target_id), db.session.get_one(Render, render_id)
    as_told = (segment.status, segment.file_url)
    wanted = ("combined", render.output_url) if render.status == "completed" else ("failed", None)
    db.session.rollback()
    return [f"its target is {as_told}, the render {render.status}"] * (as_told != wanted)
