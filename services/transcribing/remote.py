"""An OpenAI-compatible server."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from clients.openai_audio import Heard, HeardSegment, HeardWord, OpenAiAudio
from services.transcribing import audio, language, spoken
from services.transcribing.results import Part, Segment, Word

NAME_CHARS = 60


class RemoteEngine:
    """Sends each piece as it is, and keeps the server's own punctuation, times and language."""

    def __init__(
        self, base_url: str, model: str, api_key: str | None = None, client: OpenAiAudio | None = None
    ) -> None:
        self.name = f"remote-{model}"[:NAME_CHARS]
        self._client = client or OpenAiAudio(base_url, model, api_key)

    def transcribe(
        self,
        wav_path: Path,
        *,
        start_seconds: float,
        on_progress: Callable[[float], None],
        checkpoint: Callable[[], None],
    ) -> Part:
        """As `protocol.Engine` says.

        :raise TransientError, TranscriberRefused: as `clients.openai_audio` says.
        """
        checkpoint()
        heard = self._client.transcribe(wav_path)
        on_progress(1.0)
        segments = tuple(_segments(heard, start_seconds, audio.duration_seconds(wav_path)))
        return Part(_language(heard) if segments else None, segments)


def _language(heard: Heard) -> str | None:
    return language.code_of(heard.language) or language.of_text(heard.text)


def _segments(heard: Heard, offset: float, seconds: float) -> Iterator[Segment]:
    words = _words(heard.words or (), offset)
    for one in heard.segments or [HeardSegment(start=0.0, end=seconds, text=heard.text)]:
        if spoken.is_made_up(one.no_speech_prob, one.avg_logprob):
            continue
        start, end = offset + min(one.start, seconds), offset + min(one.end, seconds)
        own = _words(one.words or (), offset) or spoken.words_within(words, start, end)
        confidence = spoken.confidence_of(one.avg_logprob)
        if segment := spoken.segment_of(one.text, start, end, own, confidence, one.speaker):
            yield segment


def _words(words: Sequence[HeardWord], offset: float) -> list[Word]:
    return [
        Word(round(offset + w.start, 3), round(offset + max(w.start, w.end), 3), w.word.strip(), w.probability)
        for w in words
        if w.word.strip()
    ]
