"""Title, description and tags of footage from all that is known of it, by what DESCRIBER names."""

from functools import cache

from config import Settings
from services.describing.facts import Describer, Description, Facts, Moment

__all__ = ["Describer", "Description", "Facts", "Moment", "load"]


def load(settings: Settings) -> Describer:
    """The describer that the settings ask for."""
    return _load(settings.describer, settings.describer_model, settings.describer_api_key)


@cache
def _load(describer: str, model: str, api_key: str | None) -> Describer:
    if describer == "local":
        from services.describing.local import LocalDescriber

        return LocalDescriber()
    from clients.openai_chat import ChatClient
    from services.describing.remote import RemoteDescriber

    return RemoteDescriber(ChatClient.of(describer, model, api_key))
