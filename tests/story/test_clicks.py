"""A hundred clicks at once on one song, over HTTP and several web processes."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.servers.lrclib import LrclibServer
from tests.stack import Stack


def test_they_make_one_job(stack: Stack, lrclib: LrclibServer) -> None:
    lrclib.thinks_for_seconds = 2.0  # so that it still runs at the last click
    song_id = stack.post("/api/songs", title="Clicked", artist="Often")["id"]

    def click(_: int) -> dict[str, Any]:
        return stack.post(f"/api/songs/{song_id}/analyze")

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(click, range(100)))
    assert len({answer["job_id"] for answer in answers}) == 1
    assert sum(not answer["already_running"] for answer in answers) == 1
    assert stack.rows("SELECT count(*) FROM job") == [(1,)]
