"""Polls beside slow things: none that failed is left out of what they take."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from bench.browser import Connection
from bench.mixed import PATIENCE_SECONDS, Polls, _one
from bench.servers import free_port


def test_it_takes_a_poll_that_is_refused_for_one_that_took_all_patience() -> None:
    polls = Polls()

    async def ask() -> None:
        idle: asyncio.Queue[Connection] = asyncio.Queue()
        idle.put_nowait(Connection("127.0.0.1", free_port()))
        await _one(idle, "/", 0.0, polls)

    with ThreadPoolExecutor(1) as pool:  # a browser's test before this one leaves its loop running in this thread
        pool.submit(lambda: asyncio.run(ask())).result()
    values = polls.values(cpu=0.0, seconds=1.0)
    assert (values["failed"], values["answered_per_second"]) == (1, 0)
    assert values["p99_milliseconds"] == 1000 * PATIENCE_SECONDS
