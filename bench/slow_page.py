"""Backbeat with one page more, which takes 300 ms: half of it waiting as for a database, half of it work.

`python -m bench.slow_page` serves it by granian.
"""

import time

from flask import Flask

from app import create_app
from config import read_settings
from serving.granian_app import PollsFirst
from serving.granian_server import serve

WAIT_SECONDS = WORK_SECONDS = 0.15


def slow() -> str:
    time.sleep(WAIT_SECONDS)
    ends = time.thread_time() + WORK_SECONDS
    while time.thread_time() < ends:
        pass
    return "slow"


def create() -> Flask:
    app = create_app()
    app.add_url_rule("/bench/slow", view_func=slow)
    return app


def application() -> PollsFirst:
    return PollsFirst(create())


if __name__ == "__main__":
    serve(read_settings(), target="bench.slow_page:application")
