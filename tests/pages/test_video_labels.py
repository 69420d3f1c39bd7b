"""Whatever a video, a render or a recovery run may say has words for people."""

from blueprints import render_labels, video_labels
from services.renders import events
from services.renders import states as render_states
from services.videos import ends, recovery_report, states, stuck


def test_every_status_has_a_label() -> None:
    assert set(video_labels.STATUS) == set(states.ALL)
    assert set(video_labels.RENDER_STATUS) == set(render_states.ALL)
    assert set(video_labels.SEGMENT_STATUS) == set(render_states.SEGMENT_STATUSES)


def test_all_that_is_said_of_a_render_has_a_label() -> None:
    assert set(render_labels.EVENT) == set(events.KINDS)
    assert set(render_labels.FOUND_BY) == {render_states.WEBHOOK, render_states.POLL, None}
    assert set(video_labels.OPERATION) == set(render_states.TARGET_OF)


def test_all_that_a_recovery_run_may_say_has_words() -> None:
    assert set(video_labels.RECOVERY) == set(recovery_report.OUTCOMES)
    assert set(video_labels.SHORTLY) == set(stuck.IN_WORDS)
    assert video_labels.reason_of("The disk is full.") == "The disk is full."


def test_an_upload_that_was_given_up_is_not_said_to_go_on() -> None:
    assert video_labels.advice(ends.GIVEN_UP) != video_labels.OTHER_ADVICE
    assert "goes on" not in video_labels.advice(ends.GIVEN_UP)


def test_every_problem_that_no_later_run_mends_has_advice_but_a_failed_program() -> None:
    unadvised = {code for code in ends.FINAL_CODES if video_labels.advice(code) == video_labels.OTHER_ADVICE}
    assert unadvised == {"media_failed"}
