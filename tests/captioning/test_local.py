"""Without a server, a picture is told by its text and its looks."""

from pathlib import Path

import pytest

from config import read_settings
from services import captioning
from services.captioning.protocol import Captioner
from services.media.ffmpeg import MediaError
from tests.captioning.conftest import MakePicture


@pytest.fixture(scope="module")
def captioner() -> Captioner:
    return captioning.load(read_settings({}))


def test_it_reads_the_text_from_top_to_bottom(captioner: Captioner, make_picture: MakePicture) -> None:
    seen = captioner.caption(
        make_picture("sign.jpg", (0, 90, 0), words=("EMERGENCY EXIT", "mind the step")), before=None
    )
    assert seen.sight.text == ("EMERGENCY EXIT", "mind the step")
    assert "it reads: “EMERGENCY EXIT / mind the step”" in seen.caption
    assert "mostly green" in seen.caption


def test_it_reads_nothing_where_nothing_is_written(captioner: Captioner, make_picture: MakePicture) -> None:
    seen = captioner.caption(make_picture("flag.jpg", (200, 20, 20), (250, 250, 250), (20, 40, 190)), before=None)
    assert seen.sight.text == ()
    assert {colour.name for colour in seen.sight.colours} == {"red", "white", "blue"}


def test_it_tells_a_plain_picture_by_its_colour(captioner: Captioner, make_picture: MakePicture) -> None:
    assert captioner.caption(make_picture("a.jpg", (20, 60, 200)), before=None).caption == "A plain blue picture."


def test_it_sees_what_has_changed_since_the_frame_before(captioner: Captioner, make_picture: MakePicture) -> None:
    still, other = (
        make_picture("still.png", (9, 99, 9), (9, 9, 99)),
        make_picture("other.png", (230, 230, 0), (0, 0, 0)),
    )
    assert captioner.caption(still, before=None).sight.motion is None
    assert captioner.caption(still, before=still).sight.motion == 0.0
    assert (captioner.caption(other, before=still).sight.motion or 0.0) > 0.2


def test_it_gives_what_was_seen_as_json(captioner: Captioner, make_picture: MakePicture) -> None:
    seen = captioner.caption(make_picture("a.jpg", (0, 0, 0), words=("RIVER",)), before=None).sight.as_json()
    assert seen["text"] == ["RIVER"]
    assert seen["colours"][0] == {"name": "black", "hex": "#000000", "share": seen["colours"][0]["share"]}
    assert {"brightness", "sharpness", "motion"} <= seen.keys()


@pytest.mark.parametrize("content", [b"", b"GIF89a and no more", b"\xff\xd8\xff"])
def test_it_refuses_what_is_no_picture(captioner: Captioner, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.jpg"
    path.write_bytes(content)
    with pytest.raises(MediaError, match=r"broken\.jpg is no picture that can be read"):
        captioner.caption(path, before=None)


def test_it_is_loaded_once(captioner: Captioner) -> None:
    assert captioning.load(read_settings({})) is captioner


def test_it_names_its_reader(captioner: Captioner) -> None:
    assert captioner.name.startswith("local-rapidocr-")
