"""Whether all that is needed is there."""

from redis.exceptions import RedisError
from sqlalchemy import select

from extensions import db, redis
from services.fleet.health import DOWN, worker_health
from services.fleet.heartbeats import is_silent, janitor_age_seconds


def readiness() -> dict[str, str]:
    """What is wrong with each part that is needed, by its name; empty if all are ready.

    :raise SQLAlchemyError: if the database does not answer.
    """
    wrong: dict[str, str] = {}
    db.session.execute(select(1))
    try:
        redis.client.ping()
    except RedisError:
        wrong["redis"] = "Redis does not answer."
        return wrong
    health = worker_health()
    if health.health == DOWN:
        wrong["workers"] = health.reason
    if is_silent(janitor_age_seconds()):
        wrong["janitor"] = "The janitor shows no sign of life."
    return wrong
