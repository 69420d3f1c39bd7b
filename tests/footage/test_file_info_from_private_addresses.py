"""An address that turns out to lead to a private network is none, however often it is tried."""

import pytest

from models import User
from services.footage import catalogue
from services.footage.problems import StepProblem
from services.footage.work.file_info import file_info
from tests.footage.contexts import TestContext
from tests.webhooks.names import Names


def test_it_is_final(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    Names(monkeypatch).say("media.example", ["10.0.0.7"])
    footage_id = catalogue.add_url(owner.id, "https://media.example/a.mp4")
    with pytest.raises(StepProblem) as problem:
        file_info(footage_id, TestContext())
    assert problem.value.is_final
