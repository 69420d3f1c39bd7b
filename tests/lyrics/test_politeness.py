"""Every request waits for its turn, retries too."""

import pytest
from redis import Redis

from config import read_settings
from errors import TransientError
from models import Song
from services.lyrics import lrclib_client, lyrics_for
from store import keys
from tests.lyrics.conftest import MakeClient
from tests.servers.faulty import Fault
from tests.servers.lrclib import LrclibServer


def test_it_takes_a_turn_for_each_try(server: LrclibServer, make_client: MakeClient) -> None:
    turns: list[int] = []
    server.faults.extend([Fault(503), Fault(503)])
    make_client(take_turn=lambda: turns.append(len(server.requests))).search("John Newton", "Amazing Grace")
    assert turns == [0, 1, 2]


def test_it_asks_nothing_where_the_wait_would_be_long(server: LrclibServer, make_client: MakeClient) -> None:
    def refuse() -> None:
        raise TransientError("Too many look-ups are waiting.", retry_after_seconds=9.0)

    with pytest.raises(TransientError) as caught:
        make_client(take_turn=refuse).search("John Newton", "Amazing Grace")
    assert caught.value.retry_after_seconds == 9.0
    assert server.requests == []


def test_it_shares_the_set_rate(server: LrclibServer, hymn: Song, redis: Redis, pauses: list[float]) -> None:
    settings = read_settings({}, lrclib_url=server.url, lrclib_requests_per_second=0.25)
    with lrclib_client(settings, redis, sleep=pauses.append) as client:
        lyrics_for(hymn, client)
    assert redis.exists(keys.rate_limit("lrclib"))
    assert pauses[0] == 0
    assert 2 < pauses[1] <= 4
