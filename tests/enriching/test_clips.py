"""Clips are whole sentences of 15 to 60 seconds, do not overlap, and say why they were chosen."""

from itertools import pairwise

from tests.enriching.conftest import BREAD, STARS, found, spoken

SEGMENTS = spoken((BREAD + STARS) * 4)


def test_it_keeps_their_length() -> None:
    clips = found(SEGMENTS).clips
    assert len(clips) >= 3
    assert all(15.0 <= clip.end - clip.start <= 60.0 for clip in clips)


def test_they_do_not_overlap() -> None:
    assert all(one.end <= other.start for one, other in pairwise(found(SEGMENTS).clips))


def test_they_begin_and_end_between_sentences() -> None:
    inside = [(segment.start + 0.001, segment.end - 0.001) for segment in SEGMENTS]
    for clip in found(SEGMENTS).clips:
        assert not [1 for start, end in inside if start < clip.start < end or start < clip.end < end]


def test_they_have_title_reason_and_score() -> None:
    for clip in found(SEGMENTS).clips:
        assert 1 <= clip.score <= 100
        assert clip.reason.endswith(".")
        assert 0 < len(clip.title) <= 80
        assert clip.title[0].isupper()


def test_it_prefers_to_begin_after_a_silence() -> None:
    segments = spoken(STARS * 2, pause_seconds=0.2)
    chosen = segments[4]
    (best, *_) = sorted(
        found(segments, silences=[(chosen.start - 0.2, chosen.start)]).clips, key=lambda clip: -clip.score
    )
    plain = {(clip.start, clip.score) for clip in found(segments).clips}
    assert (best.start, best.score) not in plain
    assert "begins after a pause" in best.reason


def test_it_begins_with_the_picture_where_that_changes_just_before_the_words() -> None:
    segments = spoken(STARS, pause_seconds=1.0)
    cuts = [segment.start - 0.5 for segment in segments]
    for clip in found(segments, scenes=cuts).clips:
        assert any(abs(clip.start - cut) < 0.002 for cut in cuts) or clip.start == 0.0
        assert "picture changes" in clip.reason or clip.start == 0.0


def test_it_counts_the_changes_of_scene() -> None:
    (clip,) = found(spoken("Some words of little weight, said once. "), scenes=[1.0, 2.0]).clips
    assert "has 2 changes of scene" in clip.reason


def test_it_makes_one_clip_of_a_short_recording() -> None:
    segments = spoken("The bell rings. The children run into the yard. ", start=2.0)
    (clip,) = found(segments, duration_seconds=8.0).clips
    assert (clip.start, clip.end) == (1.75, round(segments[-1].end + 0.4, 3))


def test_it_stays_within_the_recording() -> None:
    segments = spoken("The bell rings. ", start=0.1)
    (clip,) = found(segments, duration_seconds=segments[-1].end + 0.1).clips
    assert clip.start == 0.0
    assert clip.end == round(segments[-1].end + 0.1, 3)
