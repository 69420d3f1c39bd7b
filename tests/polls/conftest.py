"""A job that runs, people, and a clock that stands still."""

import pytest

from models import User
from tests.access.conftest import _quick_hashing, ada, advance, bob  # noqa: F401 - fixtures
from tests.polls.asking import running_job


@pytest.fixture
def job_id(owner: User) -> str:
    """A running job of the first owner's."""
    return running_job(owner.id)
