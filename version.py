"""Which code this process runs: the release, and a digest of the source files as they were when it started."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

RELEASE = "0.1.0"

ROOT = Path(__file__).resolve().parent
LAYERS = ("blueprints", "services", "models", "store", "clients", "workers")
# What decides how a job is done: programs, and the word lists of the analyser.
SUFFIXES = frozenset({".py", ".txt"})


def source_files() -> Iterator[Path]:
    """The files that the digest is made of, in order."""
    yield from sorted(ROOT.glob("*.py"))
    for layer in LAYERS:
        yield from sorted(path for path in (ROOT / layer).rglob("*") if path.suffix in SUFFIXES)


def digest_of_sources() -> str:
    """The first 8 hex digits of a SHA-256 over names and contents."""
    digest = hashlib.sha256()
    for path in source_files():
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:8]


# Taken at the import: later the files may be those of another release than the one that runs.
APP_VERSION = f"{RELEASE}+{digest_of_sources()}"
