"""An OpenAI-compatible server's answers become timed words; what goes wrong with it is told, or tried again."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from clients.openai_audio import OpenAiAudio, TranscriberRefused
from errors import TransientError
from services.transcribing.remote import RemoteEngine
from tests.servers.faulty import Fault
from tests.servers.openai_audio import TWO_SENTENCES, OpenAiAudioServer
from tests.transcribing.conftest import heard

pauses: list[float] = []


def engine(server: OpenAiAudioServer, model: str = "whisper-1", key: str | None = None) -> RemoteEngine:
    pauses.clear()
    return RemoteEngine(server.url, model, client=OpenAiAudio(server.url, model, key, sleep=pauses.append))


def test_it_keeps_the_words_with_their_times_in_the_recording(server: OpenAiAudioServer, piece: Path) -> None:
    part = heard(engine(server), piece, start_seconds=60.0)
    assert part.language == "en"
    assert [(s.start, s.end, s.text) for s in part.segments] == [
        (60.0, 62.0, "The bell rings."),
        (62.0, 64.0, "People come in."),
    ]
    assert [(w.start, w.text) for w in part.segments[1].words] == [(62.1, "People"), (62.6, "come"), (63.0, "in")]


def test_it_asks_as_the_reference_says(server: OpenAiAudioServer, piece: Path) -> None:
    server.api_key = "sk-secret"
    heard(engine(server, key="sk-secret"), piece)
    (request,) = server.requests
    assert request.fields["model"] == ["whisper-1"]
    assert request.fields["response_format"] == ["verbose_json"]
    assert request.fields["timestamp_granularities[]"] == ["word", "segment"]
    assert request.sound == piece.read_bytes()


def test_it_spreads_words_without_times_over_their_segment(server: OpenAiAudioServer, piece: Path) -> None:
    without_words = {"id": 0, "start": 1.0, "end": 2.5, "text": "One and three.", "avg_logprob": -0.5}
    server.answer = {"text": "One and three.", "language": "english", "segments": [without_words]}
    (segment,) = heard(engine(server), piece, start_seconds=10.0).segments
    assert [(w.start, w.end, w.text) for w in segment.words] == [
        (11.0, 11.4, "One"), (11.4, 11.8, "and"), (11.8, 12.5, "three."),
    ]  # fmt: skip
    assert segment.words[0].confidence == 0.607


def test_it_takes_a_bare_text_for_the_whole_piece(server: OpenAiAudioServer, piece: Path) -> None:
    server.answer = {"text": "Guten Tag, meine Damen und Herren, ich heiße Sie alle heute herzlich willkommen."}
    part = heard(engine(server), piece)
    assert part.language == "de"
    assert (part.segments[0].start, part.segments[0].end) == (0.0, 4.0)


def test_it_leaves_out_what_was_made_up_in_silence(server: OpenAiAudioServer, piece: Path) -> None:
    made_up = {"start": 0.0, "end": 4.0, "text": "Thanks for watching!", "avg_logprob": -1.4, "no_speech_prob": 0.9}
    server.answer = {"text": "Thanks for watching!", "language": "english", "segments": [made_up]}
    part = heard(engine(server), piece)
    assert part.segments == ()
    assert part.language is None


@pytest.mark.parametrize("fault", [Fault(429), Fault(500), Fault(503), Fault(hang_up=True)])
def test_it_asks_again_where_that_may_help(server: OpenAiAudioServer, piece: Path, fault: Fault) -> None:
    server.faults.extend([fault, fault])
    assert len(heard(engine(server), piece).segments) == 2
    assert len(server.requests) == 3


def test_it_waits_as_long_as_it_is_asked_to(server: OpenAiAudioServer, piece: Path) -> None:
    server.faults.append(Fault(429, {"Retry-After": "7"}))
    heard(engine(server), piece)
    assert pauses == [7.0]


def test_it_leaves_a_long_wait_to_the_job(server: OpenAiAudioServer, piece: Path) -> None:
    server.faults.append(Fault(429, {"Retry-After": "600"}))
    with pytest.raises(TransientError, match="status 429") as caught:
        heard(engine(server), piece)
    assert caught.value.retry_after_seconds == 600.0


def test_it_gives_up_in_the_end(server: OpenAiAudioServer, piece: Path) -> None:
    server.faults.extend([Fault(500)] * 9)
    with pytest.raises(TransientError, match="out of order"):
        heard(engine(server), piece)
    assert len(server.requests) == 4


def test_it_keeps_a_total_time_limit(server: OpenAiAudioServer, piece: Path) -> None:
    server.faults.append(Fault(silent=True))
    hasty = RemoteEngine(server.url, "whisper-1", client=OpenAiAudio(server.url, "whisper-1", total_seconds=0.2))
    with pytest.raises(TransientError, match="did not answer in time"):
        heard(hasty, piece)


@pytest.mark.parametrize(
    "body",
    [b"<html>", b"[]", b'{"text": null}', json.dumps({**TWO_SENTENCES, "words": [{"word": "x"}]}).encode(), b"\xff"],
)
def test_it_names_an_answer_that_is_no_transcription(server: OpenAiAudioServer, piece: Path, body: bytes) -> None:
    server.faults.append(Fault(body=body))
    with pytest.raises(TransientError, match="not a transcription as documented"):
        heard(engine(server), piece)


def _wrong_key(server: OpenAiAudioServer) -> RemoteEngine:
    server.api_key = "sk-right"
    return engine(server, key="sk-wrong")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (_wrong_key, r"TRANSCRIBER_API_KEY \(status 401: Incorrect API key provided.\)"),
        (lambda server: engine(server, model="nope"), r"TRANSCRIBER_MODEL=nope \(status 404: The model does not exist"),
    ],
)
def test_it_says_what_to_set_where_it_is_refused(
    server: OpenAiAudioServer, piece: Path, make: Callable[[OpenAiAudioServer], RemoteEngine], said: str
) -> None:
    with pytest.raises(TranscriberRefused, match=said):
        heard(make(server), piece)
    assert len(server.requests) == 1
