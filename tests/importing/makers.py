"""Files to import, and somebody to report to."""

import subprocess
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from mutagen import id3
from sqlalchemy import select
from sqlalchemy.orm import Session

import clock
from extensions import db, transaction
from models import Job, Song, User
from services.importing.importer import import_batch
from services.importing.incoming import IncomingFile
from services.importing.report import ImportReport
from services.jobs import states
from services.jobs.work import HandBack

CODECS = {
    ".mp3": ("libmp3lame", "mp3"),
    ".flac": ("flac", "flac"),
    ".m4a": ("aac", "ipod"),
    ".ogg": ("libvorbis", "ogg"),
    ".opus": ("libopus", "opus"),
}


def make_audio(path: Path, *options: str) -> Path:
    """One second of a sine tone, in the format of the suffix."""
    codec, container = CODECS[path.suffix]
    tone = ("-f", "lavfi", "-i", "sine=frequency=440:duration=1:sample_rate=48000")
    command = ("ffmpeg", "-y", "-loglevel", "error", *tone, *options, "-c:a", codec, "-f", container, str(path))
    subprocess.run(command, check=True)
    return path


def make_id3(title: str = "", **frames: Any) -> Any:
    """ID3 tags, to be saved to a file: the title, and further frames by their names."""
    made: Any = id3.ID3()  # type: ignore[no-untyped-call]  # mutagen has no types for it
    for name, fields in {"TIT2": {"text": title}, **frames}.items():
        made.add(getattr(id3, name)(**fields))
    return made


class RecordingWork:
    """An import's runner that writes down what it is told; `stop_at` is the checkpoint at which it ends the import."""

    def __init__(self, stop_at: int | None = None) -> None:
        self.progress = self
        self.steps: list[tuple[str, int | None]] = []
        self.done: dict[str, int] = {}
        self.messages: list[str] = []
        self.transactions = 0
        self._checkpoints = 0
        self._stop_at = stop_at

    def step(self, name: str, total: int | None = None) -> None:
        self.steps.append((name, total))
        self.done[name] = 0

    def advance(self, n: int = 1) -> None:
        self.done[self.steps[-1][0]] += n

    def message(self, text: str) -> None:
        self.messages.append(text)

    def checkpoint(self) -> None:
        self._checkpoints += 1
        if self._checkpoints == self._stop_at:
            raise HandBack("The worker is to stop.")

    def saving(self) -> AbstractContextManager[Session]:
        self.transactions += 1
        return transaction()


class Batch:
    """Files in a folder, to be imported in the order in which they were made."""

    def __init__(self, folder: Path, owner: User) -> None:
        self.folder = folder
        self.owner_id = owner.id
        self.files: list[IncomingFile] = []

    def add(self, name: str, content: str | bytes = "") -> Path:
        path = self.folder / str(len(self.files))
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.files.append(IncomingFile(name, path))
        return path

    def run(self, work: RecordingWork | None = None, job_id: str | None = None, **options: Any) -> ImportReport:
        return import_batch(self.owner_id, self.files, work or RecordingWork(), job_id, **options)

    def refusal(self, **options: Any) -> tuple[str, str]:
        """(code, reason) of the one file that is refused."""
        (item,) = self.run(**options).refusals
        return item.code, item.reason


def only_song() -> Song:
    return db.session.scalars(select(Song)).one()


def titles() -> list[str]:
    return list(db.session.scalars(select(Song.title).order_by(Song.id)))


def make_job(job_id: str = "01JD0000000000000000000000") -> str:
    """A row of an import job."""
    now = clock.now()
    fields = {"due_at": now, "created_at": now, "updated_at": now}
    with transaction() as session:
        session.add(Job(id=job_id, type="import_media", queue="high", status=states.STARTED, **fields))
    return job_id
