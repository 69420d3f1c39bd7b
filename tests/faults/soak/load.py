"""What people do during a soak: they make songs, click Analyze, cancel, start over; and they try again on a failure."""

import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.faults.soak.plan import Ask, Plan
from tests.servers.lrclib import LrclibServer

LYRICS = "La la la, all day long"
ARTIST = "The Soaked"
PEOPLE = 32
TRY_AGAIN_SECONDS, PATIENCE_SECONDS = 0.3, 120.0
# Answers to come back to: the service says that it cannot just now.
TRY_LATER = (429, 503)


@dataclass(slots=True)
class Asked:
    """What came of one ask: its job, and what was answered to the cancel, if there was one."""

    ask: Ask
    job_id: str = ""
    cancel_answer: tuple[int, str] | None = None  # the status code, and the job's status or the reason
    was_retried: bool = False


@dataclass
class Load:
    """The people of a soak. `complaints` are answers that nobody should get."""

    url: str
    plan: Plan
    songs: list[int] = field(default_factory=list)
    playlists: list[int] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._client = httpx.Client(base_url=self.url, timeout=15, limits=httpx.Limits(max_connections=PEOPLE))
        self._lock = threading.Lock()

    def close(self) -> None:
        self._client.close()

    def prepare(self, lrclib: LrclibServer) -> None:
        """Make the songs and the playlists."""
        with ThreadPoolExecutor(4) as pool:
            self.songs = list(
                pool.map(lambda number: self._make_song(lrclib, number), range(len(self.plan.has_lyrics)))
            )
        for number, members in enumerate(self.plan.playlists):
            ids = [self.songs[song] for song in members]
            self.playlists.append(self._made("/api/playlists", name=f"{ARTIST} {number}", song_ids=ids))

    def _make_song(self, lrclib: LrclibServer, number: int) -> int:
        known = {"title": f"Song {number}", "artist": ARTIST}
        if self.plan.has_lyrics[number]:
            return self._made("/api/songs", **known, lyrics=LYRICS)
        with self._lock:
            lrclib.add(known["title"], ARTIST, plainLyrics=LYRICS)
        return self._made("/api/songs", **known)

    def _made(self, path: str, **document: Any) -> int:
        return int(self._client.post(path, json=document).raise_for_status().json()["id"])

    def go_through(self, began: float) -> None:
        """Everybody does what is planned, at its time; returns when the last is done."""
        self.asked = [Asked(ask) for ask in self.plan.asks]
        with ThreadPoolExecutor(PEOPLE) as pool:
            for asked in self.asked:
                time.sleep(max(0.0, began + asked.ask.at_seconds - time.monotonic()))
                pool.submit(self._guarded, asked)

    def _guarded(self, asked: Asked) -> None:
        try:
            self._act(asked)
        except Exception as e:  # a mistake of the soak's own must not pass unseen in a thread
            self.complaints.append(f"{asked.ask}: {type(e).__name__}: {e}")

    def _act(self, asked: Asked) -> None:
        ask = asked.ask
        kind, ids = ("playlists", self.playlists) if ask.is_playlist else ("songs", self.songs)
        asked.job_id = self.post(f"/api/{kind}/{ids[ask.target]}/analyze", wanted=(202, 200))[1].get("job_id", "")
        if not asked.job_id or ask.cancel_after_seconds is None:
            return
        time.sleep(ask.cancel_after_seconds)
        code, document = self.post(f"/api/jobs/{asked.job_id}/cancel", wanted=(200, 409))
        asked.cancel_answer = (code, str(document.get("status") or document.get("error")))
        if ask.retries and code == 200:
            asked.was_retried = self.start_over(asked.job_id)

    def start_over(self, job_id: str) -> bool:
        """Retry a job as soon as it is over; false if it finished all the same."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            code, document = self.post(f"/api/jobs/{job_id}/retry", wanted=(200, 409))
            if code == 200:
                return True
            if document.get("details", {}).get("status") == "finished":
                return False
            time.sleep(TRY_AGAIN_SECONDS)
        return False

    def post(self, path: str, wanted: Sequence[int]) -> tuple[int, dict[str, Any]]:
        """The answer, asked for again while the server is away or says that it cannot just now.

        :raise TimeoutError: if there was none in time.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                answer = self._client.post(path)
            except httpx.TransportError as e:
                self._count(type(e).__name__)
            else:
                self._count(str(answer.status_code))
                if answer.status_code in wanted:
                    return answer.status_code, answer.json()
                self._judge(path, answer)
            time.sleep(TRY_AGAIN_SECONDS)
        raise TimeoutError(f"{path} was not answered as it should be in {PATIENCE_SECONDS:.0f} s")

    def _count(self, code: str) -> None:
        with self._lock:
            self.codes[code] += 1

    def _judge(self, path: str, answer: httpx.Response) -> None:
        if answer.status_code not in TRY_LATER:
            self.complaints.append(f"{path} answered {answer.status_code}: {answer.text[:200]}")
        elif "Retry-After" not in answer.headers:
            self.complaints.append(f"{path} answered {answer.status_code} without Retry-After")
