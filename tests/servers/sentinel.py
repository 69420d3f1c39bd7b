"""Real Redis servers watched by real sentinels: one master, its replicas, and whoever moves them."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from scripts.supervision.redis_server import find_redis_server
from tests.ops.launching import free_port
from tests.waiting import wait_until

SERVICE = "backbeat"
# A master that is silent for so long is taken for lost.
DOWN_AFTER_MS = 500


@dataclass(slots=True)
class Server:
    """One `redis-server`, which may be a sentinel."""

    port: int
    process: subprocess.Popen[bytes]
    options: dict[str, Any]

    def client(self) -> Redis:
        return Redis("127.0.0.1", self.port, retry=Retry(NoBackoff(), 0), socket_timeout=5, **self.options)

    def ask(self, *command: str) -> Any:
        """What it answers to one command.

        :raise RedisError: if it does not.
        """
        with self.client() as client:
            return client.execute_command(*command)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


class Watched:
    """The servers and sentinels of one service."""

    def __init__(self, folder: Path, certificates: Mapping[str, str] | None = None, password: str = "") -> None:
        self._folder, self._certificates, self._password = folder, dict(certificates or {}), password
        self._started: list[Server] = []
        self.servers: list[Server] = []
        self.sentinels: list[Server] = []

    @property
    def url(self) -> str:
        login = f":{self._password}@" if self._password else ""
        hosts = ",".join(f"127.0.0.1:{sentinel.port}" for sentinel in self.sentinels)
        query = [f"ssl_ca_certs={self._certificates['ca']}"] if self._certificates else []
        query += [f"sentinel_password={self._password}"] if self._password else []
        scheme = "rediss+sentinel" if self._certificates else "redis+sentinel"
        return f"{scheme}://{login}{hosts}/{SERVICE}" + ("?" + "&".join(query) if query else "")

    def start(self, *, replicas: int, sentinels: int) -> None:
        self.servers = [self._server(None)]
        self.servers += [self._server(self.servers[0].port) for _ in range(replicas)]
        self.sentinels = [self._sentinel() for _ in range(sentinels)]
        wait_until(self._knows_all, "the sentinels know of each server", within_seconds=30)

    def stop(self) -> None:
        for server in self._started:
            server.kill()

    def master(self) -> Server:
        """Whom the first sentinel takes for it."""
        _host, port = self.sentinels[0].ask("SENTINEL", "GET-MASTER-ADDR-BY-NAME", SERVICE)
        return next(server for server in self.servers if server.port == int(port))

    def fail_over(self) -> None:
        """Have the sentinels make a replica the master, while the old one lives."""
        old = self.master()
        self.sentinels[0].ask("SENTINEL", "FAILOVER", SERVICE)
        wait_until(lambda: self.master() is not old, "another server is the master", within_seconds=30)
        wait_until(lambda: old.ask("ROLE")[0] == b"slave", "the old master follows it", within_seconds=30)

    def kill_master(self) -> None:
        self.master().kill()

    def empty(self) -> None:
        self.master().ask("FLUSHALL")

    def _knows_all(self) -> bool:
        return all(self._knows(sentinel) for sentinel in self.sentinels)

    def _knows(self, sentinel: Server) -> bool:
        with sentinel.client() as client:
            told = client.sentinel_master(SERVICE)
        others = int(told["num-other-sentinels"])
        return int(told["num-slaves"]) == len(self.servers) - 1 and others == len(self.sentinels) - 1

    def _server(self, master_port: int | None) -> Server:
        lines = ["save ''", "appendonly no", "repl-diskless-sync-delay 0"]
        lines += [f"requirepass {self._password}", f"masterauth {self._password}"] if self._password else []
        lines += ["tls-replication yes"] if self._certificates else []
        lines += [f"replicaof 127.0.0.1 {master_port}"] if master_port else []
        server = self._start(lines)
        if master_port:
            wait_until(lambda: _follows(server), "the replica follows", within_seconds=30)
        return server

    def _sentinel(self) -> Server:
        lines = [f"sentinel monitor {SERVICE} 127.0.0.1 {self.servers[0].port} 1"]
        lines += [f"sentinel down-after-milliseconds {SERVICE} {DOWN_AFTER_MS}"]
        lines += [f"sentinel failover-timeout {SERVICE} 3000"]
        if self._password:
            lines += [f"sentinel auth-pass {SERVICE} {self._password}"]
            lines += [f"requirepass {self._password}", f"sentinel sentinel-pass {self._password}"]
        lines += ["tls-replication yes"] if self._certificates else []
        return self._start(lines, "--sentinel")

    def _start(self, lines: list[str], *words: str) -> Server:
        port = free_port()
        lines = [*lines, *self._listening(port), "bind 127.0.0.1", f"dir {self._folder}"]
        file = self._folder / f"{port}.conf"
        file.write_text("\n".join(lines) + "\n")
        command = [str(find_redis_server(self._folder).program), str(file), *words]
        server = Server(port, subprocess.Popen(command, stdout=subprocess.DEVNULL), self._client_options())
        self._started.append(server)
        wait_until(lambda: _answers(server), "Redis answers")
        return server

    def _listening(self, port: int) -> list[str]:
        if not self._certificates:
            return [f"port {port}"]
        files = [f"tls-{name} {self._certificates[key]}" for name, key in TLS_FILES.items()]
        return ["port 0", f"tls-port {port}", "tls-auth-clients no", *files]

    def _client_options(self) -> dict[str, Any]:
        secret = {"password": self._password} if self._password else {}
        return secret | ({"ssl": True, "ssl_ca_certs": self._certificates["ca"]} if self._certificates else {})


TLS_FILES = {"cert-file": "certificate", "key-file": "key", "ca-cert-file": "ca"}


def _answers(server: Server) -> bool:
    with suppress(RedisError):
        return bool(server.ask("PING"))
    return False


def _follows(server: Server) -> bool:
    with server.client() as client:
        return bool(client.info("replication")["master_link_status"] == "up")


@contextmanager
def redis_behind_sentinels(
    folder: Path,
    *,
    replicas: int = 1,
    sentinels: int = 1,
    certificates: Mapping[str, str] | None = None,
    password: str = "",
) -> Iterator[Watched]:
    """A master, replicas and sentinels on free ports of this machine; its `url` is a `REDIS_URL`.

    :param certificates: the files `ca`, `certificate` and `key`, for TLS everywhere.
    """
    folder.mkdir(parents=True, exist_ok=True)
    watched = Watched(folder, certificates, password)
    with ExitStack() as stack:
        stack.callback(watched.stop)
        watched.start(replicas=replicas, sentinels=sentinels)
        yield watched
