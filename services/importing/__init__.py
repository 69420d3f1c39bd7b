"""Turns files into songs and playlists: audio with tags, lyrics files and lists, read one at a time."""

from services.importing.folders import import_paths
from services.importing.importer import import_batch
from services.importing.incoming import ImportWork, IncomingFile, Progress, Refused
from services.importing.report import ImportReport

__all__ = ["ImportReport", "ImportWork", "IncomingFile", "Progress", "Refused", "import_batch", "import_paths"]
