"""faster-whisper with a model from a folder; nothing is ever downloaded. See requirements-whisper.txt."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from errors import SettingsError
from services.transcribing import audio, spoken
from services.transcribing.results import Part, Segment, Word

NAME_CHARS = 60
MODEL_FILE = "model.bin"


class WhisperEngine:
    """`model` is a `faster_whisper.WhisperModel`."""

    def __init__(self, name: str, model: Any) -> None:
        self.name = name[:NAME_CHARS]
        self._model = model

    def transcribe(
        self,
        wav_path: Path,
        *,
        start_seconds: float,
        on_progress: Callable[[float], None],
        checkpoint: Callable[[], None],
    ) -> Part:
        """As `protocol.Engine` says."""
        checkpoint()
        seconds = max(audio.duration_seconds(wav_path), 0.01)
        heard, told = self._model.transcribe(
            str(wav_path), word_timestamps=True, vad_filter=False, condition_on_previous_text=False
        )
        segments: list[Segment] = []
        for one in heard:  # each is listened to when it is asked for
            checkpoint()
            segments.extend(_segments(one, start_seconds))
            on_progress(min(1.0, one.end / seconds))
        on_progress(1.0)
        return Part(str(told.language) if segments else None, tuple(segments))


def load_folder(folder: Path) -> WhisperEngine:
    """The model of a folder, in 8 bits on the processor.

    :raise SettingsError: if faster-whisper is not installed, or the folder holds no such model.
    """
    try:
        from faster_whisper import WhisperModel
    except ImportError as e:
        raise SettingsError(
            f"TRANSCRIBER={str(folder)!r} needs faster-whisper: run `pip install -r requirements-whisper.txt`."
        ) from e
    if not (folder / MODEL_FILE).is_file():
        raise SettingsError(
            f"TRANSCRIBER={str(folder)!r} holds no {MODEL_FILE}: name the folder of a CTranslate2 model."
        )
    try:
        model = WhisperModel(str(folder), device="cpu", compute_type="int8", local_files_only=True)
    except (RuntimeError, ValueError, OSError) as e:
        raise SettingsError(
            f"TRANSCRIBER={str(folder)!r} cannot be loaded ({e}): name the folder of a whole faster-whisper model."
        ) from e
    return WhisperEngine(f"faster-whisper-{folder.name}", model)


def _segments(one: Any, offset: float) -> Iterator[Segment]:
    if spoken.is_made_up(one.no_speech_prob, one.avg_logprob):
        return
    words = [
        # Numbers of numpy's, which JSON does not know.
        Word(
            round(offset + float(w.start), 3),
            round(offset + float(w.end), 3),
            w.word.strip(),
            round(float(w.probability), 3),
        )
        for w in one.words or ()
        if w.word.strip()
    ]
    confidence = spoken.confidence_of(one.avg_logprob)
    start, end = offset + float(one.start), offset + float(one.end)
    if segment := spoken.segment_of(one.text, start, end, words, confidence):
        yield segment
