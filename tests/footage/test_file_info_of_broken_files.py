"""Each kind of broken file has an outcome of its own, and none is worth another try."""

from collections.abc import Callable
from pathlib import Path

import pytest

from services.footage.problems import StepProblem
from services.footage.work.file_info import file_info
from services.media import stored
from tests.footage.conftest import MakeFootage
from tests.footage.contexts import TestContext
from tests.media.makers import cut_off, only_sound, recording


def _empty(folder: Path) -> Path:
    path = folder / "empty.mp4"
    path.touch()
    return path


def _words(folder: Path) -> Path:
    path = folder / "notes.mp4"
    path.write_text("These are only words.\n" * 100)
    return path


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (_empty, "empty_file"),
        (_words, "not_a_video"),
        (lambda folder: only_sound(folder / "sound.mp4"), "not_a_video"),
        (lambda folder: cut_off(recording(folder / "a.mp4")), "truncated"),
        (lambda folder: cut_off(recording(folder / "a.mkv", seconds=30.0)), "truncated"),
    ],
)
def test_it_says_what_is_the_matter(
    make_footage: MakeFootage, tmp_path: Path, make: Callable[[Path], Path], code: str
) -> None:
    footage_id = make_footage(make(tmp_path)).id
    with pytest.raises(StepProblem) as problem:
        file_info(footage_id, TestContext())
    assert (problem.value.code, problem.value.is_final) == (code, True)
    assert stored.storage().list() == []


def test_it_waits_for_a_disk_that_is_away(make_footage: MakeFootage, clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(clip.read_bytes())
    footage_id = make_footage(path).id
    path.rename(tmp_path / "b.mp4")
    with pytest.raises(StepProblem) as problem:
        file_info(footage_id, TestContext())
    assert (problem.value.code, problem.value.is_final) == ("file_gone", False)
    (tmp_path / "b.mp4").rename(path)
    file_info(footage_id, TestContext())


def test_it_follows_no_link_that_was_put_there_since(make_footage: MakeFootage, clip: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(clip.read_bytes())
    footage_id = make_footage(path).id
    path.unlink()
    path.symlink_to(clip)
    with pytest.raises(StepProblem):
        file_info(footage_id, TestContext())
