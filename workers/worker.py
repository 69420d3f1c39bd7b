"""One RQ worker process: `python -m workers.worker`.

It ends with 0 when it was told to end, by a signal or by an operator, and with `STARTS_AGAIN` when it was told to start
afresh or has given up on its Redis: a supervisor should start it again after any exit but 0.
"""

import gc
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

import structlog
from redis.client import Pipeline
from redis.exceptions import RedisError
from rq import Queue, Worker
from rq.exceptions import DequeueTimeout, InvalidJobOperation, StopRequested
from rq.executions import Execution
from rq.job import Job as RqJob
from rq.serializers import JSONSerializer
from rq.worker_registration import REDIS_WORKER_KEYS
from sqlalchemy.exc import SQLAlchemyError
from tenacity import retry, retry_if_exception_type, wait_exponential

import redis_urls
from extensions import current_settings, db, transaction
from lifeline import STARTS_AGAIN
from services.jobs import failure, transitions
from services.jobs.preparing import load_tasks, prepare_for
from services.jobs.registry import QUEUES
from services.jobs.rehearsal import rehearse
from services.jobs.wanted import type_of_waiting_child, type_wanted
from store.bell import ALLOWED_FUNCTIONS, DELIVER, DELIVER_CHILDREN
from store.workers import STOP
from workers import context
from workers.horses import HorsesWorker

log = structlog.get_logger(__name__)

# RQ waits for work for 15 s less than this at a time, and shows a sign of life after each wait.
WORKER_TTL_SECONDS = 30
MONITORING_INTERVAL_SECONDS = 5
MAINTENANCE_INTERVAL_SECONDS = 60
BAD_RING_PAUSE_SECONDS = 0.02
WARM_UP_AFTER_SECONDS = 3  # a start has better use for the processors until then
USUAL_TYPE = "analyze_song"

WANTED: dict[str, Callable[..., str | None]] = {DELIVER: type_wanted, DELIVER_CHILDREN: type_of_waiting_child}


class RingJob(RqJob):
    """An RQ job that can be nothing but one of our rings: whoever writes to Redis cannot choose what we run or call."""

    success_callback = None
    failure_callback = None
    stopped_callback = None

    def send_webhooks(self, *_: Any, **__: Any) -> None:
        """A ring has none."""

    @property
    def func(self) -> Callable[..., Any]:
        if self.func_name not in ALLOWED_FUNCTIONS:
            raise PermissionError(f"A worker does not run {self.func_name!r}; it runs {sorted(ALLOWED_FUNCTIONS)}.")
        function: Callable[..., Any] = super().func
        return function


class RingQueue(Queue):
    """A queue whose worker passes over what is no ring, whoever put it there."""

    @classmethod
    def dequeue_any(cls, *args: Any, **kwargs: Any) -> tuple[RqJob, Queue] | None:
        while True:
            try:
                return super().dequeue_any(*args, **kwargs)
            except (RedisError, DequeueTimeout, StopRequested):
                raise
            except Exception as e:  # whatever an entry that is nobody's may raise; it has been taken out already
                log.warning("not_a_ring", error=str(e))
                time.sleep(BAD_RING_PAUSE_SECONDS)  # should it be no entry's fault, this must not spin


def survives_outage(method: Callable[..., Any]) -> Callable[..., Any]:
    """A heartbeat that cannot be written is no reason to give up the job: the SQL row is the truth."""

    def wrapped(self: "ReliableWorker", *args: Any, **kwargs: Any) -> Any:
        try:
            return method(self, *args, **kwargs)
        except RedisError as e:
            log.warning("redis_unreachable", during=method.__name__, error=str(e))
            return None

    return wrapped


class ReliableWorker(HorsesWorker):
    """Outlives Redis, and hands running work back when told to stop."""

    # RQ's own is a minute: a worker would sit out most of the time in which a lost Redis must be made good.
    max_connection_wait_time = 5.0
    was_signalled = False
    _is_warm = False
    _execution: Execution | None = None  # of the ring at hand, for as long as it may stand in Redis

    set_state = survives_outage(Worker.set_state)
    handle_job_failure = survives_outage(Worker.handle_job_failure)
    run_maintenance_tasks = survives_outage(Worker.run_maintenance_tasks)
    set_shutdown_requested_date = survives_outage(Worker.set_shutdown_requested_date)

    @survives_outage
    def heartbeat(self, timeout: int | None = None, pipeline: Pipeline | None = None) -> None:
        """A sign of life; if Redis has lost its data, the first one is a birth again."""
        if pipeline is None and not self.connection.sismember(REDIS_WORKER_KEYS, self.key):
            self.connection.delete(self.key)
            self.register_birth()
            self.set_state(self.get_state())
        super().heartbeat(timeout, pipeline)
        if pipeline is None:
            self.report()

    @survives_outage
    def maintain_heartbeats(self, job: RqJob, execution: Execution) -> None:
        super().maintain_heartbeats(job, execution)
        self.report()

    @survives_outage
    def register_death(self) -> None:
        self.take_leave()
        super().register_death()

    def prepare_execution(self, job: RqJob) -> Execution:
        try:
            return super().prepare_execution(job)
        finally:  # RQ has it in here before it tries to write it
            self._execution = next(iter(self.executions.values()), None)

    def execute_job(self, job: RqJob, queue: Queue) -> None:
        try:
            wanted = self._type_wanted(job)
            if wanted is not None:
                self._have_ready(wanted)
                self.note_ring(job.id)
                super().execute_job(job, queue)
                self._forget_execution(job)
            else:
                with suppress(InvalidJobOperation):  # its record is gone already
                    job.delete(remove_from_queue=False)
        except RedisError as e:
            log.warning("redis_unreachable", during="execute_job", error=str(e))
            self._wait_for_horse_without_redis()
            self.executions.clear()  # else every later horse would take an old execution for its own
            self._wait_for_redis(job)
        finally:
            self.forget_ring()

    def _forget_execution(self, job: RqJob) -> None:
        """Take out what a horse that lost Redis has left there: nobody rings anew for what seems to run."""
        if self._execution is None:
            return
        with self.connection.pipeline() as pipeline:
            self._execution.delete(job=job, pipeline=pipeline)
            left = any(pipeline.execute())
        if left:
            self.connection.delete(job.key)
        self._execution = None

    def _type_wanted(self, job: RqJob) -> str | None:
        """The type of the job that this ring is for; None if it may have been done at another ring already, and is not
        worth a horse; empty if it cannot be told, which a horse finds out, and a bad ring brings down only that.
        """
        try:
            return WANTED[job.func_name or ""](*job.args)
        except Exception as e:  # whatever a ring may hold that we did not put there
            log.warning("ring_not_judged", ring=job.id, error=str(e))
            return ""
        finally:
            db.session.remove()

    def _have_ready(self, type_name: str) -> None:
        """Load what jobs of the type need, if that is left to do; a horse that was forked before lacks it."""
        if type_name and _prepare_for(type_name):
            self.dismiss_standby()

    def _wait_for_horse_without_redis(self) -> None:
        if self.horse_pid:
            self.wait_for_horse()
            self._horse_pid = 0

    @retry(retry=retry_if_exception_type(RedisError), wait=wait_exponential(multiplier=0.5, max=10))
    def _wait_for_redis(self, job: RqJob) -> None:
        try:
            self.connection.ping()
            self._forget_execution(job)
        except RedisError:
            if not self._stop_requested:
                raise

    def dequeue_job_and_maintain_ttl(
        self, timeout: int | None, max_idle_time: int | None = None
    ) -> tuple[RqJob, Queue] | None:
        """Once nothing has come for a moment, load what most jobs need; one that comes sooner waits for its own."""
        if timeout is None:  # whoever does what there is, and ends, waits for nothing
            return super().dequeue_job_and_maintain_ttl(timeout, max_idle_time)
        if not self._is_warm:
            self.stand_by()
            found = super().dequeue_job_and_maintain_ttl(timeout, WARM_UP_AFTER_SECONDS)
            if found is not None:
                return found
            self._is_warm = True
            self.dismiss_standby()  # which lacks what is loaded now
            warm_up()
        self.stand_by()
        return super().dequeue_job_and_maintain_ttl(timeout, max_idle_time)

    def check_for_suspension(self, burst: bool) -> None:
        """Queues are paused by a row in SQL; RQ's own flag is not used, so it is not asked for."""

    def handle_warm_shutdown_request(self) -> None:
        """The running job is to go back to the queue at its next checkpoint."""
        self.was_signalled = True
        super().handle_warm_shutdown_request()
        if self.horse_pid:
            os.kill(self.horse_pid, signal.SIGUSR1)

    def handle_work_horse_killed(self, job: RqJob, retpid: Any, ret_val: Any, rusage: Any) -> None:
        """Whatever the horse held is free at once; the janitor need not wait for the lease to run out."""
        super().handle_work_horse_killed(job, retpid, ret_val, rusage)
        try:
            with transaction() as session:
                transitions.free_leases(session, self.name, failure.how_it_died(ret_val))
        except SQLAlchemyError as e:
            log.warning("lease_not_expired", error=str(e))  # it runs out by itself


def _prepare_for(type_name: str) -> bool:
    try:
        return prepare_for(type_name)
    except Exception as e:  # the job finds out what cannot be loaded, and says so
        log.warning("not_prepared", type=type_name, error=str(e))
        return False


def warm_up() -> None:
    """Load what most jobs need, before the fork: two seconds of a processor that the first of them would wait for."""
    load_tasks()
    _prepare_for(USUAL_TYPE)
    _settle()


def _settle() -> None:
    """A collection in the horse would touch, and so copy, every page that it shares with us."""
    gc.collect()
    gc.freeze()


def main() -> None:
    app = context.app()
    with app.app_context():
        settings = current_settings()
        with context.runner() as runner:
            rehearse(runner)
        _settle()
        connection = redis_urls.client(settings.effective_redis_url)
        worker = ReliableWorker(
            [RingQueue(name, connection=connection, serializer=JSONSerializer) for name in QUEUES],
            name=uuid4().hex,
            connection=connection,
            serializer=JSONSerializer,
            job_class=RingJob,
            queue_class=RingQueue,
            worker_ttl=WORKER_TTL_SECONDS,
            maintenance_interval=MAINTENANCE_INTERVAL_SECONDS,
            job_monitoring_interval=MONITORING_INTERVAL_SECONDS,
            log_job_description=False,
        )
        worker.work(logging_level="WARNING")
    sys.exit(0 if worker.leaves == STOP or (worker.was_signalled and not worker.leaves) else STARTS_AGAIN)


if __name__ == "__main__":
    main()
