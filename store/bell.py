"""RQ, used as a bell: a ring tells some worker to look at the SQL rows, and nothing more."""

from collections.abc import Iterable

from redis import Redis
from rq import Queue
from rq.command import send_kill_horse_command
from rq.exceptions import DuplicateJobError
from rq.job import Job as RqJob
from rq.registry import StartedJobRegistry
from rq.serializers import JSONSerializer
from rq.worker_registration import REDIS_WORKER_KEYS

import clock

# The only functions that a worker will run by name (see workers.worker.RingJob).
DELIVER = "workers.ring.deliver"
DELIVER_CHILDREN = "workers.ring.deliver_children"
ALLOWED_FUNCTIONS = frozenset({DELIVER, DELIVER_CHILDREN})

RESULT_TTL_SECONDS = 60
FAILURE_TTL_SECONDS = 3600


class Bell:
    """Rings RQ workers.

    A ring for a job is called `<job>-<attempt>-<dispatch>`, one for a lane of children `<parent>-lane<n>-<serial>`;
    RQ refuses a second ring of the same name, which is as good as success. The keys are RQ's own.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def ring(self, queue: str, *, job_id: str, attempt: int, dispatch_no: int, timeout_seconds: float) -> None:
        name = self.ring_name(job_id, attempt, dispatch_no)
        self._enqueue(queue, name, DELIVER, [job_id, attempt], timeout_seconds)

    def ring_many(self, queue: str, first_rings: Iterable[tuple[str, int]], *, timeout_seconds: float) -> None:
        """Ring for attempts, `(job_id, attempt)`, that nobody has rung for before; one round trip."""
        rings = [
            Queue.prepare_data(
                DELIVER,
                args=[job_id, attempt],
                timeout=int(timeout_seconds) + 1,
                result_ttl=RESULT_TTL_SECONDS,
                failure_ttl=FAILURE_TTL_SECONDS,
                job_id=self.ring_name(job_id, attempt, 0),
            )
            for job_id, attempt in first_rings
        ]
        with self._redis.pipeline(transaction=False) as pipeline:
            self._queue(queue).enqueue_many(rings, pipeline=pipeline)
            pipeline.execute()

    @staticmethod
    def ring_name(job_id: str, attempt: int, dispatch_no: int) -> str:
        return f"{job_id}-{attempt}-{dispatch_no}"

    def unring(self, queue: str, names: Iterable[str]) -> None:
        """Take rings out of a queue that nobody has answered yet; one that a worker has taken meanwhile goes on."""
        wanted, key = list(names), self._queue(queue).key
        pipeline = self._redis.pipeline(transaction=False)
        for name in wanted:
            pipeline.lrem(key, 1, name)
        taken = [name for name, count in zip(wanted, pipeline.execute(), strict=True) if count]
        if taken:
            self._redis.delete(*map(RqJob.key_for, taken))

    def ring_lane(self, queue: str, *, parent_id: str, lane: int, serial: int, timeout_seconds: float) -> None:
        name = f"{self.lane_name(parent_id, lane)}-{serial}"
        self._enqueue(queue, name, DELIVER_CHILDREN, [parent_id, lane, serial], timeout_seconds)

    @staticmethod
    def lane_name(parent_id: str, lane: int) -> str:
        return f"{parent_id}-lane{lane}"

    def _enqueue(self, queue: str, name: str, function: str, args: list[object], timeout_seconds: float) -> None:
        try:
            self._queue(queue).enqueue_call(
                function,
                args=args,
                timeout=int(timeout_seconds) + 1,
                result_ttl=RESULT_TTL_SECONDS,
                failure_ttl=FAILURE_TTL_SECONDS,
                job_id=name,
                unique=True,
            )
        except DuplicateJobError:
            return

    def _queue(self, name: str) -> Queue:
        return Queue(name, connection=self._redis, serializer=JSONSerializer)

    def rings_of(self, queues: Iterable[str]) -> set[str]:
        """The names of all rings that wait or run; read without RQ's clean-up, which would change things."""
        names = list(queues)
        pipeline = self._redis.pipeline(transaction=False)
        for name in names:
            queue = self._queue(name)
            pipeline.lrange(queue.key, 0, -1)
            pipeline.lrange(queue.intermediate_queue_key, 0, -1)
            # Executions, "<ring>:<execution>", by the instant until which their worker has vouched for them.
            pipeline.zrangebyscore(StartedJobRegistry(queue=queue).key, clock.now(), "+inf")
        return {entry.decode().split(":")[0] for entries in pipeline.execute() for entry in entries}

    def worker_count(self) -> int:
        return int(self._redis.scard(REDIS_WORKER_KEYS))

    def kill_horse(self, worker_name: str) -> None:
        """Ask a worker to kill what it runs now; it may be gone, and does not answer."""
        send_kill_horse_command(self._redis, worker_name)
