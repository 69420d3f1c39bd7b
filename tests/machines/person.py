"""A person at a browser outside: signs in, sends songs, clicks Analyze, and watches the bar through the balancer."""

import re
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.faults.invariants import falls
from tests.machines.balancer import SERVED_BY
from tests.machines.fleet import NAME, PASSWORD
from tests.waiting import wait_until

POLL_EVERY_SECONDS = 0.2
ANSWER_SECONDS = 80.0
TOKEN = re.compile(r'(?:name="csrf-token" content|name="csrf_token" value)="([^"]+)"')


class Person:
    """Signed in at the balancer, with the session's cookie and token."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=url, timeout=ANSWER_SECONDS, headers={"Accept": "text/html"})
        form = {"csrf_token": self._token("/sign-in"), "name": NAME, "password": PASSWORD, "next": "/"}
        answer = self.client.post("/sign-in", data=form)
        assert answer.status_code in (302, 303), f"Sign-in was answered {answer.status_code}: {answer.text[:500]}"
        self.client.headers["X-CSRF-Token"] = self._token("/")
        self.client.headers["Accept"] = "application/json"

    def _token(self, page: str) -> str:
        answer = self.client.get(page)
        found = TOKEN.search(answer.text)
        assert found, f"{page} has no token: {answer.status_code} {answer.text[:500]}"
        return found[1]

    def import_songs(self, number: int) -> str:
        """Send lyrics files; the id of the job that takes them in."""
        files = [("files", (f"song-{n}.lrc", _lyrics(n), "text/plain")) for n in range(number)]
        return self._accepted(self.client.post("/api/import", files=files, timeout=120))

    def make_playlist(self, name: str, song_ids: list[int]) -> int:
        answer = self.client.post("/api/playlists", json={"name": name, "song_ids": song_ids})
        assert answer.status_code == 201, answer.text
        return int(answer.json()["id"])

    def analyze(self, playlist_id: int) -> str:
        """The id of the job. What is refused for a while (503) is asked for again, as a person does."""
        answers: list[httpx.Response] = []

        def taken_in() -> bool:
            answers.append(self.client.post(f"/api/playlists/{playlist_id}/analyze"))
            return answers[-1].status_code != 503

        wait_until(taken_in, "Analyze is taken in", within_seconds=60)
        return self._accepted(answers[-1])

    def click(self, playlist_id: int) -> "Click":
        """Click Analyze once, whatever comes of it."""
        begun = time.monotonic()
        try:
            status = self.client.post(f"/api/playlists/{playlist_id}/analyze").status_code
        except httpx.TransportError:
            status = 0
        return Click(status, time.monotonic() - begun)

    @staticmethod
    def _accepted(answer: httpx.Response) -> str:
        assert answer.status_code == 202, f"{answer.status_code}: {answer.text[:500]}"
        return str(answer.json()["job_id"])

    @contextmanager
    def watching(self, job_id: str) -> Iterator["Watch"]:
        """Follow a job's bar while the block runs."""
        watch = Watch(job_id)
        thread = threading.Thread(target=self._follow, args=[watch])
        thread.start()
        try:
            yield watch
        finally:
            watch.over.set()
            thread.join()

    def _follow(self, watch: "Watch") -> None:
        with httpx.Client(base_url=self.client.base_url, timeout=ANSWER_SECONDS) as browser:
            browser.cookies, browser.headers = self.client.cookies, self.client.headers
            while not watch.over.wait(POLL_EVERY_SECONDS):
                asked = time.monotonic()
                try:
                    answer = _get(browser, f"/api/progress/{watch.job_id}")
                except httpx.TransportError as e:
                    watch.errors[type(e).__name__] += 1
                    continue
                watch.note(answer, asked)


def _get(browser: httpx.Client, address: str) -> httpx.Response:
    """As browsers ask (RFC 9110, 9.2.2): once more where the connection, kept from before, was closed as this went out.

    :raise httpx.TransportError: if no answer comes.
    """
    try:
        return browser.get(address)
    except httpx.RemoteProtocolError as e:
        if "without sending a response" not in str(e):
            raise
        return browser.get(address)


@dataclass(frozen=True, slots=True)
class Click:
    """What came of it; 0: no answer."""

    status: int
    seconds: float


@dataclass
class Watch:
    """What a person saw of one job."""

    job_id: str
    over: threading.Event = field(default_factory=threading.Event)
    documents: list[dict[str, Any]] = field(default_factory=list)
    answered_at: list[float] = field(default_factory=lambda: [time.monotonic()])
    degraded: int = 0
    errors: Counter[str] = field(default_factory=Counter)  # by status, or by what was raised where none came
    served_by: Counter[str] = field(default_factory=Counter)
    slowest_seconds: float = 0.0

    def note(self, answer: httpx.Response, asked: float) -> None:
        now = time.monotonic()
        self.slowest_seconds = max(self.slowest_seconds, now - asked)
        if answer.status_code != 200:
            self.errors[str(answer.status_code)] += 1
            return
        document = answer.json()
        self.degraded += bool(document.get("degraded"))
        self.documents.append(document)
        self.answered_at.append(now)
        self.served_by[answer.headers.get(SERVED_BY, "").split(", ")[-1].split(":")[0]] += 1

    def __str__(self) -> str:
        errors = ", ".join(f"{count} times {name}" for name, count in self.errors.items()) or "no errors"
        return f"{len(self.documents)} answers and {errors}; last {self.status} at {self.progress:.0%}"

    @property
    def status(self) -> str:
        return str(self.last.get("status", "unknown"))

    @property
    def last(self) -> Mapping[str, Any]:
        return self.documents[-1] if self.documents else {}

    @property
    def progress(self) -> float:
        return float(self.last.get("progress", 0))

    @property
    def longest_gap_seconds(self) -> float:
        """The longest time between two good answers."""
        return max((b - a for a, b in zip(self.answered_at, self.answered_at[1:], strict=False)), default=0.0)

    def await_progress(self, share: float) -> None:
        wait_until(lambda: self.progress >= share, f"the bar is at {share:.0%}", within_seconds=120)

    def await_end(self, within_seconds: float = 300) -> None:
        ended = ("finished", "failed", "canceled")
        wait_until(lambda: self.status in ended, f"job {self.job_id} ends", within_seconds=within_seconds)

    def breaches(self, *, allowed: frozenset[str] = frozenset()) -> list[str]:
        """What a person would complain of: a bar that goes back, a bad end, answers that were errors."""
        wrong = falls(self.documents)
        wrong += [f"the job has {self.status}: {self.last.get('error')}"] if self.status != "finished" else []
        wrong += [f"{count} polls ended in {name}" for name, count in self.errors.items() if name not in allowed]
        return wrong


def _lyrics(number: int) -> bytes:
    """A song of its own, with something to find in every third."""
    line = (
        "Whiskey in the morning and blood upon the floor" if number % 3 == 0 else "The sea is calm, the stars are out"
    )
    words = "\n".join(f"[00:{second:02}.00]{line}, verse {second} of {number}" for second in range(1, 9))
    return f"[ti:Song {number}]\n[ar:The Fleet]\n{words}\n".encode()
