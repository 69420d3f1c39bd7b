"""Open browsers, in a process of their own so that measuring does not slow what is measured.

`python -m tests.faults.browsers URL SECONDS JOB_ID NUMBER CLICKING_SONG_ID…`: so many watch the job over one connection
each, at the pace of the browser client; the first of them click Analyze on a song of their own once and watch that too.
Prints what they saw as JSON. Sockets are read by hand: a client library would cost more than the server's answers.
"""

import asyncio
import json
import random
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from services.jobs import states
from tests.ops.launching import PROJECT

# The client's rhythm, `rhythmMs` in static/js/progress-polling.js: young jobs, those under way, those nearly done.
YOUNG_SECONDS, YOUNG_EVERY, UNDER_WAY_EVERY, NEARLY_DONE_EVERY = 10.0, 1.0, (2.0, 3.0), 5.0
UNDER_WAY, NEARLY_DONE = 0.1, 0.9
JITTER = 0.1
PATIENCE_SECONDS = 20.0


@dataclass
class Seen:
    """What the browsers saw. A code of 0 says that no answer came."""

    codes: dict[str, int] = field(default_factory=dict)
    poll_seconds: list[float] = field(default_factory=list)
    click_seconds: list[float] = field(default_factory=list)
    own_job_seconds: list[float] = field(default_factory=list)  # from the click until its bar was full
    never_ended: int = 0  # own jobs that were not over when the time was

    def count(self, code: int) -> None:
        self.codes[str(code)] = self.codes.get(str(code), 0) + 1

    def served_badly(self) -> dict[str, int]:
        return {code: number for code, number in self.codes.items() if not 200 <= int(code) < 400}

    def slowest(self, share: float) -> float:
        """Seconds that this share of the polls took at most."""
        seconds = sorted(self.poll_seconds)
        return seconds[max(0, round(share * len(seconds)) - 1)] if seconds else 0.0


def watch(url: str, job_id: str, number: int, songs: Sequence[int], seconds: float) -> Seen:
    """Let so many browsers watch the job, while those of the `songs` click; what they saw."""
    words = [url, str(seconds), job_id, str(number), *map(str, songs)]
    said = subprocess.run(
        [sys.executable, "-m", __name__, *words], cwd=PROJECT, stdout=subprocess.PIPE, timeout=seconds + 120, check=True
    )
    return Seen(**json.loads(said.stdout))


@dataclass
class Answer:
    code: int
    etag: str = ""
    retry_after_seconds: float = 0.0
    body: bytes = b""


class Connection:
    """One connection that stays open, as a browser's does."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, etag: str = "") -> Answer:
        """The answer; one with code 0 if there was none. A connection that the server has closed is made anew once."""
        for is_last in (self._streams is None, True):
            try:
                async with asyncio.timeout(PATIENCE_SECONDS):
                    return await self._ask(method, path, etag)
            except (OSError, asyncio.IncompleteReadError, TimeoutError):
                self._streams = None
                if is_last:
                    break
        return Answer(0)

    async def _ask(self, method: str, path: str, etag: str) -> Answer:
        if self._streams is None:
            self._streams = await asyncio.open_connection(self._host, self._port)
        reader, writer = self._streams
        condition = f"If-None-Match: {etag}\r\n" if etag else ""
        length = "Content-Length: 0\r\n" if method == "POST" else ""
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n{condition}{length}\r\n".encode())
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:])}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection", "").lower() == "close":
            writer.close()
            self._streams = None
        return Answer(int(head[0].split()[1]), headers.get("etag", ""), float(headers.get("retry-after", "0")), body)


class Browser:
    """Watches the common job, and its own once it has clicked."""

    def __init__(self, url: str, job_id: str, song_id: int | None, seen: Seen, dice: random.Random) -> None:
        self._connection = Connection(url)
        self._ids = [job_id]
        self._song_id, self._seen, self._dice = song_id, seen, dice
        self._own_since: float | None = None
        self._etag = ""
        self._progress = 0.0
        self._began = time.monotonic()

    async def stay(self, seconds: float) -> None:
        until = self._began + seconds
        click_at = self._began + self._dice.uniform(0, 0.6) * seconds
        await asyncio.sleep(self._dice.random() * YOUNG_EVERY)
        while time.monotonic() < until:
            if self._song_id is not None and time.monotonic() >= click_at:
                await self._click()
            await asyncio.sleep(await self._poll())
        self._seen.never_ended += self._own_since is not None

    async def _click(self) -> None:
        began = time.monotonic()
        answer = await self._connection.ask("POST", f"/api/songs/{self._song_id}/analyze")
        self._seen.count(answer.code)
        self._seen.click_seconds.append(time.monotonic() - began)
        self._song_id = None
        if answer.code == 202:
            self._own_since = began
            self._ids.append(json.loads(answer.body)["job_id"])

    async def _poll(self) -> float:
        """Ask once for all that is watched; in how many seconds to ask again."""
        began = time.monotonic()
        answer = await self._connection.ask("GET", f"/api/progress?ids={','.join(self._ids)}", self._etag)
        self._seen.count(answer.code)
        self._seen.poll_seconds.append(time.monotonic() - began)
        self._etag = answer.etag
        if answer.code == 200:
            self._look(json.loads(answer.body)["progress"])
        jitter = JITTER * self._dice.random()
        if answer.retry_after_seconds:
            return answer.retry_after_seconds * (1 + jitter)
        return self._own_pace() * (1 - jitter)

    def _look(self, progress: dict[str, Any]) -> None:
        self._progress = progress[self._ids[0]]["progress"]
        if self._own_since is not None and progress[self._ids[1]]["status"] in states.ENDED:
            self._seen.own_job_seconds.append(time.monotonic() - self._own_since)
            self._own_since = None
            del self._ids[1:]

    def _own_pace(self) -> float:
        is_young = time.monotonic() - self._began < YOUNG_SECONDS or self._progress < UNDER_WAY
        if is_young or self._own_since is not None:
            return YOUNG_EVERY
        return NEARLY_DONE_EVERY if self._progress > NEARLY_DONE else self._dice.uniform(*UNDER_WAY_EVERY)


async def _stay_all(url: str, seconds: float, job_id: str, number: int, songs: Sequence[int]) -> Seen:
    seen, dice = Seen(), random.Random(number)
    own = [*songs, *(None for _ in range(number - len(songs)))]
    browsers = [Browser(url, job_id, song_id, seen, random.Random(dice.random())) for song_id in own]
    await asyncio.gather(*(browser.stay(seconds) for browser in browsers))
    return seen


def main(url: str, seconds: str, job_id: str, number: str, *songs: str) -> None:
    seen = asyncio.run(_stay_all(url, float(seconds), job_id, int(number), [int(song) for song in songs]))
    json.dump(asdict(seen), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
