"""The app's client follows the master."""

import socket
from typing import Any

import pytest
from flask import Flask
from redis import ConnectionPool
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError

import redis_urls
from extensions import redis
from scripts.supervision.redis_checks import check_redis_url
from sentinels import KEEPALIVE
from tests.servers.sentinel import Watched
from tests.waiting import wait_until


def test_it_goes_on_when_the_master_is_lost(app: Flask, watched: Watched) -> None:
    redis.client.set("before", "kept")
    redis.client.wait(1, 5000)
    watched.kill_master()
    with pytest.raises(RedisError):
        redis.client.get("before")
    wait_until(lambda: redis.client.set("after", "1"), "it writes again")
    assert redis.client.get("before") == b"kept"


def test_it_leaves_a_server_that_has_become_a_replica(app: Flask, watched: Watched) -> None:
    redis.client.ping()
    old = watched.master()
    watched.sentinels[0].ask("SENTINEL", "FAILOVER", "backbeat")
    wait_until(lambda: watched.master() is not old, "another server is the master")
    # As a sentinel does, but without cutting those off who are there.
    old.ask("REPLICAOF", "127.0.0.1", str(watched.master().port))
    with pytest.raises(RedisConnectionError, match="no master any more"):
        redis.client.set("number", "1")
    wait_until(lambda: redis.client.set("number", "2"), "it writes again")
    assert watched.master().ask("GET", "number") == b"2"


def test_it_takes_no_replica_for_the_master(watched: Watched) -> None:
    """A sentinel may not know yet that a server has been made a replica."""
    old = watched.master()
    old.ask("REPLICAOF", "127.0.0.1", "9")
    with redis_urls.client(watched.url) as client, pytest.raises(RedisConnectionError, match="no master yet"):
        client.ping()


def test_one_sentinel_is_enough(watched: Watched) -> None:
    watched.sentinels[0].kill()
    with redis_urls.client(watched.url) as client:
        assert client.ping()


def test_a_master_that_vanishes_without_a_word_is_missed(watched: Watched) -> None:
    connection: Any = redis_urls.pool(watched.url, ConnectionPool).make_connection()
    connection.connect()
    asked = [connection._sock.getsockopt(socket.IPPROTO_TCP, option) for option in KEEPALIVE]
    connection.disconnect()
    assert asked == [2, 1, 3, 5000]


def test_the_launcher_looks_at_the_master(watched: Watched) -> None:
    (warning,) = check_redis_url(watched.url)
    assert "append-only file off" in warning
