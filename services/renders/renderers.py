"""Which renderer there is. Another kind is a file in `clients/` and a line here."""

from clients.nca import NcaClient
from clients.renderer import Renderer
from config import Settings
from errors import Conflict
from extensions import current_settings


def named(settings: Settings) -> Renderer | None:
    """The one that the settings name, if they do."""
    if settings.nca_base_url is None:
        return None
    return NcaClient(settings.nca_base_url, settings.nca_api_key)


def current() -> Renderer:
    """:raise Conflict: if none is set up."""
    found = named(current_settings())
    if found is None:
        raise none_is_set_up()
    return found


def none_is_set_up() -> Conflict:
    return Conflict(
        "No renderer is set up here. Whoever runs Backbeat should name one with NCA_BASE_URL and NCA_API_KEY.",
        code="no_renderer",
    )
