"""`python -m scripts.restore FILE`: bring a backup back, into an empty DATA_DIR, database and storage."""

import argparse
import sys
from pathlib import Path

from config import Settings, prepare_data_dir, read_settings
from errors import BackbeatError
from services.backup.archive import Manifest
from services.backup.restoring import restore


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.restore", description=__doc__)
    parser.add_argument("file", type=Path, help="a backup of `python -m scripts.backup`")
    file: Path = parser.parse_args(argv).file
    try:
        settings = read_settings()
        prepare_data_dir(settings)
        manifest = restore(settings, file)
    except BackbeatError as e:
        print(e.message, file=sys.stderr)
        return 1
    except OSError as e:
        print(f"{file} could not be restored: {e}. Empty what was written, then try again.", file=sys.stderr)
        return 1
    _report(manifest, settings)
    return 0


def _report(manifest: Manifest, settings: Settings) -> None:
    print(f"Restored what Backbeat {manifest.version} had. Start it as always: `make run`, or `scripts.prepare` first.")
    if settings.redis_url:
        print(
            "REDIS_URL must name an empty Redis: one that knows later news of these jobs would not take earlier ones."
        )
    if not manifest.has_secret_key:
        print("Set SECRET_KEY to what it was: sessions and sealed secrets depend on it.")
    if not manifest.has_media:
        print("The storage's files were not in it; restore them with the storage's own means.")


if __name__ == "__main__":
    sys.exit(main())
