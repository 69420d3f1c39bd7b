"""One plain sentence made of what was measured; it says nothing that was not."""

from collections.abc import Sequence

from services.captioning.protocol import Colour, Sight

VERY_DARK, DARK, BRIGHT = 0.08, 0.25, 0.65  # brightness
PLAIN = 0.06  # contrast: below, there is nothing to be seen
CLEAR = 0.15  # contrast: below, whether it is sharp cannot be told
BLURRED, SHARP = 0.3, 0.85  # sharpness
COLOURLESS = 0.05  # colourfulness
STILL = 0.012  # motion
MOSTLY, ONE_TONE = 0.6, 0.8  # shares of a picture
TEXT_CHARS = 240


def sentence(sight: Sight) -> str:
    """Such as “A bright, sharp picture, mostly blue and grey; it reads: “EXIT”.”."""
    parts = [_picture(sight)]
    if sight.text:
        parts.append(f"it reads: “{_shortened(' / '.join(sight.text))}”")
    if sight.motion is not None and sight.motion < STILL:
        parts.append("hardly anything has changed since the frame before")
    return f"{'; '.join(parts)}."


def _picture(sight: Sight) -> str:
    if sight.contrast < PLAIN and not sight.text and sight.colours:
        return f"A plain {sight.colours[0].name} picture"
    adjectives = ", ".join([*_light(sight), *_focus(sight), *_tint(sight)])
    return " ".join(filter(None, ("A", adjectives, "picture"))) + _coloured(sight)


def _light(sight: Sight) -> list[str]:
    if sight.brightness < VERY_DARK:
        return ["very dark"]
    return ["dark"] if sight.brightness < DARK else ["bright"] if sight.brightness > BRIGHT else []


def _focus(sight: Sight) -> list[str]:
    if sight.contrast < CLEAR:
        return []
    return ["blurred"] if sight.sharpness < BLURRED else ["sharp"] if sight.sharpness > SHARP else []


def _tint(sight: Sight) -> list[str]:
    return ["black-and-white"] if _is_colourless(sight) and not _is_of_one_tone(sight) else []


def _is_colourless(sight: Sight) -> bool:
    return sight.colourfulness < COLOURLESS


def _is_of_one_tone(sight: Sight) -> bool:
    return bool(sight.colours) and sight.colours[0].share >= ONE_TONE and sight.colours[0].name in ("black", "white")


def _coloured(sight: Sight) -> str:
    """“, mostly blue and grey”: as few colours as make up most of it."""
    if not sight.colours or (_is_colourless(sight) and not _is_of_one_tone(sight)):
        return ""
    for count in (1, 2, 3):
        first = sight.colours[:count]
        if sum(colour.share for colour in first) >= MOSTLY:
            return f", mostly {_listed(first)}"
    return f" with some {_listed(sight.colours[:3])}"


def _listed(colours: Sequence[Colour]) -> str:
    *first, last = (colour.name for colour in colours)
    return f"{', '.join(first)} and {last}" if first else last


def _shortened(text: str) -> str:
    return text if len(text) <= TEXT_CHARS else f"{text[:TEXT_CHARS].rsplit(' ', 1)[0]} …"
