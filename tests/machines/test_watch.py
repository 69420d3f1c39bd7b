"""What a person complains of who has watched a bar."""

from typing import Any

import httpx

from tests.machines.balancer import SERVED_BY
from tests.machines.person import Watch

JOB = "01M82VA64Y4GZNCW9JW9W9E3QX"


def answer(code: int = 200, *, by: str = "10.77.0.11:5001", **document: Any) -> httpx.Response:
    told = {"status": "started", "progress": 0.0, "attempt": 1, "version": 1} | document
    return httpx.Response(code, headers={SERVED_BY: by}, json=told)


def watch(*answers: httpx.Response) -> Watch:
    seen = Watch(JOB)
    for one in answers:
        seen.note(one, seen.answered_at[-1])
    return seen


def test_it_is_content_with_a_bar_that_grows_to_its_end() -> None:
    seen = watch(answer(progress=0.5), answer(progress=1.0, version=2, status="finished"))
    assert seen.breaches() == []


def test_it_complains_of_a_bar_that_falls() -> None:
    seen = watch(
        answer(progress=0.5), answer(progress=0.4, version=2), answer(version=3, status="finished", progress=1)
    )
    assert [words for words in seen.breaches() if "fell from 0.5" in words]


def test_it_complains_of_errors_unless_they_are_allowed() -> None:
    seen = watch(answer(503), answer(progress=1.0, status="finished"))
    assert seen.breaches() == ["1 polls ended in 503"]
    assert seen.breaches(allowed=frozenset({"503"})) == []


def test_it_complains_of_a_bad_end() -> None:
    seen = watch(answer(status="failed", error="Its worker was lost."))
    assert seen.breaches() == ["the job has failed: Its worker was lost."]


def test_it_counts_the_host_that_answered_in_the_end() -> None:
    seen = watch(answer(by="10.77.0.11:5001, 10.77.0.12:5001"), answer())
    assert seen.served_by == {"10.77.0.12": 1, "10.77.0.11": 1}
