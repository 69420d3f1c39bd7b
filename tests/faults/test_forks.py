"""A job never works with a connection that its worker opened before the fork: two processes would talk over one."""

from pathlib import Path

from tests.faults.kit import Kit, inside
from tests.faults.rows_fleet import forks

FORKS = 4


def test_no_job_works_with_a_connection_of_its_worker(tmp_path: Path) -> None:
    kit = Kit(tmp_path, short=True)
    with kit.stack(WORKERS="1") as stack, inside(stack):
        assert forks(stack, FORKS, stack.engine.dialect.name).is_clean
