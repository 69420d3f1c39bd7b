"""Tags: short words that jobs bear, so that they are found again."""

import re
from collections.abc import Sequence

from errors import InvalidInput

MAX_TAGS, MAX_TAG_CHARS = 10, 40
ALLOWED = f"1 to {MAX_TAG_CHARS} letters a to z, digits, and . : _ -"
PATTERN = re.compile(rf"[a-z0-9._:-]{{1,{MAX_TAG_CHARS}}}")


def checked(tags: Sequence[str]) -> list[str]:
    """The tags, each once, in their order.

    :raise InvalidInput: if one is none, or there are too many.
    """
    for tag in tags:
        if not PATTERN.fullmatch(tag):
            raise InvalidInput(f"{tag[:60]!r} cannot be a tag.", details={"tags": ALLOWED})
    if len(set(tags)) > MAX_TAGS:
        raise InvalidInput(f"{len(set(tags))} tags are too many.", details={"tags": f"at most {MAX_TAGS}"})
    return list(dict.fromkeys(tags))
