"""Footage with thousands of lines to be read, most of them misread anew in each frame, is described in no time."""

import time

from services.describing.facts import Facts, Moment
from services.describing.local import LocalDescriber

MOST_CPU_SECONDS = 2.0  # comparing each line with each other takes many times as long
MOMENTS = tuple(Moment(float(at), read=("RIVER LOCK", *(f"noise {at} {n}" for n in range(30)))) for at in range(200))


def test_it_is_quick_and_says_what_most_frames_show() -> None:
    began_at = time.process_time()
    made = LocalDescriber().describe(Facts(moments=MOMENTS))
    assert time.process_time() - began_at < MOST_CPU_SECONDS
    assert made.title.startswith("RIVER LOCK")
    assert "“RIVER LOCK”" in made.description
    assert "river" in made.tags
