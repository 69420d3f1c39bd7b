"""What an application on plain RQ does when somebody asks for work: commit, then enqueue. It can die in between.

python -m tests.faults.peer.request ROWS REDIS_URL EFFECTS ITEM [crash]
"""

import os
import sqlite3
import sys

from redis import Redis
from rq import Queue, Retry

from tests.faults.peer import jobs


def main(rows: str, redis_url: str, effects: str, item: str, fault: str = "") -> None:
    connection = sqlite3.connect(rows)
    with connection:
        connection.execute("CREATE TABLE IF NOT EXISTS promise (item TEXT, status TEXT)")
        connection.execute("INSERT INTO promise VALUES (?, 'queued')", (item,))
    if fault == "crash":
        os._exit(137)
    with Redis.from_url(redis_url) as redis:
        Queue(connection=redis).enqueue(jobs.append, args=(effects, item), retry=Retry(max=3))


if __name__ == "__main__":
    main(*sys.argv[1:])
