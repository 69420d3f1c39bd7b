"""Somebody who can write to Redis puts things of their own into the workers' queues."""

from pathlib import Path

from redis import Redis
from rq import Callback, Queue
from rq.serializers import DefaultSerializer, JSONSerializer

import redis_urls
from services.jobs.submit import submit
from store.bell import DELIVER
from tests.faults import effects
from tests.faults.catalogue import row
from tests.faults.kit import Kit, inside
from tests.faults.outcome import Outcome
from tests.waiting import wait_until

QUEUE = "default"


class Harm:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.mkdir, (Path(self.folder),)  # type: ignore[return-value] # what pickle calls, with a path


@row("40", "functions, pickles and nonsense put into the queues of Redis", short=True)
def foreign_rings(kit: Kit) -> Outcome:
    harmed = kit.fresh("harmed")
    with kit.shared_stack() as stack, inside(stack):
        before = {process.pid for process in stack.processes("worker")}
        with redis_urls.client(stack.settings.effective_redis_url) as client:
            tried = _put(client, harmed)
            good = submit("toil").job_id
            stack.ended(good)
            wait_until(lambda: client.llen(f"rq:queue:{QUEUE}") == 0, "the queue is empty", within_seconds=60)
        breaches = ["a foreign function was run"] if harmed.exists() else []
        if {process.pid for process in stack.processes("worker")} != before:
            breaches.append("a worker was brought down")
        lost, doubled = effects.lost_and_doubled(effects.by_job(stack.engine), [good])
    return Outcome(tried, lost, doubled, breaches=tuple(breaches))


def _put(client: Redis, harmed: Path) -> int:
    """Each way in once; how many there are."""
    json = Queue(QUEUE, connection=client, serializer=JSONSerializer)
    pickle = Queue(QUEUE, connection=client, serializer=DefaultSerializer)
    json.enqueue_call("os.mkdir", args=[str(harmed)])
    json.enqueue_call("subprocess.check_call", args=[["mkdir", str(harmed)]])
    json.enqueue_call(DELIVER, args=["no such job", "no number"])
    json.enqueue_call(DELIVER, args=[{"$ne": 1}])
    json.enqueue_call(
        DELIVER, args=["no such job", 1], on_success=Callback("os.mkdir"), on_failure=Callback("os.mkdir")
    )
    pickle.enqueue_call("os.mkdir", args=[str(harmed)])
    pickle.enqueue_call(DELIVER, args=[Harm(harmed), 1])
    client.rpush(json.key, "no-such-job", b"\xff\xfe", "")
    client.hset("rq:job:half", mapping={"data": b"\x00nonsense", "created_at": "yesterday", "origin": QUEUE})
    client.rpush(json.key, "half")
    return 11
