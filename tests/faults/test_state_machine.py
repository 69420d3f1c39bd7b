"""Whatever happens to jobs in whatever order: every promise ends, and takes effect once."""

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.state_machine import machine


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"retry_base_seconds": 5.0}


@pytest.mark.backend("sqlite")  # whose clock can be told the time
def test_it_keeps_its_promises_in_any_order(app: Flask) -> None:
    """The same orders each time, so that a change of the engine alone can turn it red; `make faults` tries others."""
    profile = settings(
        max_examples=20,
        stateful_step_count=30,
        derandomize=True,
        deadline=None,
        database=None,
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    with machine(app) as bound:
        run_state_machine_as_test(bound, settings=profile)
