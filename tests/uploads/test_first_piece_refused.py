"""An upload that begins with a piece that is refused has not begun: its sender is told no address of it."""

import pytest
from sqlalchemy import select

from extensions import current_settings, db
from models import Upload, Video
from tests.uploads.conftest import Tus
from tests.uploads.test_checksums import said

OTHER = {"Upload-Checksum": said("sha1", b"another")}
REFUSED = [(100, OTHER, 460), (3, {}, 413)]


@pytest.mark.parametrize(("size", "headers", "status"), REFUSED)
@pytest.mark.parametrize("purpose", ["episode", "footage", "video"])
def test_it_leaves_nothing(tus: Tus, size: int, headers: dict[str, str], status: int, purpose: str) -> None:
    answer = tus.create(size, data=b"abcdef", headers=headers, filename="a.mp4", purpose=purpose)
    assert answer.status_code == status
    assert db.session.scalars(select(Upload.id)).all() == []
    assert db.session.scalars(select(Video.id)).all() == []
    assert list(current_settings().uploads_dir.iterdir()) == []


@pytest.mark.parametrize(("size", "headers", "status"), REFUSED)
def test_its_id_can_be_taken_again(tus: Tus, size: int, headers: dict[str, str], status: int) -> None:
    refused = tus.create(size, data=b"abcdef", headers=headers, filename="a.mp4", purpose="video", id="harbour")
    assert refused.status_code == status
    answer = tus.create(6, data=b"abcdef", filename="a.mp4", purpose="video", id="harbour")
    assert (answer.status_code, answer.headers["Backbeat-Video-Id"]) == (201, "harbour")


def test_a_later_piece_that_is_refused_leaves_what_came_before(tus: Tus) -> None:
    address = tus.begin(100, purpose="video")
    tus.send(address, 0, b"abc")
    assert tus.send(address, 3, b"def", **OTHER).status_code == 460
    assert tus.offset(address) == 3
