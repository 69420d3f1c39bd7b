"""The horses of a worker: the processes that it forks, each to run one ring, one of them ahead of its ring."""

import os
import signal

import structlog
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import StopRequested
from rq.executions import Execution
from rq.job import Job as RqJob
from sqlalchemy.exc import SQLAlchemyError

import crashpoints
from extensions import db
from lifeline import die_with_parent
from services.jobs import signals
from services.jobs.wanted import type_wanted
from workers.reporting import ReportingWorker
from workers.standby import Order, Standby

log = structlog.get_logger(__name__)


class HorsesWorker(ReportingWorker):
    """`rq.Worker`, whose horses die with it and share no connection with it."""

    _standby: Standby | None = None
    _parent_pid = 0

    def stand_by(self) -> None:
        """Have a horse ready for the next ring, if there is none yet.

        :raise StopRequested: if the worker has been told to end meanwhile; RQ would see it only after another ring.
        """
        if self._standby is None:
            self._free_for_fork()
            try:
                self._standby = Standby(self._get_ready, self._run_order)
            except OSError as e:  # there is no ring yet that needs it
                log.warning("no_standby", error=str(e))
        if self._stop_requested:
            raise StopRequested

    def fork_work_horse(self, job: RqJob, queue: Queue) -> None:
        standby, self._standby = self._standby, None
        execution = next(iter(self.executions))
        if standby is not None and standby.send({"ring": job.id, "queue": queue.name, "execution": execution}):
            self._horse_pid = standby.pid
        else:
            self._free_for_fork()
            super().fork_work_horse(job, queue)

    def _free_for_fork(self) -> None:
        """The horse must not inherit a connection that the parent goes on to use."""
        db.session.remove()
        self._parent_pid = os.getpid()

    def _get_ready(self) -> None:
        """In the standby, while nothing waits for it: what any horse does first, and connections of its own.

        Not that of `redis.client`: its breaker, once open, is tried only with the next call, which may be hours later.
        """
        os.environ["RQ_WORKER_ID"] = self.name
        self._leave_parent()
        self.setup_work_horse_signals()
        try:
            self.connection.ping()
            type_wanted("", 0)
        except (RedisError, SQLAlchemyError) as e:
            log.warning("standby_not_connected", error=str(e))  # it connects when it has to
        finally:
            db.session.remove()

    def _run_order(self, order: Order) -> None:
        """In the standby, which becomes the horse of that ring."""
        os.environ["RQ_JOB_ID"] = order["ring"]
        job = self.job_class.fetch(order["ring"], connection=self.connection, serializer=self.serializer)
        job.redis_server_version = self.get_redis_server_version()
        execution = Execution(order["execution"], job.id, self.connection, self.name)
        self.executions = {execution.id: execution}
        queue = next(queue for queue in self.queues if queue.name == order["queue"])
        super().main_work_horse(job, queue)

    def dismiss_standby(self) -> None:
        standby, self._standby = self._standby, None
        if standby is not None:
            standby.dismiss()

    def teardown(self) -> None:
        self.dismiss_standby()
        super().teardown()

    def main_work_horse(self, job: RqJob, queue: Queue) -> None:
        self._leave_parent()
        super().main_work_horse(job, queue)

    def _leave_parent(self) -> None:
        die_with_parent(self._parent_pid)
        db.engine.dispose(close=False)

    def perform_job(self, job: RqJob, queue: Queue, execution: Execution) -> bool:
        done = super().perform_job(job, queue, execution)
        crashpoints.reached("C6")
        return done

    def setup_work_horse_signals(self) -> None:
        super().setup_work_horse_signals()
        signal.signal(signal.SIGUSR1, lambda *_: signals.request_stop())
        signal.signal(signal.SIGUSR2, signal.SIG_IGN)
