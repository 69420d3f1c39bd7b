"""Which language is spoken, and what is said where an engine does not know it.

The local engine knows English only, and finds English words in anything. How sure it was of them tells: on recorded
English voices the mean is near 0.7, on a robot's 0.35 to 0.6, on a robot's German, French and Spanish under 0.3.
"""

from collections.abc import Iterable, Sequence

from errors import BackbeatError
from services.transcribing.results import Segment, Word

UNDETERMINED = "und"  # ISO 639-2: there is speech, and nobody here knows in which language
NOT_UNDERSTOOD, SURE = 0.32, 0.45  # mean confidence of words: below is nonsense, from here on the language is certain
ENOUGH_WORDS = 8  # for a judgement

# What Whisper calls the languages that it knows, and their ISO 639 codes.
_NAMES = """
afrikaans af albanian sq amharic am arabic ar armenian hy assamese as azerbaijani az bashkir ba basque eu belarusian be
bengali bn bosnian bs breton br bulgarian bg cantonese yue catalan ca chinese zh croatian hr czech cs danish da dutch nl
english en estonian et faroese fo finnish fi french fr galician gl georgian ka german de greek el gujarati gu hausa ha
hawaiian haw hebrew he hindi hi hungarian hu icelandic is indonesian id italian it japanese ja javanese jw kannada kn
kazakh kk khmer km korean ko lao lo latin la latvian lv lingala ln lithuanian lt luxembourgish lb macedonian mk
malagasy mg malay ms malayalam ml maltese mt maori mi marathi mr mongolian mn myanmar my nepali ne norwegian no
nynorsk nn occitan oc pashto ps persian fa polish pl portuguese pt punjabi pa romanian ro russian ru sanskrit sa
serbian sr shona sn sindhi sd sinhala si slovak sk slovenian sl somali so spanish es sundanese su swahili sw swedish sv
tagalog tl tajik tg tamil ta tatar tt telugu te thai th tibetan bo turkish tr turkmen tk ukrainian uk urdu ur uzbek uz
vietnamese vi welsh cy yiddish yi yoruba yo
"""
CODES = dict(zip(_NAMES.split()[::2], _NAMES.split()[1::2], strict=True))


class SpeechNotUnderstood(BackbeatError):
    """There is speech, and the engine made nothing of most of it."""

    code = "speech_not_understood"


def code_of(name: str | None) -> str | None:
    """`english`, `en` and `en-US` as `en`; None of what is no language."""
    word = (name or "").strip().lower().replace("_", "-").split("-")[0]
    return CODES.get(word) or (word if word in CODES.values() else None)


def of_text(text: str) -> str | None:
    """The language in which a text is written; None of one that is too short to tell."""
    if len(text.split()) < ENOUGH_WORDS:
        return None
    import py3langid

    return str(py3langid.classify(text)[0])


def judged(words: Sequence[Word]) -> str | None:
    """The language of words that an engine for English heard: `en`, None if that is not sure, or UNDETERMINED."""
    confidence = sum(word.confidence or 0.0 for word in words) / max(len(words), 1)
    if len(words) >= ENOUGH_WORDS and confidence < NOT_UNDERSTOOD:
        return UNDETERMINED
    return "en" if confidence >= SURE else None


def is_understood(heard: Iterable[tuple[str | None, Sequence[Segment]]]) -> bool:
    """Whether no more speech is lost than was understood, of all parts of a recording: the language and segments of
    each."""
    parts = list(heard)
    lost = sum(language == UNDETERMINED for language, _ in parts)
    understood = sum(bool(segments) for language, segments in parts if language != UNDETERMINED)
    return lost <= understood


def ensure_understood(heard: Iterable[tuple[str | None, Sequence[Segment]]], engine_name: str) -> None:
    """Hold all parts of a recording to whether it was understood, as `is_understood` does.

    :raise SpeechNotUnderstood: if there is more speech that was not than such that was.
    """
    if not is_understood(heard):
        raise SpeechNotUnderstood(f"{not_understood(engine_name)}, then process the episode again.")


def not_understood(engine_name: str) -> str:
    """The sentence that says so, and what to set; without its full stop."""
    return (
        f"Speech was heard but not understood by {engine_name}, which knows English only: it seems to be in "
        "another language, or very unclear. Set TRANSCRIBER to a faster-whisper model or to an OpenAI-compatible API"
    )
