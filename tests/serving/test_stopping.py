"""A server that is told to stop answers what it has begun, and then it is gone."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.serving.conftest import Served
from tests.waiting import wait_until


@pytest.fixture
def served(own_served: Served) -> Served:
    """One that nobody else needs any more."""
    return own_served


def test_what_was_begun_is_answered(served: Served) -> None:
    served.shut_the_door()
    with ThreadPoolExecutor() as people:
        begun = people.submit(served.get, "/slow")
        wait_until(lambda: (served.folder / "knocked").exists(), "somebody waits at the door")
        served.process.terminate()
        served.open_the_door()
        assert begun.result().text == "at last"
    assert served.process.wait(60) == 0
