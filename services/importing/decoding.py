"""Turns the bytes of a text file into text, or says why it cannot tell how."""

import codecs
import re

from charset_normalizer import CharsetMatch, from_bytes

from services.importing.incoming import Refused

# UTF-32 before UTF-16: the mark of the one begins with the mark of the other.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Encodings in which people keep lyrics and lists. To guess among few of them is to guess well.
_PLAUSIBLE = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "koi8_r"),
    *("cp932", "euc_jp", "gb18030", "big5", "euc_kr"),
)
_WEST_OR_CENTRAL_EUROPEAN = frozenset({"cp1252", "cp1250"})

SAMPLE_BYTES = 64 * 1024
MAX_CHAOS = 0.1  # share of the text that looks garbled, as charset-normalizer measures it
CLEAR_LEAD = 0.1  # by how much the best guess must look more like a language than the next
MAX_CONTROL_SHARE = 0.01

_CONTROLS = re.compile(rb"[\x01-\x08\x0e-\x19\x1c-\x1f\x7f]")


def decode(data: bytes, *, name: str) -> str:
    """The text of `data`: by its byte order mark, else as UTF-8, else by a guess that must be clear.

    :raise Refused: if it holds binary data, or if its encoding is broken or not clear.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(_strict(data, encoding, name), name)
    if b"\x00" in data or len(_CONTROLS.findall(data)) > MAX_CONTROL_SHARE * len(data):
        raise _binary(name)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _strict(data, _guess(data, name), name)


def _strict(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as e:
        label = encoding.removesuffix("-sig").upper().replace("_", "-")
        raise Refused("bad_encoding", f"“{name}” begins like {label} text, but is not: save it as UTF-8.") from e


def _checked(text: str, name: str) -> str:
    if "\x00" in text:
        raise _binary(name)
    return text


def _guess(data: bytes, name: str) -> str:
    """The one encoding in which the text reads well."""
    matches = list(from_bytes(_sample(data), cp_isolation=list(_PLAUSIBLE)))
    if matches and matches[0].chaos <= MAX_CHAOS:
        rivals = [match for match in matches if _rivals(match, matches[0])]
        if len({str(match) for match in rivals}) == 1:
            return matches[0].encoding
        if {match.encoding for match in rivals} <= _WEST_OR_CENTRAL_EUROPEAN:
            return "cp1252"  # far the commoner; a wrong guess spoils single letters only
    raise Refused("unclear_encoding", f"“{name}” is in an encoding that is not clear: save it as UTF-8.")


def _rivals(match: CharsetMatch, best: CharsetMatch) -> bool:
    return match.chaos <= best.chaos + 0.01 and match.coherence > best.coherence - CLEAR_LEAD


def _sample(data: bytes) -> bytes:
    """Lines that are more than ASCII, since only they tell encodings apart."""
    sample = bytearray()
    for line in data.splitlines(keepends=True):
        if len(sample) >= SAMPLE_BYTES:
            break
        if not line.isascii():
            sample += line
    return bytes(sample)


def _binary(name: str) -> Refused:
    return Refused("binary", f"“{name}” is not a text file: it holds binary data.")
