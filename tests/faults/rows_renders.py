"""A renderer that lies, repeats itself and is overtaken, and calls that are forged: each render ends once."""

import hmac
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any, TypeVar
from unittest.mock import patch
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select, text

from errors import Unauthenticated
from extensions import DATABASE_AWAY, db
from models import Render, RenderEvent, Segment
from services.jobs.submit import submit
from services.library import users
from services.renders import finishing, start, tokens
from services.renders.outcomes import Outcome as Found
from tests.faults.catalogue import row
from tests.faults.kit import Kit, inside
from tests.faults.outcome import Outcome
from tests.faults.webhooks_alone import alone
from tests.servers.nca import API_KEY, Nca, NcaJob, nca
from tests.stack import Stack

T = TypeVar("T")

CALLS = 50
LOOKS = 10
REPEATS = 100
TRIES = 20
INPUTS = {"voice_url": "https://example.org/voice.mp3", "video_url": "https://example.org/picture.mp4"}
# What becomes of a target is counted by the database, whatever our own record says.
WATCH = (
    "CREATE TABLE taken (target_id VARCHAR(64), file_url VARCHAR(2000))",
    """CREATE TRIGGER watch_segments AFTER UPDATE OF status, file_url ON segment WHEN NEW.status = 'combined'
       BEGIN INSERT INTO taken VALUES (NEW.id, NEW.file_url); END""",
)


def patiently(deed: Callable[[], T]) -> T:
    """Try again while others of this process hold or wait for the database, as a worker's next round would."""
    for _ in range(TRIES):
        with suppress(*DATABASE_AWAY):
            return deed()
    raise AssertionError("The database could not be had.")


class Renders:
    """A Backbeat in real processes, whose renderer does as it is told."""

    def __init__(self, stack: Stack, renderer: Nca, app: Flask) -> None:
        self.stack, self.renderer, self.app = stack, renderer, app
        self.made: dict[str, NcaJob] = {}  # by render
        with stack.engine.begin() as connection:
            for statement in WATCH:
                connection.execute(text(statement))

    def ask(self) -> tuple[str, NcaJob]:
        body = {"operation": "combine", "target_type": "segment", "target_id": f"part-{len(self.made)}"}
        answer = self.stack.post("/api/renders", **body, inputs=INPUTS)
        job = self.renderer.jobs[answer["external_job_id"]]
        self.made[answer["render_id"]] = job
        return answer["render_id"], job

    def look(self, render_id: str) -> None:
        """By a worker."""
        submitted = patiently(lambda: submit(start.TEND_RENDER, target_type=start.RENDER, target_id=render_id))
        self.stack.ended(submitted.job_id)

    def found(self, render_id: str, url: str) -> bool:
        """By somebody who has seen the output."""
        with self.app.app_context():
            return patiently(lambda: finishing.finish(render_id, "poll", Found("completed", output_url=url)))

    def status(self, render_id: str) -> str:
        return str(self.stack.rows("SELECT status FROM render WHERE id = :id", id=render_id)[0][0])

    def outcome(self, breaches: list[str], note: str) -> Outcome:
        """Each render completed, with its target, once; and asked for once."""
        done = self.stack.rows(
            "SELECT r.id FROM render r JOIN segment s ON s.id = r.target_id "
            "WHERE r.status = 'completed' AND s.status = 'combined' AND s.file_url = r.output_url"
        )
        taken = Counter(target for (target,) in self.stack.rows("SELECT target_id FROM taken"))
        ended = Counter(each for (each,) in self.stack.rows("SELECT render_id FROM render_event WHERE kind='finished'"))
        asked = Counter(str(job.body["id"]) for job in self.renderer.jobs.values() if "id" in job.body)
        doubled = sum(n - 1 for counts in (taken, ended, asked) for n in counts.values())
        return Outcome(len(self.made), len(self.made) - len(done), doubled, breaches=tuple(breaches), note=note)


@row("28", "a renderer lies, or calls when looking has been quicker, or 50 times at once: one end, one effect")
def lying_renderer(kit: Kit) -> Outcome:
    breaches: list[str] = []
    with nca() as renderer, _stack(kit, renderer) as stack, inside(stack) as app:
        renders = Renders(stack, renderer, app)
        for _ in range(kit.tries):
            breaches += _call_then_look(renders) + _look_then_call(renders) + _crowd(renders)
            breaches += _forged(renders) + _done_then_failed(renders)
        return renders.outcome(breaches, f"{CALLS} calls, {LOOKS} looks and a worker at once")


@contextmanager
def _stack(kit: Kit, renderer: Nca) -> Iterator[Stack]:
    with kit.stack(NCA_BASE_URL=renderer.url, NCA_API_KEY=API_KEY, WEB_PROCESSES="4") as stack:
        yield stack


def _call_then_look(renders: Renders) -> list[str]:
    render_id, job = renders.ask()
    renders.renderer.end(job)
    codes = [renders.renderer.call(job).status_code]
    renders.look(render_id)
    return _wrong(renders, render_id, codes, "called first", found_by="webhook", kinds={"finished": 1, "late": 1})


def _look_then_call(renders: Renders) -> list[str]:
    render_id, job = renders.ask()
    renders.renderer.end(job)
    renders.look(render_id)
    codes = [renders.renderer.call(job).status_code]
    return _wrong(renders, render_id, codes, "looked first", found_by="poll", kinds={"finished": 1, "late": 1})


def _crowd(renders: Renders) -> list[str]:
    render_id, job = renders.ask()
    renders.renderer.end(job)
    barrier = threading.Barrier(CALLS + LOOKS + 1)

    def together(deed: Callable[[], Any]) -> Any:
        barrier.wait(60)
        return deed()

    calls: list[Callable[[], Any]] = [lambda: renders.renderer.call(job).status_code] * CALLS
    looks: list[Callable[[], Any]] = [lambda: renders.found(render_id, "https://example.org/seen.mp4")] * LOOKS
    with ThreadPoolExecutor(CALLS + LOOKS + 1) as pool:
        by_worker = pool.submit(together, lambda: _in_context(renders, render_id))
        answers = list(pool.map(together, calls + looks))
        by_worker.result(120)
    wrong = _wrong(renders, render_id, answers[:CALLS], "a crowd", kinds={"finished": 1})
    return wrong + [f"{sum(answers[CALLS:])} looks ended it"] * (sum(answers[CALLS:]) > 1)


def _in_context(renders: Renders, render_id: str) -> None:
    with renders.app.app_context():
        renders.look(render_id)


def _forged(renders: Renders) -> list[str]:
    """With a good address: of another's job, of none, and that it is done while the renderer is at it."""
    render_id, job = renders.ask()
    renderer = renders.renderer
    foreign = renderer.take(job.endpoint, {})
    told = renderer.end(foreign) | {"id": render_id}
    lie = told | {"job_id": job.job_id}
    renderer.run(job)
    codes = [renderer.call(job, each).status_code for each in (told, told | {"job_id": "none"}, lie)]
    wrong = [f"a forged call made it {renders.status(render_id)}"] * (renders.status(render_id) != "processing")
    renderer.end(job)
    codes.append(renderer.call(job).status_code)
    kinds = {"unknown": 2, "contradicted": 1, "finished": 1}
    return wrong + _wrong(renders, render_id, codes, "forged", found_by="webhook", kinds=kinds)


def _done_then_failed(renders: Renders) -> list[str]:
    render_id, job = renders.ask()
    renders.renderer.end(job)
    codes = [renders.renderer.call(job).status_code]
    renders.renderer.end(job, 500, "after all")
    codes.append(renders.renderer.call(job).status_code)
    renders.look(render_id)
    flagged = renders.stack.rows("SELECT is_contradicted FROM render WHERE id = :id", id=render_id)[0][0]
    wrong = _wrong(renders, render_id, codes, "done, then failed", kinds={"finished": 1, "contradicted": 2})
    return wrong + ["what contradicted an end is not flagged"] * (not flagged)


def _wrong(
    renders: Renders, render_id: str, codes: list[int], what: str, *, kinds: dict[str, int], found_by: str = ""
) -> list[str]:
    columns = "SELECT status, found_by FROM render WHERE id = :id"
    status, by = renders.stack.rows(columns, id=render_id)[0]
    told = Counter(k for (k,) in renders.stack.rows("SELECT kind FROM render_event WHERE render_id=:id", id=render_id))
    wrong = [f"{what}: calls were answered {sorted(set(codes))}"] * (set(codes) != {200})
    wrong += [f"{what}: it is {status}"] * (status != "completed")
    wrong += [f"{what}: it was found by {by}"] * (found_by not in {"", by})
    return wrong + [f"{what}: {told[kind]} were {kind}, not {n}" for kind, n in kinds.items() if told[kind] != n]


@row(
    "38", "the renderer's calls forged, replayed 100 times, and of unknown jobs: refused, or without effect", short=True
)
def forged_calls(kit: Kit) -> Outcome:
    breaches: list[str] = []
    with nca() as renderer, alone(kit, nca_base_url=renderer.url, nca_api_key=API_KEY) as app:
        users.default_owner()
        client = app.test_client()
        first = _combined(client, renderer)
        breaches += _bad_tokens(client, renderer, first)
        breaches += _told_again(client, renderer, first)
        second = _combined(client, renderer)
        breaches += _of_an_earlier_render(client, renderer, first, second)
        breaches += _of_unknown_jobs(client, second)
        breaches += _another_way_for_strangers(second)
        db.session.rollback()
        ends = db.session.scalar(select(func.count()).where(RenderEvent.kind == "finished")) or 0
    return Outcome(3 * REPEATS, doubled=ends - 2, breaches=tuple(breaches), note="timing: by structure, not by clock")


def _combined(client: FlaskClient, renderer: Nca) -> NcaJob:
    """A render of the one segment, done and told of."""
    body = {"operation": "combine", "target_type": "segment", "target_id": "part", "inputs": INPUTS}
    job = renderer.jobs[client.post("/api/renders", json=body).get_json()["external_job_id"]]
    renderer.end(job)
    client.post(urlsplit(job.webhook_url).path, json=job.told)
    return job


def _state() -> list[Any]:
    """All that calls could change, but for what is written down of them."""
    db.session.rollback()
    renders = select(Render.id, Render.status, Render.output_url, Render.finished_at).order_by(Render.id)
    segments = select(Segment.id, Segment.status, Segment.file_url, Segment.updated_at)
    found = [*db.session.execute(renders).all(), *db.session.execute(segments).all()]
    db.session.rollback()
    return found


def _events() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count(RenderEvent.id))) or 0


def _bad_tokens(client: FlaskClient, renderer: Nca, job: NcaJob) -> list[str]:
    before, events, looks = _state(), _events(), len(renderer.looks)
    path = urlsplit(job.webhook_url).path
    forged = [f"{path[:-1]}{chr(65 + n % 26)}{n}" for n in range(REPEATS)]
    answers = [client.post(each, json=job.told) for each in forged]
    wrong = ["a forged address was not answered 401"] * any(each.status_code != 401 for each in answers)
    wrong += ["forged addresses were not answered alike"] * (len({each.get_data() for each in answers}) != 1)
    is_changed = (_state(), _events(), len(renderer.looks)) != (before, events, looks)
    return wrong + ["a forged address had an effect"] * is_changed


def _told_again(client: FlaskClient, renderer: Nca, job: NcaJob) -> list[str]:
    before, looks = _state(), len(renderer.looks)
    codes = {client.post(urlsplit(job.webhook_url).path, json=job.told).status_code for _ in range(REPEATS)}
    wrong = [f"the same call again was answered {sorted(codes)}"] * (codes != {200})
    return wrong + ["the same call again had an effect"] * ((_state(), len(renderer.looks)) != (before, looks))


def _of_an_earlier_render(client: FlaskClient, renderer: Nca, first: NcaJob, second: NcaJob) -> list[str]:
    """The toolkit's calls bear no time: what is old is told by its token and job, and changes what is new no more."""
    before = _state()
    crossed = (first.told or {}) | {"id": second.body["id"]}
    codes = {client.post(urlsplit(first.webhook_url).path, json=first.told).status_code}
    codes |= {client.post(urlsplit(second.webhook_url).path, json=crossed).status_code}
    return ["an old call had an effect"] * (_state() != before or codes != {200})


def _of_unknown_jobs(client: FlaskClient, job: NcaJob) -> list[str]:
    before, path = _state(), urlsplit(job.webhook_url).path
    told = [(job.told or {}) | {"job_id": f"no-such-{n}", "id": None, "code": 200 + n % 400} for n in range(REPEATS)]
    codes = {client.post(path, json=each).status_code for each in told}
    wrong = [f"calls of unknown jobs were answered {sorted(codes)}"] * (codes != {200})
    return wrong + ["a call of an unknown job had an effect"] * (_state() != before)


def _another_way_for_strangers(job: NcaJob) -> list[str]:
    """A stranger's token costs the same statements and one comparison of the same length as a good one."""
    good = job.webhook_url.rpartition("/")[2]
    ways = [_way_of(token) for token in (good, good[::-1], "x")]
    return ["who has no good token is dealt with in another way"] * any(way != ways[0] for way in ways)


def _way_of(token: str) -> list[Any]:
    way: list[Any] = []
    real = hmac.compare_digest

    def compare(one: str, other: str) -> bool:
        way.append((len(one), len(other)))
        return real(one, other)

    def note(_c: Any, _cursor: Any, statement: str, *_: Any) -> None:
        way.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        with patch.object(hmac, "compare_digest", compare):
            tokens.bearer_of(token)
    except Unauthenticated:
        return way
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return way
