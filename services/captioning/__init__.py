"""What is to be seen in a picture, told by what DESCRIBER names."""

from functools import cache

from config import Settings
from services.captioning.protocol import Captioner, Colour, Seen, Sight

__all__ = ["Captioner", "Colour", "Seen", "Sight", "load"]


def load(settings: Settings) -> Captioner:
    """The captioner that the settings ask for; a process loads its models once, and its forks share them."""
    return _load(settings.describer, settings.describer_model, settings.describer_api_key)


@cache
def _load(describer: str, model: str, api_key: str | None) -> Captioner:
    # Both read the text in pictures, which brings 150 MB along.
    if describer == "local":
        from services.captioning.local import LocalCaptioner

        return LocalCaptioner()
    from services.captioning.remote import RemoteCaptioner

    return RemoteCaptioner(describer, model, api_key)
