"""A slow server cannot hold a worker."""

import time

import pytest

from errors import TransientError
from tests.lyrics.conftest import MakeClient
from tests.servers.faulty import Fault
from tests.servers.lrclib import LrclibServer

FAR_BEYOND_THE_LIMITS_SECONDS = 5.0


def test_it_gives_up_when_no_answer_comes(server: LrclibServer, make_client: MakeClient) -> None:
    server.lasting_fault = Fault(pause_seconds=60)
    start = time.monotonic()
    with pytest.raises(TransientError, match="did not answer in time"):
        make_client(read_seconds=0.05).search("John Newton", "Amazing Grace")
    assert time.monotonic() - start < FAR_BEYOND_THE_LIMITS_SECONDS
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "fault", [Fault(drip="headers", pause_seconds=0.01), Fault(drip="body", pause_seconds=0.01)], ids=["head", "body"]
)
def test_it_gives_up_when_the_answer_never_ends(server: LrclibServer, make_client: MakeClient, fault: Fault) -> None:
    server.lasting_fault = fault
    start = time.monotonic()
    with pytest.raises(TransientError, match="did not answer in time"):
        make_client(total_seconds=0.2).search("John Newton", "Amazing Grace")
    assert time.monotonic() - start < FAR_BEYOND_THE_LIMITS_SECONDS


def test_it_answers_again_after_a_limit_has_passed(server: LrclibServer, make_client: MakeClient) -> None:
    client = make_client(total_seconds=0.2)
    server.faults.append(Fault(drip="body", pause_seconds=0.01))
    with pytest.raises(TransientError):
        client.search("John Newton", "Amazing Grace")
    assert client.search("John Newton", "Amazing Grace") == []
