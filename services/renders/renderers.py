"""Which renderer there is. Another kind is a file in `clients/` and a line here."""

from clients.nca import NcaClient
from clients.renderer import Renderer
from errors import Conflict
from extensions import current_settings


def current() -> Renderer:
    """:raise Conflict: if none is set up."""
    settings = current_settings()
    if settings.nca_base_url is None:
        raise Conflict(
            "No renderer is set up here. Whoever runs Backbeat should name one with NCA_BASE_URL and NCA_API_KEY.",
            code="no_renderer",
        )
    return NcaClient(settings.nca_base_url, settings.nca_api_key)
