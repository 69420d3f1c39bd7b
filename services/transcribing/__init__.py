"""What is said in a recording, by the engine that TRANSCRIBER names."""

from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from config import Settings
from services.transcribing.protocol import Engine

__all__ = ["Engine", "load"]


def load(settings: Settings) -> Engine:
    """The engine that the settings ask for; a process loads its model once.

    :raise SettingsError: if it needs a library or a model that is not here.
    """
    return _load(settings.transcriber, settings.transcriber_model, settings.transcriber_api_key)


@cache
def _load(transcriber: str, model: str, api_key: str | None) -> Engine:
    # Each engine is imported only where it is used: they bring tens of megabytes along.
    if transcriber == "local":
        from services.transcribing.pocket import PocketEngine

        return PocketEngine()
    if urlsplit(transcriber).scheme in {"http", "https"}:
        from services.transcribing.remote import RemoteEngine

        return RemoteEngine(transcriber, model, api_key)
    from services.transcribing.whisper import load_folder

    return load_folder(Path(transcriber).expanduser())
