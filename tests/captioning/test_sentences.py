"""What is measured in a picture is told in one plain sentence."""

from dataclasses import replace

import pytest

from services.captioning.protocol import Colour, Sight
from services.captioning.wording import sentence

GREEN, GREY, BLUE, BLACK = (
    Colour("green", "#7a8d32", 0.45),
    Colour("grey", "#666666", 0.25),
    Colour("blue", "#6985a5", 0.12),
    Colour("black", "#000000", 0.97),
)
FOREST = Sight(
    text=(),
    colours=(GREEN, GREY, BLUE),
    brightness=0.45,
    contrast=0.45,
    sharpness=0.9,
    colourfulness=0.4,
    motion=None,
)


@pytest.mark.parametrize(
    ("sight", "said"),
    [
        (FOREST, "A sharp picture, mostly green and grey."),
        (replace(FOREST, sharpness=0.5), "A picture, mostly green and grey."),
        (replace(FOREST, brightness=0.2, sharpness=0.1), "A dark, blurred picture, mostly green and grey."),
        (replace(FOREST, brightness=0.8), "A bright, sharp picture, mostly green and grey."),
        (
            replace(FOREST, colours=(replace(GREEN, share=0.2), GREY, BLUE)),
            "A sharp picture with some green, grey and blue.",
        ),
        (replace(FOREST, colours=(replace(GREEN, share=0.7), GREY)), "A sharp picture, mostly green."),
        (replace(FOREST, colours=(replace(GREY, share=0.9),), colourfulness=0.0), "A sharp, black-and-white picture."),
        (replace(FOREST, colours=(BLACK,), colourfulness=0.0, contrast=0.0), "A plain black picture."),
        (replace(FOREST, text=("EXIT",)), "A sharp picture, mostly green and grey; it reads: “EXIT”."),
        (
            replace(FOREST, motion=0.001),
            "A sharp picture, mostly green and grey; hardly anything has changed since the frame before.",
        ),
        (replace(FOREST, motion=0.3), "A sharp picture, mostly green and grey."),
        (
            replace(FOREST, text=("THE LONG RIVER", "a film"), colours=(BLACK,), colourfulness=0.0, brightness=0.03),
            "A very dark, sharp picture, mostly black; it reads: “THE LONG RIVER / a film”.",
        ),
    ],
)
def test_it_says_what_is_there(sight: Sight, said: str) -> None:
    assert sentence(sight) == said


def test_it_says_nothing_of_the_sharpness_of_mist() -> None:
    assert sentence(replace(FOREST, contrast=0.1, sharpness=0.05)) == "A picture, mostly green and grey."


def test_it_shortens_a_page_of_text_between_words() -> None:
    said = sentence(replace(FOREST, text=("the quick brown fox",) * 40))
    assert len(said) < 320
    assert said.endswith(" …”.")
