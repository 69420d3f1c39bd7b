"""The toolkit's client: both shapes of its answers, and what is wrong with those that are none."""

import threading
from typing import Any

import pytest

from clients import renderer as kinds
from clients.nca import NcaClient
from clients.renderer import Order, RendererRefused
from errors import TransientError
from tests.servers.nca import API_KEY, COMPOSE, Nca

INPUTS = {"voice_url": "https://example.org/v", "video_url": "https://example.org/p"}
ORDER = Order("our-order", "combine", INPUTS, "http://127.0.0.1:9/hook")


@pytest.fixture
def nca_client(renderer: Nca) -> NcaClient:
    return NcaClient(renderer.url, API_KEY)


@pytest.mark.parametrize("wraps", [True, False])
def test_it_reads_both_shapes_of_a_status(renderer: Nca, nca_client: NcaClient, wraps: bool) -> None:
    renderer.wraps = wraps
    job = renderer.jobs[nca_client.start(ORDER)]
    assert nca_client.look(job.job_id).state == kinds.WAITING
    renderer.end(job)
    seen = nca_client.look(job.job_id)
    assert (seen.state, seen.order_id) == (kinds.DONE, "our-order")
    assert seen.output_url == f"{renderer.url}/files/{job.job_id}_output_0.mp4"
    renderer.end(job, 500, "ffmpeg: no")
    assert nca_client.look(job.job_id).error == "ffmpeg: no"


def test_a_job_that_it_does_not_know_is_unknown(nca_client: NcaClient) -> None:
    assert nca_client.look("no-such-job").state == kinds.UNKNOWN


def test_an_output_that_is_no_address_is_none(renderer: Nca, nca_client: NcaClient) -> None:
    job = renderer.take(COMPOSE, {"id": "our-order"})
    renderer.end(job)
    assert job.told is not None
    job.told["response"] = [{"file_url": "file:///etc/passwd"}]
    assert nca_client.look(job.job_id).output_url is None


def test_a_wrong_key_ends_no_job(renderer: Nca) -> None:
    stranger = NcaClient(renderer.url, "another key")
    with pytest.raises(TransientError, match="NCA_API_KEY"):
        stranger.look("a-job")
    with pytest.raises(TransientError, match="NCA_API_KEY"):
        stranger.start(ORDER)


@pytest.mark.parametrize("status", [301, 404, 405])
def test_a_wrong_address_ends_no_job(renderer: Nca, nca_client: NcaClient, status: int) -> None:
    renderer.answers = status, {"message": "a page of some server's"}
    with pytest.raises(TransientError, match=f"{status}.*NCA_BASE_URL"):
        nca_client.start(ORDER)


@pytest.mark.parametrize("status", [400, 409, 413, 422])
def test_it_refuses_for_what_is_asked(renderer: Nca, nca_client: NcaClient, status: int) -> None:
    renderer.answers = status, {"message": "No such\n\x00 codec. Traceback: /app/secret.py"}
    with pytest.raises(RendererRefused) as refused:
        nca_client.start(ORDER)
    assert refused.value.message == f"The renderer does not take it (status {status}: No such codec)."


@pytest.mark.parametrize("told", [{"detail": "/app/secret.py"}, {"message": {"trace": "/app/secret.py"}}])
def test_what_is_no_sentence_is_not_told(renderer: Nca, nca_client: NcaClient, told: dict[str, Any]) -> None:
    renderer.answers = 400, told
    with pytest.raises(RendererRefused) as refused:
        nca_client.start(ORDER)
    assert refused.value.message == "The renderer does not take it (status 400)."


def test_it_waits_no_longer_than_it_may(renderer: Nca) -> None:
    renderer.pause = threading.Event()
    try:
        with pytest.raises(TransientError, match="in time"):
            NcaClient(renderer.url, API_KEY, total_seconds=0.2).look("a-job")
    finally:
        renderer.pause.set()


def test_it_says_that_nobody_is_there() -> None:
    with pytest.raises(TransientError, match="cannot be reached"):
        NcaClient("http://127.0.0.1:9", None).look("a-job")
