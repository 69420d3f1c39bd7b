"""Which failures are the same one. Pure."""

import hashlib
import re

# Particulars, the longest forms first: what is quoted, addresses, paths, ids, numbers.
_PARTICULARS = (
    (re.compile(r"“[^”]*”|«[^»]*»|„[^“]*“"), "<name>"),
    (re.compile(r'"(?:[^"\\]|\\.)*"'), "<name>"),
    (re.compile(r"(?<!\w)'(?:[^'\\\n]|\\.)*'(?!\w)"), "<name>"),  # not the apostrophe of “song's”
    (re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s<>]+", re.I), "<url>"),
    (re.compile(r"(?<![\w<])(?:[a-z]:)?(?:[\\/][\w.@%~+-]+){2,}[\\/]?", re.I), "<path>"),
    (re.compile(r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", re.I), "<id>"),
    (re.compile(r"\b[0-9A-HJKMNP-TV-Z]{26}\b"), "<id>"),
    (re.compile(r"\b(?:0x)?(?=[a-f]*\d)[0-9a-f]{8,}\b", re.I), "<id>"),
    (re.compile(r"\d+(?:[.,:]\d+)*"), "<n>"),
)
_SPACE = re.compile(r"\s+")


def error_group(job_type: str, code: str, sentence: str, detail: str | None = None) -> str:
    """16 hexadecimal digits, the same for failures of one type and code whose sentences differ in particulars only.

    All mistakes of our own say the same sentence (`internal_error`): these are told apart by the last line of their
    traceback, which names the error.
    """
    if code == "internal_error" and detail:
        sentence = detail.strip().rpartition("\n")[2]
    told = "\n".join((job_type, code, normalised(sentence)))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def normalised(sentence: str) -> str:
    """The sentence with placeholders for its particulars."""
    for pattern, placeholder in _PARTICULARS:
        sentence = pattern.sub(placeholder, sentence)
    return _SPACE.sub(" ", sentence).strip().lower()
