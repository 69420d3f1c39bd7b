"""Imports a batch of files: songs first, in small groups, then the playlists that speak of them.

Each group is one transaction, which also writes what became of its files. A job that was killed reads these rows
and goes on behind them.
"""

from collections.abc import Sequence

import structlog

from services.importing.incoming import ImportWork, IncomingFile
from services.importing.kinds import DEFAULT_MAX_AUDIO_BYTES
from services.importing.ledger import Ledger
from services.importing.list_files import count_entries, import_entries, save_playlist
from services.importing.plan import make_plan
from services.importing.report import ImportReport
from services.importing.run import Run
from services.importing.song_files import import_songs, refuse_others

log = structlog.get_logger(__name__)

READING, SAVING = "reading", "saving"


def import_batch(
    owner_id: int,
    files: Sequence[IncomingFile],
    work: ImportWork,
    job_id: str | None = None,
    *,
    max_audio_bytes: int = DEFAULT_MAX_AUDIO_BYTES,
) -> ImportReport:
    """Import files; each that cannot be is refused by itself, and the rest goes in.

    With a `job_id`, what an earlier run of the job dealt with is not done again. The steps are `reading`, whose items
    are files and the entries of playlist files, and `saving`, whose items are playlists.
    """
    plan = make_plan(files)
    run = Run(owner_id, work, Ledger(job_id), max_audio_bytes)
    log.info(
        "import_planned",
        songs=len(plan.bundles),
        playlists=len(plan.playlists),
        unusable=len(plan.others),
        done_before=sum(run.ledger.report.counts.values()),
    )
    song_files = sum(len(bundle.files) for bundle in plan.bundles) + len(plan.others)
    work.progress.step(READING, song_files + sum(count_entries(run, file) for file in plan.playlists))
    refuse_others(run, plan.others)
    import_songs(run, plan.bundles)
    ready = [found for file in plan.playlists if (found := import_entries(run, file))]
    work.progress.step(SAVING, len(ready))
    for playlist in ready:
        save_playlist(run, playlist)
    log.info("import_done", **run.ledger.report.counts)
    return run.ledger.report
