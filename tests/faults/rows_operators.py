"""People who cancel and retry at the worst moments."""

import threading
import time
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from random import Random

from sqlalchemy import update

from extensions import db_now, transaction
from models import Job
from services.jobs import pauses, states
from services.jobs.submit import submit
from tests.faults import effects
from tests.faults.catalogue import row
from tests.faults.kit import Kit, inside
from tests.faults.outcome import Outcome
from tests.stack import Stack
from tests.waiting import wait_until

DEAF_SECONDS = 6
RACES, RACE_SECONDS = 24, 0.3
STOPS_WITHIN_SECONDS = 5.0
HARD_STOP_SECONDS = 15.0

Answer = tuple[int, str]  # the code, and the job's status as told
Answers = dict[str, list[Answer]]  # by job, or by what was tried
# A running job that was past its last look may finish after all; whatever else was told must hold.
ENDS_ALLOWED: dict[Answer, tuple[str, ...]] = {
    (200, states.CANCELED): (states.CANCELED,),
    (200, states.STARTED): (states.CANCELED, states.FINISHED),
    (200, states.FINISHED): (states.FINISHED,),  # it was asked to stop, and had ended when that was answered
    (409, states.FINISHED): (states.FINISHED,),
    (409, states.FAILED): (states.FAILED,),
}

# What the first and the second DELETE are told, and how it is left.
DELETED: Answers = {
    "in line": [(200, "cancelled"), (409, "cancelled")],
    "running": [(202, "running"), (409, "cancelled")],
    "over": [(409, "completed"), (409, "completed")],
}
LEFT_AS = {"in line": states.CANCELED, "running": states.CANCELED, "over": states.FINISHED}


@row("30", "job taken over, or retried, while it still runs", bound_seconds=20, short=True)
def taken_over_alive(kit: Kit) -> Outcome:
    """The old attempt goes on to its end, in code that hears of nothing, and changes nothing there."""
    breaches = []
    with kit.shared_stack() as stack, inside(stack):
        job_id = submit("sit_deaf", params={"seconds": DEAF_SECONDS}).job_id
        wait_until(lambda: _status(stack, job_id) == states.STARTED, "it runs", within_seconds=60)
        begun = time.monotonic()
        if (code := _post(stack, f"/api/jobs/{job_id}/retry")) != 409:
            breaches.append(f"a retry while it runs was answered {code}")
        wait_until(lambda: _take_away(stack, job_id), "it is taken over", within_seconds=60)
        taken = time.monotonic()
        wait_until(lambda: _status(stack, job_id) == states.FINISHED, "the new attempt ends", within_seconds=60)
        seconds = time.monotonic() - taken
        left = stack.rows("SELECT attempt, version, result FROM job WHERE id = :id", id=job_id)
        time.sleep(max(0.0, begun + DEAF_SECONDS + 2 - time.monotonic()))  # the old one has come to its end
        if stack.rows("SELECT attempt, version, result FROM job WHERE id = :id", id=job_id) != left:
            breaches.append("the old attempt has changed the row")
        written = effects.by_job(stack.engine)[job_id]
    return Outcome(1, int(written == 0), max(0, written - 1), seconds, tuple(breaches))


def _take_away(stack: Stack, job_id: str) -> bool:
    """Let its lease run out, again and again if it shows a sign of life; whether another attempt was made."""
    with transaction() as session:
        ours = (Job.id == job_id, Job.attempt == 1, Job.status == states.STARTED)
        session.execute(update(Job).where(*ours).values(lease_until=db_now() - 1))
    return int(stack.rows("SELECT attempt FROM job WHERE id = :id", id=job_id)[0][0]) > 1


@row(
    "34",
    "cancel: in line, running, twice, when over, racing with the end",
    bound_seconds=STOPS_WITHIN_SECONDS,
    short=True,
)
def canceled(kit: Kit) -> Outcome:
    with kit.shared_stack() as stack, inside(stack):
        breaches = [*_in_line(stack), *_twice(stack), *_when_over(stack)]
        seconds = _running(stack, "hold", {"until": str(kit.fresh("never"))})
        races = _races(stack, Random(kit.seed))
        lost, doubled, broken = _not_as_told(stack, races)
        told = Counter(answer for answers in races.values() for answer in answers)
    note = "races: " + ", ".join(f"{number} times {code} {status}" for (code, status), number in sorted(told.items()))
    return Outcome(len(races) + 4, lost, doubled, seconds, (*breaches, *broken), note)


@row("34b", "cancel of a job in native code that hears nothing", bound_seconds=HARD_STOP_SECONDS + 5)
def canceled_deaf(kit: Kit) -> Outcome:
    with kit.shared_stack() as stack, inside(stack):
        seconds = _running(stack, "sit_deaf", {"seconds": 90})
        written = effects.by_job(stack.engine).total()
    return Outcome(1, doubled=written, recovery_seconds=seconds, note="killed by its worker")


@row(
    "34c",
    "cancel by DELETE /async/jobs: in line, running, when over, each twice",
    bound_seconds=STOPS_WITHIN_SECONDS,
    short=True,
)
def canceled_by_delete(kit: Kit) -> Outcome:
    with kit.shared_stack() as stack, inside(stack):
        waiting, told_waiting = _deleted_in_line(stack)
        running, told_running, seconds = _deleted_running(stack, str(kit.fresh("never")))
        over = submit("toil").job_id
        stack.ended(over)
        told = {"in line": told_waiting, "running": told_running, "over": [_delete(stack, over) for _ in range(2)]}
        ends = {name: _status(stack, job) for name, job in (("in line", waiting), ("running", running), ("over", over))}
        written = effects.by_job(stack.engine)
    breaches = [f"{name}: {answers}" for name, answers in told.items() if answers != DELETED[name]]
    breaches += [f"{name}: it is {end}" for name, end in ends.items() if end != LEFT_AS[name]]
    return Outcome(len(told), int(not written[over]), written.total() - written[over], seconds, tuple(breaches))


def _deleted_in_line(stack: Stack) -> tuple[str, list[Answer]]:
    pauses.pause(["default"], by="the cancels")
    try:
        job_id = submit("toil").job_id
        return job_id, [_delete(stack, job_id) for _ in range(2)]
    finally:
        pauses.resume(["default"], by="the cancels")


def _deleted_running(stack: Stack, never: str) -> tuple[str, list[Answer], float]:
    """How long it goes on is measured too."""
    job_id = submit("hold", params={"until": never}).job_id
    wait_until(lambda: _status(stack, job_id) == states.STARTED, "it runs", within_seconds=60)
    asked = time.monotonic()
    answers = [_delete(stack, job_id)]
    wait_until(lambda: _status(stack, job_id) == states.CANCELED, "it stops", within_seconds=90)
    seconds = time.monotonic() - asked
    return job_id, [*answers, _delete(stack, job_id)], seconds


def _delete(stack: Stack, job_id: str) -> Answer:
    """The code, and the state that was told, in the words of that API."""
    answer = stack.client.delete(f"/async/jobs/{job_id}")
    document = answer.json()
    return answer.status_code, str(document.get("status") or document["details"]["status"])


def _in_line(stack: Stack) -> list[str]:
    pauses.pause(["default"], by="the cancels")
    job_id = submit("toil").job_id
    code = _post(stack, f"/api/jobs/{job_id}/cancel")
    pauses.resume(["default"], by="the cancels")
    events = stack.rows("SELECT to_status FROM job_event WHERE job_id = :id ORDER BY id", id=job_id)
    return [f"in line: {code}, {events}"] * ((code, events) != (200, [("queued",), ("canceled",)]))


def _twice(stack: Stack) -> list[str]:
    pauses.pause(["default"], by="the cancels")
    job_id = submit("toil").job_id
    codes = [_post(stack, f"/api/jobs/{job_id}/cancel") for _ in range(2)]
    pauses.resume(["default"], by="the cancels")
    return [f"twice: {codes}"] * (codes != [200, 200])


def _when_over(stack: Stack) -> list[str]:
    job_id = submit("toil").job_id
    stack.ended(job_id)
    answer = stack.client.post(f"/api/jobs/{job_id}/cancel")
    told = answer.status_code == 409 and states.FINISHED in answer.text
    return [f"when over: {answer.status_code} {answer.text[:80]}"] * (not told)


def _running(stack: Stack, type_name: str, params: dict[str, object]) -> float:
    """How long a running job takes to stop once it is canceled."""
    job_id = submit(type_name, params=params).job_id
    wait_until(lambda: _status(stack, job_id) == states.STARTED, "it runs", within_seconds=60)
    asked = time.monotonic()
    _post(stack, f"/api/jobs/{job_id}/cancel")
    wait_until(lambda: _status(stack, job_id) == states.CANCELED, "it stops", within_seconds=90)
    return time.monotonic() - asked


def _races(stack: Stack, chance: Random) -> Answers:
    """Two people cancel each job at once, at any moment of its short life."""
    jobs = [submit("toil", params={"seconds": RACE_SECONDS}).job_id for _ in range(RACES)]
    in_order = chance.sample(jobs, RACES)
    with ThreadPoolExecutor(2) as pool:
        barrier = threading.Barrier(2)
        people = [pool.submit(_cancel_each, stack, in_order, barrier) for _ in range(2)]
        answers = {job_id: [*both] for job_id, *both in zip(in_order, *(each.result() for each in people), strict=True)}
    for job_id in jobs:
        stack.ended(job_id)
    return answers


def _cancel_each(stack: Stack, jobs: Iterable[str], barrier: threading.Barrier) -> list[Answer]:
    """What each cancel was answered: the code, and the job's status as told."""
    answers = []
    for job_id in jobs:
        barrier.wait(60)
        answer = stack.client.post(f"/api/jobs/{job_id}/cancel")
        document = answer.json()
        answers.append((answer.status_code, str(document.get("status") or document["details"]["status"])))
        time.sleep(0.05)
    return answers


def _not_as_told(stack: Stack, races: Answers) -> tuple[int, int, list[str]]:
    """Jobs that finished without effect, effects of others, and ends that are not what was answered."""
    written = effects.by_job(stack.engine)
    ends = {job_id: _status(stack, job_id) for job_id in races}
    lost = sum(written[job_id] == 0 for job_id, end in ends.items() if end == states.FINISHED)
    doubled = sum(written[job_id] > (end == states.FINISHED) for job_id, end in ends.items())
    broken = [
        f"a cancel was answered {answer}, and the job is {ends[job_id]}"
        for job_id, answers in races.items()
        for answer in answers
        if ends[job_id] not in ENDS_ALLOWED.get(answer, ())
    ]
    return lost, doubled, list(dict.fromkeys(broken))


def _status(stack: Stack, job_id: str) -> str:
    return str(stack.rows("SELECT status FROM job WHERE id = :id", id=job_id)[0][0])


def _post(stack: Stack, path: str) -> int:
    return stack.client.post(path).status_code
