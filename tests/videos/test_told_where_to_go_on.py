"""Whoever was interrupted is told where to go on, and how much came, until all of it is here."""

from pathlib import Path

from services.videos import recovery, states
from tests.api.client import CheckedClient
from tests.conftest import RunJobs
from tests.videos.sending import begin, send, told
from tests.videos.waiting import an_hour_later


def test_also_after_recovery_has_given_it_up(client: CheckedClient, clip: Path, run_jobs: RunJobs) -> None:
    data = clip.read_bytes()
    begun = begin(client, len(data))
    send(client, begun, data[:1000])
    an_hour_later(begun["id"])
    recovery.run(by="test")
    run_jobs()
    row = told(client, begun["id"])
    assert (row["status"], row["upload_url"], row["received_bytes"]) == (states.FAILED, begun["upload_url"], 1000)
    send(client, row, data[1000:], row["received_bytes"])
    row = told(client, begun["id"])
    assert (row["status"], row["upload_url"], row["received_bytes"]) == (states.PENDING, None, None)
