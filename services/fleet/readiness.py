"""Whether all that is needed is there."""

from sqlalchemy import select

from extensions import db
from services.fleet.health import DOWN, read_records_and_state, worker_health
from services.fleet.heartbeats import is_silent, janitor_age_seconds
from services.fleet.warnings import redis_trouble


def readiness() -> dict[str, str]:
    """What is wrong with each part that is needed, by its name; empty if all are ready.

    :raise SQLAlchemyError: if the database does not answer.
    """
    wrong: dict[str, str] = {}
    db.session.execute(select(1))
    records, state = read_records_and_state()
    if records is None:
        wrong["redis"] = "Redis does not answer."
        return wrong
    if trouble := redis_trouble(state):
        wrong["redis"] = trouble
    health = worker_health()
    if health.health == DOWN:
        wrong["workers"] = health.reason
    if is_silent(janitor_age_seconds()):
        wrong["janitor"] = "The janitor shows no sign of life."
    return wrong
