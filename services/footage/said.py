"""What people say of footage, as it is kept: its limits are told by the name of the field."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from errors import InvalidInput
from extensions import current_settings
from services.library import text
from services.media import sources

TITLE_MAX_CHARS = 300
DESCRIPTION_MAX_CHARS = 20_000
KEYWORD_MAX_CHARS = 80
MAX_KEYWORDS = 50
KEYWORD_MARKS = (",", ";")  # what parts them where they are written into one field
FIELDS = ("title", "description", "keywords", "source_url")


@dataclass(frozen=True, slots=True)
class Said:
    """A title, a description, keywords, and the address of a page about it."""

    title: str = ""
    description: str = ""
    keywords: Sequence[str] = ()
    source_url: str | None = None

    def checked(self) -> "Said":
        """The same as it is kept.

        :raise InvalidInput: naming the field that is not acceptable.
        """
        return Said(**checked(asdict(self)))

    @property
    def is_anything(self) -> bool:
        return bool(self.title or self.description or self.keywords or self.source_url)


def checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Those fields as they are kept.

    :raise InvalidInput: naming the field that there is not, or that is not acceptable.
    """
    return {name: _checked(name, value) for name, value in changes.items()}


def keywords_in(line: str) -> tuple[str, ...]:
    """Keywords as people write them into one field, with commas between."""
    return tuple(filter(None, (word.strip() for word in line.replace(";", ",").replace("\n", ",").split(","))))


def _checked(name: str, value: Any) -> Any:
    if name == "title":
        return _title(value or "")
    if name == "description":
        return text.clean_lines(value or "", field="description", max_chars=DESCRIPTION_MAX_CHARS)
    if name == "keywords":
        return _keywords(value or ())
    if name == "source_url":
        return _address(value)
    raise InvalidInput(f"Footage has no {name[:60]!r}.", details={name[:60]: f"it is one of {', '.join(FIELDS)}"})


def _title(title: str) -> str:
    cleaned = text.clean(title, field="title", max_chars=TITLE_MAX_CHARS + 1)
    if len(cleaned) > TITLE_MAX_CHARS:
        raise _refusal("title", f"it may have at most {TITLE_MAX_CHARS} characters")
    return cleaned


def _keywords(keywords: Sequence[str]) -> list[str]:
    """Each once, whatever its case, in the order given."""
    found: dict[str, str] = {}
    for keyword in keywords:
        cleaned = text.clean(keyword, field="keywords", max_chars=KEYWORD_MAX_CHARS + 1)
        if len(cleaned) > KEYWORD_MAX_CHARS:
            raise _refusal("keywords", f"each may have at most {KEYWORD_MAX_CHARS} characters")
        if any(mark in cleaned for mark in KEYWORD_MARKS):
            raise _refusal("keywords", f"{cleaned!r} is several: each goes by itself, without “,” and “;”")
        if cleaned:
            found.setdefault(cleaned.casefold(), cleaned)
    if len(found) > MAX_KEYWORDS:
        raise _refusal("keywords", f"there may be at most {MAX_KEYWORDS}; these are {len(found):,}")
    return list(found.values())


def _address(url: str | None) -> str | None:
    url = (url or "").strip()
    if not url:
        return None
    try:
        return sources.checked_url(url, current_settings())
    except InvalidInput as e:
        raise InvalidInput(e.message, details={"source_url": e.message}) from e


def _refusal(field: str, allowed: str) -> InvalidInput:
    return InvalidInput(f"The {field} cannot be taken: {allowed}.", details={field: allowed})
