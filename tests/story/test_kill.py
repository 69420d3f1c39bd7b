"""`kill -9` of any one process in mid-playlist: the playlist ends, every song analysed once, nothing lost."""

from typing import Any

import pytest

from tests.servers.lrclib import LrclibServer
from tests.stack import Stack
from tests.story.makers import slow_playlist
from tests.waiting import wait_until

SONGS = 40
KILLED_AFTER = 8


def _done(stack: Stack, job_id: str) -> int:
    return int(stack.rows("SELECT count(*) FROM job WHERE parent_id = :id AND status = 'finished'", id=job_id)[0][0])


OUR_REDIS = pytest.param("redis", marks=pytest.mark.backend("socket"))


@pytest.mark.parametrize("role", ["worker", "horse", "janitor", "web", OUR_REDIS])
def test_a_playlist_survives_it(stack: Stack, lrclib: LrclibServer, role: str) -> None:
    lrclib.thinks_for_seconds = 0.1
    playlist = slow_playlist(stack, lrclib, f"The Slow {role}", SONGS)
    job_id = stack.post(f"/api/playlists/{playlist}/analyze")["job_id"]
    wait_until(lambda: _done(stack, job_id) >= KILLED_AFTER, "some songs are done", within_seconds=60)

    wait_until(lambda: stack.processes(role), f"a {role} runs")
    stack.processes(role)[0].kill()

    assert _done(stack, job_id) < SONGS
    document = stack.ended(job_id)
    assert document["status"] == "finished"
    assert document["result"]["songs"] == SONGS
    assert _broken_promises(stack, job_id) == []


def _broken_promises(stack: Stack, job_id: str) -> list[Any]:
    """Children that did not finish exactly once, songs without exactly one analysis, keys of jobs that are over."""
    not_once = stack.rows(
        "SELECT job.id FROM job LEFT JOIN job_event AS e ON e.job_id = job.id AND e.to_status = 'finished' "
        "WHERE job.parent_id = :id GROUP BY job.id HAVING count(e.id) <> 1",
        id=job_id,
    )
    not_analysed = stack.rows(
        "SELECT song.id FROM song LEFT JOIN analysis AS a ON a.song_id = song.id WHERE song.artist LIKE 'The Slow%' "
        "GROUP BY song.id HAVING count(a.id) <> 1"
    )
    live_keys = stack.rows("SELECT id FROM job WHERE active_key IS NOT NULL")
    return [*not_once, *not_analysed, *live_keys]
