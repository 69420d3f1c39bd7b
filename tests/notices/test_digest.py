"""What a message says, by table."""

from dataclasses import dataclass

import pytest

from services.notices.digest import compose

BASE = "https://backbeat.example.org"


@dataclass
class Owed:
    event: str
    text: str = "It is so."
    path: str = "/jobs/1"


@pytest.mark.parametrize(
    ("events", "title", "kind"),
    [
        (["job.finished"], "Backbeat: a job has finished", "success"),
        (["job.failed"], "Backbeat: a job has failed", "failure"),
        (["job.finished"] * 2, "Backbeat: 2 finished", "success"),
        (["job.canceled", "job.finished"], "Backbeat: 1 finished, 1 canceled", "warning"),
        (["job.finished"] * 1200 + ["job.failed"], "Backbeat: 1,200 finished, 1 failed", "failure"),
        (["test", "alert", "alert"], "Backbeat: 2 alerts, 1 test", "warning"),
        (["webhook.disabled", "test"], "Backbeat: 1 webhook switched off, 1 test", "failure"),
        (["test"], "Backbeat: a test", "info"),
    ],
)
def test_its_title_counts_and_its_kind_is_the_worst(events: list[str], title: str, kind: str) -> None:
    message = compose([Owed(event) for event in events], BASE)
    assert (message.title, message.kind) == (title, kind)


def test_each_notice_is_a_sentence_and_a_link() -> None:
    message = compose([Owed("job.finished", "One.", "/jobs/1"), Owed("job.failed", "Two.", "/jobs/2")], BASE)
    assert message.body == f"One. {BASE}/jobs/1\nTwo. {BASE}/jobs/2"


@pytest.mark.parametrize(("number", "lines", "last"), [(20, 20, "/jobs/1"), (21, 21, f"And 1 more: {BASE}/")])
def test_of_many_it_tells_the_first_twenty(number: int, lines: int, last: str) -> None:
    body = compose([Owed("job.finished")] * number, BASE).body.split("\n")
    assert len(body) == lines
    assert body[-1].endswith(last)


def test_long_news_are_told_as_far_as_services_take_them() -> None:
    lines = compose([Owed("job.failed", "x" * 600)] * 20, BASE).body.split("\n")
    assert len(lines) == 5
    assert lines[-1] == f"And 16 more: {BASE}/"
