"""The whole fleet: a load balancer, two web hosts, two worker hosts, two hosts for Redis, and one for the rest."""

import secrets
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
from redis import Redis
from redis.exceptions import RedisError
from rq import Worker
from sqlalchemy import Engine, NullPool, create_engine

from tests.faults import effects
from tests.machines.balancer import Balancer
from tests.machines.lab import Lab
from tests.machines.members import Member
from tests.machines.servers import SENTINEL_PORT, SERVICE, Postgres, RedisServer, start_s3, start_sentinel
from tests.waiting import wait_until

NAME, PASSWORD = "Ada", "a horse on a staple"
LEASE_SECONDS = 15
WORKERS_OF_A_HOST = 2
# Shorter than those that Backbeat comes with, so that a run is over in minutes.
CLOCKWORK = {
    "LEASE_SECONDS": str(LEASE_SECONDS),
    "JANITOR_INTERVAL_SECONDS": "1",
    "RETRY_BASE_SECONDS": "0.5",
    "RING_GRACE_SECONDS": "3",
}


class Fleet:
    """All hosts, and what a judge needs who stands outside and sees through everything."""

    def __init__(self, folder: Path, say: Callable[[str], None]) -> None:
        self._say = say
        lab = self.lab = Lab(folder)
        front, web1, web2, work1, work2, redis1, redis2, data = (
            lab.host(name) for name in ("front", "web1", "web2", "work1", "work2", "redis1", "redis2", "data")
        )
        self.data = data
        self.postgres = Postgres(data)
        self.redis = [RedisServer(host, master=redis1) for host in (redis1, redis2)]
        self.sentinels = [redis1, redis2, data]
        self.balancer = Balancer(front, [web1, web2])
        uploads = folder / "uploads"
        uploads.mkdir()
        shared = self._start_servers()
        self.web = [Member(host, "web", shared, uploads) for host in (web1, web2)]
        self.workers = [Member(host, "worker,janitor", shared, uploads) for host in (work1, work2)]
        self.engine: Engine = create_engine(self.postgres.socket_url, poolclass=NullPool)

    def _start_servers(self) -> dict[str, str]:
        self._say("Starting PostgreSQL, Redis with three sentinels, and storage …")
        self.postgres.start()
        for server in self.redis:
            server.start()
        for host in self.sentinels:
            start_sentinel(host, master=self.redis[0].host)
        sentinels = ",".join(f"{host.address}:{SENTINEL_PORT}" for host in self.sentinels)
        return {
            "DATABASE_URL": self.postgres.url,
            "REDIS_URL": f"redis+sentinel://{sentinels}/{SERVICE}/0",
            **start_s3(self.data),
            "SECRET_KEY": secrets.token_hex(32),
            "PUBLIC_URL": self.balancer.url,
            "TRUSTED_PROXIES": "1",
            "WORKERS": str(WORKERS_OF_A_HOST),
            "WEB_PROCESSES": "1",
            "API_CALLS_PER_MINUTE": "100000",
            "POLLING_ENABLED": "false",
            "SAMPLE_LIBRARY": "false",
            "LRCLIB_URL": "http://127.0.0.1:9",
            "ANALYSER": "tests.machines.patient",
            **CLOCKWORK,
        }

    def start(self) -> None:
        """Everything, from an empty database to a fleet that answers and works."""
        self._say("Making the database and the first admin …")
        self.web[0].flask("users", "create", NAME, "--password-stdin", words=f"{PASSWORD}\n")
        self._say("Starting two web hosts and two worker hosts …")
        for member in (*self.web, *self.workers):
            member.start()
        for member in self.web:
            member.await_web()
        for member in self.workers:
            self.await_workers(member)
        self.balancer.start()
        effects.watch(self.engine)

    def await_workers(self, member: Member) -> None:
        """Until all workers of that host are registered with the master."""
        wait_until(lambda: self.has_workers(member), f"the workers of {member.name} are there", within_seconds=180)

    def has_workers(self, member: Member) -> bool:
        return self.workers_of(member) == WORKERS_OF_A_HOST

    def workers_of(self, member: Member) -> int:
        """How many workers of that host live, and are known to the master."""
        with self.master().client() as client:
            known = [worker for worker in Worker.all(connection=client) if worker.hostname == member.name]
            return sum(worker.pid is not None and psutil.pid_exists(worker.pid) for worker in known)

    def master(self) -> RedisServer:
        """The server that most sentinels name, of those that can be asked.

        :raise RedisError: if none can be.
        """
        named = Counter(address for host in self.sentinels if (address := _master_named_by(host.address)))
        if not named:
            raise RedisError("No sentinel can be asked.")
        address = named.most_common(1)[0][0]
        return next(server for server in self.redis if server.host.address == address)


def _master_named_by(sentinel: str) -> str | None:
    with Redis(sentinel, SENTINEL_PORT, socket_connect_timeout=0.5, socket_timeout=0.5, decode_responses=True) as one:
        try:
            found = one.sentinel_get_master_addr_by_name(SERVICE)
        except (RedisError, OSError):
            return None
    return str(found[0]) if found else None
