"""Where the renderer is, and where its outputs appear: a wrong value stops the start with what is allowed."""

import pytest

from config import read_settings
from errors import SettingsError


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NCA_BASE_URL", "renderer.example.org"),
        ("RENDER_OUTPUT_URL", "https://files.example.org/output_0.mp4"),
        ("RENDER_OUTPUT_URL", "https://files.example.org/{job}_{external_job_id}.mp4"),
        ("RENDER_OUTPUT_URL", "files/{external_job_id}_output_0.mp4"),
    ],
)
def test_it_names_what_cannot_be_used(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"{name}='"):
        read_settings({name: value})


def test_it_takes_what_can_be_used() -> None:
    pattern = "https://files.example.org/{external_job_id}_output_0.mp4"
    settings = read_settings({"NCA_BASE_URL": "https://r.example.org/", "RENDER_OUTPUT_URL": pattern})
    assert (settings.nca_base_url, settings.render_output_url) == ("https://r.example.org", pattern)
