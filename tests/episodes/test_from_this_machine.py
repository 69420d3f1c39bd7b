"""A path is taken only from the folder that is watched, unless whoever asks may have any."""

import os
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from errors import Conflict, InvalidInput
from extensions import transaction
from models import Episode, User
from services.episodes import arrivals
from tests.conftest import RunJobs
from tests.episodes.conftest import fresh
from tests.media.makers import recording


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    folder = tmp_path / "watched"
    folder.mkdir()
    return folder


@pytest.fixture
def settings_overrides(watched: Path) -> dict[str, Any]:
    return {"watch_dir": watched}


def test_it_takes_a_copy(owner: User, watched: Path, run_jobs: RunJobs) -> None:
    path = recording(watched / "talk.mp4")
    arrival = arrivals.take_path(owner.id, str(path), anywhere=False)
    run_jobs()
    assert fresh(arrival.episode_id).arrival == "ready"
    assert path.is_file()


def test_one_file_is_one_episode(owner: User, watched: Path, run_jobs: RunJobs) -> None:
    path = recording(watched / "talk.mp4")
    owner_id = owner.id
    first = arrivals.take_path(owner_id, str(path), anywhere=False)
    run_jobs()
    with pytest.raises(Conflict) as refused:
        arrivals.take_path(owner_id, str(path), anywhere=False, episode_id="another")
    assert refused.value.details == {"id": first.episode_id}


def test_one_that_was_unusable_has_another_chance(owner: User, watched: Path, run_jobs: RunJobs) -> None:
    path, owner_id = watched / "talk.mp4", owner.id
    path.touch()
    first = arrivals.take_path(owner_id, str(path), anywhere=False)
    run_jobs()
    recording(path)
    again = arrivals.take_path(owner_id, str(path), anywhere=False)
    run_jobs()
    assert again.episode_id == first.episode_id
    assert fresh(again.episode_id).arrival == "ready"
    assert fresh(again.episode_id).problem is None


def test_it_has_none_while_the_job_that_could_not_bring_it_is_at_its_end(owner: User, watched: Path) -> None:
    path, owner_id = recording(watched / "talk.mp4"), owner.id
    first = arrivals.take_path(owner_id, str(path), anywhere=False)
    with transaction() as session:
        session.execute(update(Episode).values(arrival="unusable"))
    with pytest.raises(Conflict) as refused:
        arrivals.take_path(owner_id, str(path), anywhere=False)
    assert refused.value.details == {"id": first.episode_id}
    assert fresh(first.episode_id).arrival == "unusable"


@pytest.mark.parametrize("path", ["/etc/hostname", "talk.mp4", "watched/../../secret", "/nowhere\0.mp4", ""])
def test_it_takes_no_other_path(owner: User, path: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        arrivals.take_path(owner.id, path, anywhere=False)
    assert "path" in (refused.value.details or {})


def test_no_dots_lead_out_of_the_folder(owner: User, watched: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    with pytest.raises(InvalidInput):
        arrivals.take_path(owner.id, f"{watched}/../secret", anywhere=False)


def test_no_link_leads_out_of_the_folder(owner: User, watched: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (watched / "link.mp4").symlink_to(tmp_path / "secret")
    with pytest.raises(InvalidInput):
        arrivals.take_path(owner.id, str(watched / "link.mp4"), anywhere=False)


def test_a_link_made_after_it_was_taken_is_not_followed(
    owner: User, watched: Path, tmp_path: Path, run_jobs: RunJobs
) -> None:
    path = watched / "talk.mp4"
    path.touch()
    arrival = arrivals.take_path(owner.id, str(path), anywhere=False)
    path.unlink()
    path.symlink_to(recording(tmp_path / "secret.mp4"))
    run_jobs()
    assert fresh(arrival.episode_id).problem == "invalid_input"


def test_a_folder_is_no_file(owner: User, watched: Path) -> None:
    with pytest.raises(InvalidInput):
        arrivals.take_path(owner.id, str(watched), anywhere=True)


def test_whoever_may_have_any_path_has_it(owner: User, tmp_path: Path, run_jobs: RunJobs) -> None:
    arrival = arrivals.take_path(owner.id, str(recording(tmp_path / "a.mp4")), anywhere=True)
    run_jobs()
    assert fresh(arrival.episode_id).arrival == "ready"


def test_a_file_that_is_gone_by_then_is_told_of(owner: User, watched: Path, run_jobs: RunJobs) -> None:
    path = watched / "talk.mp4"
    path.touch()
    arrival = arrivals.take_path(owner.id, str(path), anywhere=False)
    path.unlink()
    run_jobs()
    assert fresh(arrival.episode_id).arrival == "unusable"


def test_a_link_to_itself_is_refused(client: FlaskClient, watched: Path) -> None:
    (watched / "loop.mp4").symlink_to(watched / "loop.mp4")
    answer = client.post("/api/episodes", json={"path": str(watched / "loop.mp4")})
    assert (answer.status_code, answer.get_json()["error"]) == (422, "invalid_input")
    assert "circle" in answer.get_json()["message"]


def test_a_name_that_is_not_in_utf_8_is_refused(owner: User, watched: Path) -> None:
    path = os.fsdecode(os.fsencode(watched) + b"/caf\xe9.mp4")
    Path(path).touch()
    (watched / "link.mp4").symlink_to(path)
    for given in (path, str(watched / "link.mp4"), f"{watched}/\ud800.mp4"):
        with pytest.raises(InvalidInput, match="UTF-8"):
            arrivals.take_path(owner.id, given, anywhere=False)


def test_a_file_that_may_not_be_read_is_refused(owner: User, watched: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (watched / "talk.mp4").touch()
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(InvalidInput, match="may read"):
        arrivals.take_path(owner.id, str(watched / "talk.mp4"), anywhere=False)
