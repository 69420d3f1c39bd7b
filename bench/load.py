"""Load on a web server, by wrk, and what an answer cost there: CPU of the server's processes, commands to Redis."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from redis import Redis

from bench.measuring import Trial, Values
from bench.noise import cpu_seconds

CONNECTIONS = 32
# A row of a hundred jobs takes seconds with all of them at once; by itself, wrk takes what takes two for an error.
PATIENCE_SECONDS = 30
MILLISECONDS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
# What a client says as it connects, and what is asked in order to count.
NOT_COUNTED = ("hello", "client", "select", "auth", "info", "config")


@dataclass(frozen=True, slots=True)
class Answered:
    """What wrk said."""

    requests: int
    per_second: float
    p50_milliseconds: float
    p99_milliseconds: float


def wrk(
    url: str,
    seconds: float,
    *,
    connections: int = CONNECTIONS,
    headers: Mapping[str, str] | None = None,
    script: Path | None = None,
) -> Answered:
    """:raise RuntimeError: if any answer was an error."""
    told = [f"-H{name}: {value}" for name, value in (headers or {}).items()]
    told += [f"-s{script}"] if script else []
    times = [f"-d{max(1, round(seconds))}s", "--timeout", f"{PATIENCE_SECONDS}s", "--latency"]
    command = ["wrk", "-t1", f"-c{connections}", *times, *told, url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"{url} did not answer every request:\n{said}")
    return read(said)


def in_turn(paths: Sequence[str], script: Path) -> Path:
    """Write a script for wrk that asks for each of these paths in turn, made up before the first is sent."""
    listed = ",".join(f'"{path}"' for path in paths)
    script.write_text(
        f"local paths, made, at = {{{listed}}}, {{}}, 0\n"
        "init = function() for n, path in ipairs(paths) do made[n] = wrk.format('GET', path) end end\n"
        "request = function() at = at % #made + 1; return made[at] end\n"
    )
    return script


def read(said: str) -> Answered:
    """:raise RuntimeError: if it is not what wrk says."""
    total = re.search(r"(\d+) requests in", said)
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if total is None or rate is None:
        raise RuntimeError(f"wrk said what cannot be read; expected its summary, got:\n{said}")
    return Answered(int(total[1]), float(rate[1]), _latency(said, 50), _latency(said, 99))


def _latency(said: str, percent: int) -> float:
    found = re.search(rf"\b{percent}%\s+([\d.]+)(us|ms|s|m)\b", said)
    return float(found[1]) * MILLISECONDS[found[2]] if found else 0.0


@dataclass(slots=True)
class RedisMeter:
    """Commands and connections that a Redis server has seen, its own questions not counted."""

    url: str
    _client: Any = field(init=False)

    def __post_init__(self) -> None:
        self._client = Redis.from_url(self.url)

    def look(self) -> tuple[int, int, float]:
        """How many commands, how many connections, and seconds of its CPU, since it started."""
        calls = 0
        for name, stat in self._client.info("commandstats").items():
            if not name.removeprefix("cmdstat_").startswith(NOT_COUNTED):
                calls += stat["calls"]
        cpu = self._client.info("cpu")
        connections = self._client.info("stats")["total_connections_received"]
        return calls, connections, cpu["used_cpu_user"] + cpu["used_cpu_sys"]


@dataclass(frozen=True, slots=True)
class HttpTrial:
    """Requests for one address. `pid` is the first process of the server, `meter` that of the Redis it asks."""

    name: str
    url: str
    pid: int
    meter: RedisMeter
    headers: Mapping[str, str] = field(default_factory=dict)
    connections: int = CONNECTIONS
    script: Path | None = None  # of `in_turn`

    def measure(self, seconds: float) -> Values:
        self._settle()
        before, seen = cpu_seconds(self.pid), self.meter.look()
        answered = wrk(self.url, seconds, connections=self.connections, headers=self.headers, script=self.script)
        commands, connections, redis_cpu = (now - then for now, then in zip(self.meter.look(), seen, strict=True))
        cpu = cpu_seconds(self.pid) - before
        self._settle()
        number = max(1, answered.requests)
        return {
            "requests_per_second": answered.per_second,
            "p50_milliseconds": answered.p50_milliseconds,
            "p99_milliseconds": answered.p99_milliseconds,
            "server_CPU_microseconds": cpu / number * 1e6,
            "Redis_CPU_microseconds": redis_cpu / number * 1e6,
            "Redis_commands": commands / number,
            "Redis_connections": connections / number,
        }

    def _settle(self) -> None:
        """Wait for one answer: a server goes on with what came before it, though nobody waits for that any more."""
        httpx.get(self.url, headers=dict(self.headers), timeout=60)

    def trial(self) -> Trial:
        return Trial(self.name, self.measure)
