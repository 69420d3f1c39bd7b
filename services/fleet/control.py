"""Telling a worker to leave after its job."""

from redis.exceptions import RedisError

from errors import Conflict, InvalidInput, NotFound, Unavailable
from extensions import redis
from services import audit
from services.fleet.health import is_alive, read_records
from store.workers import RESTART, STOP, WorkerRegister

THEN = (RESTART, STOP)


def tell_to_leave(name: str, then: str, *, by: str) -> None:
    """Have a worker end after its job: to be started anew (`restart`), or to stay away (`stop`).

    :raise InvalidInput: if `then` is neither.
    :raise NotFound: if there is no such worker.
    :raise Conflict: if it is lost, and so cannot hear it.
    :raise Unavailable: if Redis does not answer.
    """
    if then not in THEN:
        raise InvalidInput(f"{then!r} is nothing that a worker can do.", details={"then": f"one of {', '.join(THEN)}"})
    records = read_records()
    if records is None:
        raise Unavailable("Redis cannot be reached, and without it no worker can be told anything.")
    record = next((record for record in records if record.name == name), None)
    if record is None:
        raise NotFound(f"There is no worker {name[:60]!r}.", code="no_such_worker")
    if not is_alive(record):
        raise Conflict("The worker shows no sign of life: it cannot be told anything.", code="worker_lost")
    try:
        WorkerRegister(redis.client).tell_to_leave(name, then, by)
    except RedisError as e:
        raise Unavailable("Redis cannot be reached, and without it no worker can be told anything.") from e
    details = {"host": record.host, "pid": record.pid}
    audit.record(by, f"{then}_worker", "worker", name, details=details, message="It leaves after its job.")
