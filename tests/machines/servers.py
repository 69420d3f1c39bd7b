"""What all hosts of Backbeat share: PostgreSQL, Redis with its sentinels, and storage that speaks S3."""

import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import httpx
import psycopg
from redis import Redis

from scripts.supervision.redis_server import find_redis_server
from tests.machines.lab import NETWORK, Host
from tests.servers import postgres
from tests.servers.s3 import BUCKET, KEY, RCLONE, SECRET
from tests.waiting import wait_until

SERVICE = "backbeat"
REDIS_PORT, SENTINEL_PORT, S3_PORT, POSTGRES_PORT = 6379, 26379, 9000, 5432
AS_POSTGRES = ("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--")


class Postgres:
    """One database; `socket_url` leads there from this machine whatever becomes of the network."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._folder = host.folder / "postgres"
        self._folder.mkdir()
        shutil.chown(self._folder, "postgres")
        self.url = f"postgresql://postgres@{host.address}:{POSTGRES_PORT}/postgres"
        self.socket_url = f"postgresql+psycopg://postgres@/postgres?host={self._folder}"
        data = self._folder / "data"
        initdb = (postgres._program("initdb"), "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8")
        host.run(*AS_POSTGRES, *initdb, "--locale=C.UTF-8")
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {NETWORK}.0/24 trust\n")

    def start(self) -> None:
        program = (postgres._program("postgres"), "-D", self._folder / "data", "-k", self._folder)
        self._process = self._host.start(*AS_POSTGRES, *program, "-h", self._host.address, log="postgres.log")
        wait_until(self._answers, "PostgreSQL answers")

    def _answers(self) -> bool:
        try:
            psycopg.connect(host=str(self._folder), user="postgres", dbname="postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def crash(self) -> None:
        """Stop at once, as with the power cut; at the next start it recovers from its log."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)


class RedisServer:
    """One server of the service, and on the same host a sentinel that watches over it."""

    def __init__(self, host: Host, master: Host) -> None:
        self.host = host
        self.socket = host.folder / "redis.sock"
        self._program = find_redis_server(host.folder).program
        self._file = host.folder / "redis.conf"
        lines = [
            f"bind {host.address}\nport {REDIS_PORT}\nunixsocket {self.socket}\nprotected-mode no",
            f"dir {host.folder}\nappendonly yes\nsave ''\nmaxmemory-policy noeviction\nrepl-diskless-sync-delay 0",
        ]
        lines += [f"replicaof {master.address} {REDIS_PORT}"] if master is not host else []
        self._file.write_text("\n".join(lines) + "\n")

    def start(self) -> None:
        self._process = self.host.start(self._program, self._file, log="redis.log")
        wait_until(lambda: self.client().ping(), f"Redis answers on {self.host.name}")

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def client(self) -> Redis:
        return Redis(unix_socket_path=str(self.socket))

    def is_master(self) -> bool:
        """By its own word, which right after a fault may be an error."""
        return bool(self._role()[0] == b"master")

    def is_replica(self) -> bool:
        """Whether it follows another, and is connected to it."""
        kind, *rest = self._role()
        return bool(kind == b"slave" and rest[2] == b"connected")

    def _role(self) -> list[Any]:
        with self.client() as client:
            return list(client.role())

    def follow(self, other: "RedisServer | None") -> None:
        """Make it a replica of the other, or a master."""
        with self.client() as client:
            if other is None:
                client.replicaof("NO", "ONE")
            else:
                client.replicaof(other.host.address, REDIS_PORT)


def start_sentinel(host: Host, master: Host) -> subprocess.Popen[bytes]:
    """A sentinel that holds a server for lost after 2 s, if one more agrees."""
    file = host.folder / "sentinel.conf"
    file.write_text(
        f"bind {host.address}\nport {SENTINEL_PORT}\nprotected-mode no\ndir {host.folder}\n"
        f"sentinel monitor {SERVICE} {master.address} {REDIS_PORT} 2\n"
        f"sentinel down-after-milliseconds {SERVICE} 2000\n"
        f"sentinel failover-timeout {SERVICE} 10000\n"
    )
    program = find_redis_server(host.folder).program
    return host.start(program, file, "--sentinel", log="sentinel.log")


def start_s3(host: Host) -> dict[str, str]:
    """The settings of Backbeat by which its media lie there."""
    folder: Path = host.folder / "s3"
    (folder / BUCKET).mkdir(parents=True)
    url = f"http://{host.address}:{S3_PORT}"
    options = ("--addr", f"{host.address}:{S3_PORT}", "--config", host.folder / "none.conf")
    host.start(RCLONE, "serve", "s3", *options, "--auth-key", f"{KEY},{SECRET}", folder, log="s3.log")
    wait_until(lambda: _answers(url), "the S3 server answers")
    return {
        "STORAGE_URL": f"s3://{BUCKET}/backbeat",
        "S3_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def _answers(url: str) -> bool:
    try:
        return httpx.get(url).status_code < 500
    except httpx.TransportError:
        return False
