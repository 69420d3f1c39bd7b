"""PocketSphinx with the English model that its package ships: works offline, at once, and with modest accuracy."""

import re
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np

from services.transcribing import audio, language
from services.transcribing.audio import FRAME_SECONDS, SAMPLE_RATE, Levels, Samples
from services.transcribing.pieces import spans
from services.transcribing.pocket_process import DecodedWord, decoder
from services.transcribing.results import Part, Segment, Word

FRAMES_PER_SECOND = 100  # of the decoder
# A call of the decoder takes up to half as long as what it listens to, and says nothing meanwhile.
SHORTEST_SECONDS, LONGEST_SECONDS = 4.0, 10.0
BREATH_SECONDS = 0.25  # a pause that ends a segment
MAX_SEGMENT_WORDS = 24
# The decoder follows the noise of a room and loses its way where there is none at all, as between the words of
# synthetic or gated speech: quiet noise there lowered the word error rate on espeak-ng's from 75 to 51 percent.
NO_NOISE_DB = -70.0
NOISE_AMPLITUDE = 60.0  # of 32,768
AUDIBLE_DB = -60.0  # below the loudest moment of any speech
_FILLER = re.compile(r"[<\[+]")
_VARIANT = re.compile(r"\(\d+\)$")


class PocketEngine:
    """Knows English only; where it makes nothing of what it hears, it says so instead of guessing."""

    def __init__(self) -> None:
        self.name = f"pocketsphinx-{version('pocketsphinx')}"

    def transcribe(
        self,
        wav_path: Path,
        *,
        start_seconds: float,
        on_progress: Callable[[float], None],
        checkpoint: Callable[[], None],
    ) -> Part:
        """As `protocol.Engine` says."""
        sound = audio.samples(wav_path)
        seconds = len(sound) / SAMPLE_RATE
        levels = audio.levels_of(sound)
        noisy = with_noise(sound, levels)
        words: list[Word] = []
        with decoder() as listening:
            for start, end in spans(levels, seconds, SHORTEST_SECONDS, LONGEST_SECONDS):
                checkpoint()
                if is_audible(levels, start, end):
                    stretch = noisy[round(start * SAMPLE_RATE) : round(end * SAMPLE_RATE)].astype("<i2").tobytes()
                    words.extend(words_of(listening.words(stretch, checkpoint), start_seconds + start))
                on_progress(end / seconds)
        spoken = language.judged(words)
        return Part(spoken, () if spoken == language.UNDETERMINED else tuple(segments_of(words)))


def words_of(decoded: Iterable[DecodedWord], start_seconds: float) -> Iterator[Word]:
    """What was heard from that second on, without breaths and noises."""
    for heard in decoded:
        if not _FILLER.match(heard.text):
            yield Word(
                round(start_seconds + heard.start_frame / FRAMES_PER_SECOND, 3),
                round(start_seconds + (heard.end_frame + 1) / FRAMES_PER_SECOND, 3),
                spelled(heard.text),
                round(min(1.0, heard.confidence), 3),
            )


def is_audible(levels: Levels, start: float, end: float) -> bool:
    """Whether there is anything to hear in a stretch; the decoder takes longest where there is nothing."""
    stretch = levels[round(start / FRAME_SECONDS) : round(end / FRAME_SECONDS)]
    return bool(len(stretch)) and float(stretch.max()) > AUDIBLE_DB


def with_noise(sound: Samples, levels: Levels) -> Samples:
    """The sound with quiet noise under it where its quietest moments have none; the same for the same sound."""
    if not len(levels) or np.percentile(levels, 5) > NO_NOISE_DB:
        return sound
    noise = np.random.default_rng(0).standard_normal(len(sound)) * NOISE_AMPLITUDE
    return np.clip(sound + noise, -32768, 32767).astype(np.int16)


def spelled(word: str) -> str:
    """A word of the dictionary as it is written: `read(2)` without the number of its pronunciation, `i'm` as I'm."""
    plain = _VARIANT.sub("", word)
    return plain.capitalize() if re.match(r"i('|$)", plain) else plain


def segments_of(words: list[Word]) -> Iterator[Segment]:
    """Words in groups that end with a breath, or where they become long."""
    group: list[Word] = []
    for word in words:
        if group and (word.start - group[-1].end >= BREATH_SECONDS or len(group) >= MAX_SEGMENT_WORDS):
            yield _segment(group)
            group = []
        group.append(word)
    if group:
        yield _segment(group)


def _segment(words: list[Word]) -> Segment:
    return Segment(words[0].start, words[-1].end, " ".join(word.text for word in words), tuple(words))
