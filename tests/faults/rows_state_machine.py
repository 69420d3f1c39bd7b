"""Everything that can happen to jobs, in orders that nobody thought of."""

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from app import create_app
from extensions import db
from tests.faults.catalogue import row
from tests.faults.kit import Kit
from tests.faults.outcome import Outcome
from tests.faults.state_machine import machine

ORDERS, STEPS = 100, 50


@row("state-machine", "engine's moves in any order: rings, deaths, cancels, pauses, lost Redis")
def in_any_order(kit: Kit) -> Outcome:
    """Each order ends with peace; what is not over then, or took effect twice, breaks the row down."""
    profile = settings(
        max_examples=ORDERS * kit.tries,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    with kit.redis(append_only=False) as server:
        url = f"sqlite:///{kit.fresh('machine')}.db"
        app = create_app(
            data_dir=kit.fresh("data"),
            database_url=url,
            redis_url=server.url,
            retry_base_seconds=5.0,
            log_level="error",
        )
        with app.app_context():
            db.create_all()
            with machine(app) as bound:
                run_state_machine_as_test(seed(kit.seed)(bound), settings=profile)
            db.engine.dispose()
    return Outcome(ORDERS * kit.tries, note=f"orders of up to {STEPS} moves")
