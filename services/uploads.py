"""Files that came through the browser or the API, on their way into the library."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import select
from ulid import ULID

import clock
from errors import InvalidInput
from extensions import current_settings, db
from models import Job
from services.importing.incoming import IncomingFile
from services.jobs import states
from services.jobs.submit import Submission, submit
from services.jobs.work import Outcome, Work
from services.library.text import drop_unprintable

MAX_FILES = 10_000
OLD_SECONDS = 3600


class Upload(Protocol):
    """A file as the web framework hands it over: a name of the sender's choice, and a way to store it."""

    @property
    def filename(self) -> str | None: ...

    def save(self, dst: Path) -> None: ...


@dataclass(frozen=True, slots=True)
class _Folder:
    """Where the files of one import lie until it is over. Their names there are ours: the sender's are only shown."""

    path: Path

    @classmethod
    def of(cls, job_id: str) -> "_Folder":
        return cls(current_settings().uploads_dir / job_id)

    def files(self, names: Iterable[str]) -> list[IncomingFile]:
        return [IncomingFile(name, self.path / str(number)) for number, name in enumerate(names)]


def submit_import(owner_id: int, uploads: list[Upload]) -> Submission:
    """Keep the files, then promise to import them.

    :raise InvalidInput: if there are none, or too many.
    """
    named = [upload for upload in uploads if upload.filename]
    names = [drop_unprintable(upload.filename or "") for upload in named]
    if not named:
        raise InvalidInput("No file was sent.", details={"files": "at least one file, in the form field “files”"})
    if len(named) > MAX_FILES:
        raise InvalidInput(
            f"{len(named)} files are too many at once.", details={"files": f"at most {MAX_FILES} at a time"}
        )
    job_id = str(ULID())
    folder = _Folder.of(job_id)
    try:
        folder.path.mkdir(parents=True)
        for upload, file in zip(named, folder.files(names), strict=True):
            upload.save(file.path)
    except BaseException:
        shutil.rmtree(folder.path, ignore_errors=True)
        raise
    title = names[0] if len(names) == 1 else f"{len(names)} files"
    params = {"names": names, "size": len(names)}
    return submit("import_media", title=title, params=params, owner_id=owner_id, job_id=job_id)


def remove_leftovers() -> int:
    """Remove the files of imports that are over, or were never promised; how many imports' there were.

    A failed import keeps its files while its job is there, so that it can be retried.
    """
    folders = [path for path in current_settings().uploads_dir.iterdir() if path.is_dir() and is_old(path)]
    wanted = select(Job.id).where(Job.id.in_([path.name for path in folders]), Job.status != states.FINISHED)
    kept = set(db.session.scalars(wanted))
    left = [path for path in folders if path.name not in kept]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return len(left)


def is_old(path: Path) -> bool:
    """Whether an upload into this folder can no longer be under way."""
    return clock.now() - path.stat().st_mtime > OLD_SECONDS


def import_upload(work: Work) -> Outcome:
    """Import the kept files; they are removed once the import is over for good."""
    from services.importing.importer import import_batch  # it reads many formats, for which a worker alone has use

    folder = _Folder.of(work.job.id)
    report = import_batch(
        work.job.owner_id or 0,
        folder.files(work.job.params["names"]),
        work,
        work.job.id,
        max_audio_bytes=current_settings().max_upload_mb * 1024 * 1024,
    )
    return Outcome(
        result=report.as_result(),
        result_url=f"/import/{work.job.id}",
        after_commit=lambda: shutil.rmtree(folder.path, ignore_errors=True),
    )
