"""A Backbeat in real processes that videos are sent to, and what became of them, counted truthfully."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

import httpx
from sqlalchemy import text

from tests.faults.outcome import Outcome
from tests.faults.steps import fuse
from tests.stack import Stack
from tests.waiting import wait_until

RECOVER = "/internal/process-new-videos/trigger"
LONG_AGO_SECONDS = 3600.0
LONG_SECONDS = 180.0
PIECE = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
# A video that is made ready twice keeps one row, so its row would not tell.
WATCH = (
    "CREATE TABLE made_ready (video_id VARCHAR(64))",
    """CREATE TRIGGER watch_videos AFTER UPDATE OF status ON video WHEN NEW.status = 'ready'
       BEGIN INSERT INTO made_ready VALUES (NEW.id); END""",
)
OLDER = (
    """UPDATE video SET created_at = created_at - :seconds, run_ended_at = run_ended_at - :seconds,
       recover_at = recover_at - :seconds WHERE status <> 'ready'""",
    "UPDATE upload SET updated_at = updated_at - :seconds WHERE made_id IS NULL",
)


class Videos:
    """`sent` are the ids of the videos by the names that rows give them; of those `answered` the last piece was."""

    def __init__(self, stack: Stack, clip: Path) -> None:
        self.stack, self.clip = stack, clip.read_bytes()
        self.sent: dict[str, str] = {}
        self.answered: set[str] = set()
        with stack.engine.begin() as connection:
            for statement in WATCH:
                connection.execute(text(statement))

    def send(self, name: str) -> str:
        """All of it, in one piece; whether that was answered or not. The id of its video."""
        facts = {"name": name, "file_name": f"{name}.mp4", "size_bytes": len(self.clip)}
        answer = self.stack.post("/api/videos", **facts)
        self.sent[name] = answer["id"]
        with suppress(httpx.TransportError):
            self.stack.client.patch(answer["upload_url"], content=self.clip, headers=PIECE).raise_for_status()
            self.answered.add(name)
        return self.sent[name]

    def status(self, video_id: str) -> str:
        return str(self.stack.rows("SELECT status FROM video WHERE id = :id", id=video_id)[0][0])

    def ready(self, video_id: str) -> bool:
        return self.status(video_id) == "ready"

    def await_ready(self, *names: str) -> None:
        for name in names:
            what = f"the video “{name}” is ready"
            wait_until(partial(self.ready, self.sent[name]), what, within_seconds=LONG_SECONDS)

    def let_time_pass(self, seconds: float = LONG_AGO_SECONDS) -> None:
        """As if all that is known of them, and the last byte that came, were so much older."""
        with self.stack.engine.begin() as connection:
            for statement in OLDER:
                connection.execute(text(statement), {"seconds": seconds})
        for path in self.stack.settings.uploads_dir.iterdir():
            at = path.stat().st_mtime - seconds
            os.utime(path, (at, at))

    def recover(self) -> None:
        """One run of recovery, to its end."""
        wait_until(self._answers, "the web server is back")
        answer = self.stack.post(RECOVER)
        self.stack.ended(answer["job_id"])

    def _answers(self) -> bool:
        with suppress(httpx.TransportError):
            return self.stack.client.get("/healthz").status_code == 200
        return False

    @contextmanager
    def dying_in(self, step: str) -> Iterator[None]:
        """The next worker that comes to this step of a job dies with it; on leaving, one must have."""
        path = fuse(self.stack.settings.data_dir, step)
        path.touch()
        yield
        wait_until(lambda: not path.exists(), f"somebody dies in {step}", within_seconds=60)

    def outcome(self, seconds: list[float], breaches: list[str], note: str) -> Outcome:
        """Each ready, made so once, and by one run that finished."""
        made = Counter(video for (video,) in self.stack.rows("SELECT video_id FROM made_ready"))
        ended = "SELECT target_id FROM job WHERE type = 'process_video' AND status = 'finished'"
        finished = Counter(video for (video,) in self.stack.rows(ended))
        doubled = sum(n - 1 for counts in (made, finished) for n in counts.values())
        lost = sum(not self.ready(video_id) for video_id in self.sent.values())
        return Outcome(len(self.sent), lost, doubled, max(seconds), tuple(breaches), note)
