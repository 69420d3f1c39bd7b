"""The whole way: a job ends, its owner's endpoint is told, and the reference library takes it for genuine."""

import time_machine
from standardwebhooks import Webhook

from services import analysing
from tests.conftest import MakeSong, RunJobs
from tests.servers.sink import Sink, answer
from tests.webhooks.conftest import Deliver, MakeEndpoint, PassTime


def test_it_tells_of_a_job_that_has_finished(
    make_song: MakeSong,
    make_endpoint: MakeEndpoint,
    run_jobs: RunJobs,
    deliver: Deliver,
    receiver: Sink,
    secrets_of: dict[int, str],
) -> None:
    endpoint_id = make_endpoint().id
    job_id = analysing.submit_song(make_song().id).job_id
    assert deliver() == 0
    run_jobs()
    deliver()
    (received,) = receiver.received
    told = Webhook(secrets_of[endpoint_id]).verify(received.body, received.headers)
    assert (told["job_id"], told["job_type"], told["status"]) == (job_id, "analyze_song", "completed")
    assert (told["event"], told["progress"], told["error"]) == ("job.finished", 100.0, None)


def test_a_receiver_that_fails_for_an_hour_gets_each_event_once_it_is_back(
    make_song: MakeSong,
    make_endpoint: MakeEndpoint,
    run_jobs: RunJobs,
    deliver: Deliver,
    receiver: Sink,
    pass_time: PassTime,
    secrets_of: dict[int, str],
) -> None:
    endpoint_id = make_endpoint().id
    job_ids = [analysing.submit_song(make_song().id).job_id for _ in range(5)]
    run_jobs()
    receiver.otherwise = answer(500)
    for _ in range(60):
        deliver()
        pass_time(60)
    receiver.received.clear()
    receiver.otherwise = answer()
    pass_time(2 * 3600)
    with time_machine.travel(1_800_000_000, tick=True):  # hours later: each try has a timestamp of its own
        while deliver():
            pass
        verifier = Webhook(secrets_of[endpoint_id])
        told = [verifier.verify(each.body, each.headers)["job_id"] for each in receiver.received]
    assert sorted(told) == sorted(job_ids)
