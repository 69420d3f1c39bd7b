"""What an address has is brought in; what will not change is told from what may."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from errors import TransientError
from extensions import current_settings
from models import User
from services.footage import catalogue, states
from services.footage.problems import StepProblem
from services.footage.work.file_info import file_info
from services.media import stored
from tests.footage.contexts import Stopped, TestContext, apply
from tests.servers.shelf import Shelf, shelf_with


@pytest.fixture
def settings_overrides() -> dict[str, Any]:
    return {"webhook_allow_private": True, "max_media_mb": 1}


@pytest.fixture
def shelf(clip: Path) -> Iterator[Shelf]:
    with shelf_with(clip) as server:
        yield server


def test_it_fetches_the_file(owner: User, shelf: Shelf) -> None:
    footage_id, context = catalogue.add_url(owner.id, shelf.url("on%20rivers.mov")), TestContext()
    row = apply(footage_id, file_info(footage_id, context))
    assert (row.status, row.media_key) == (states.FILE_INFO_COMPLETE, f"footage/{footage_id}/source.mov")
    assert (row.size_bytes, row.file_name) == (len(shelf.body), "on rivers.mov")
    assert list((current_settings().data_dir / "work").iterdir()) == []
    assert context.shares == sorted(context.shares)


@pytest.mark.parametrize(
    ("status", "headers"), [(404, {}), (302, {"Location": "/b.mp4"}), (200, {"Content-Type": "text/html"})]
)
def test_it_says_what_will_not_change(owner: User, shelf: Shelf, status: int, headers: dict[str, str]) -> None:
    shelf.status, shelf.headers = status, headers
    footage_id = catalogue.add_url(owner.id, shelf.url("a.mp4"))
    with pytest.raises(StepProblem) as problem:
        file_info(footage_id, TestContext())
    assert (problem.value.code, problem.value.is_final) == ("not_fetched", True)


@pytest.mark.parametrize(("status", "share"), [(503, 1.0), (429, 1.0), (200, 0.5)])
def test_it_leaves_what_may_change_for_another_try(owner: User, shelf: Shelf, status: int, share: float) -> None:
    shelf.status, shelf.share = status, share
    footage_id = catalogue.add_url(owner.id, shelf.url("a.mp4"))
    with pytest.raises(TransientError):
        file_info(footage_id, TestContext())
    shelf.status, shelf.share = 200, 1.0
    apply(footage_id, file_info(footage_id, TestContext()))


def test_it_stops_in_mid_transfer(owner: User, shelf: Shelf) -> None:
    footage_id = catalogue.add_url(owner.id, shelf.url("a.mp4"))
    with pytest.raises(Stopped):
        file_info(footage_id, TestContext(stop_at=1))
    assert stored.storage().list() == []
    assert list((current_settings().data_dir / "work").iterdir()) == []
