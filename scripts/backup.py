"""`python -m scripts.backup FILE`: a backup of a Backbeat that may go on working, made on any of its hosts."""

import argparse
import sys
from pathlib import Path

from config import Settings, read_settings
from errors import BackbeatError
from services.backup.making import Made, make


def main(argv: list[str] | None = None) -> int:
    arguments = _arguments(argv)
    try:
        settings = read_settings()
        made = make(settings, arguments.file, with_media=_with_media(arguments.media, settings))
    except BackbeatError as e:
        print(e.message, file=sys.stderr)
        return 1
    except OSError as e:
        print(f"{arguments.file} cannot be written: {e.strerror or e}.", file=sys.stderr)
        return 1
    _report(arguments.file, made)
    return 0


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m scripts.backup", description=__doc__)
    parser.add_argument("file", type=Path, help="the new backup; it takes the place of one that is there")
    parser.add_argument(
        "--media",
        choices=("folder", "yes", "no"),
        default="folder",
        help="whether the storage's files are in it: only where it is a folder (the default), always, or never",
    )
    return parser.parse_args(argv)


def _with_media(wanted: str, settings: Settings) -> bool:
    return wanted == "yes" or (wanted == "folder" and settings.effective_storage_url.startswith("file:"))


def _report(file: Path, made: Made) -> None:
    size_mb = file.stat().st_size / 1e6
    gone = f"; {made.gone} were removed meanwhile" if made.gone else ""
    print(f"{file}: the {made.manifest.database} database and {made.files} files, {size_mb:.1f} MB{gone}.")
    if not made.manifest.has_media:
        print("The storage's files are not in it; back them up after it, with the storage's own means.")
    if not made.manifest.has_secret_key:
        print("SECRET_KEY is not in it; keep it elsewhere.")


if __name__ == "__main__":
    sys.exit(main())
