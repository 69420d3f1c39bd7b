"""Colours are called what people call them."""

import numpy as np
import pytest

from services.captioning import colours


@pytest.mark.parametrize(
    ("shown", "name"),
    [
        ("ff0000", "red"), ("8b0000", "red"), ("ffa500", "orange"), ("ffd700", "yellow"), ("228b22", "green"),
        ("808000", "green"), ("40e0d0", "turquoise"), ("87ceeb", "blue"), ("000080", "blue"), ("800080", "purple"),
        ("ff69b4", "pink"), ("8b4513", "brown"), ("d2b48c", "beige"), ("ffdbac", "beige"), ("808080", "grey"),
        ("fefefe", "white"), ("0a0a0a", "black"), ("101830", "black"),
    ],
)  # fmt: skip
def test_it_names_a_colour(shown: str, name: str) -> None:
    red, green, blue = bytes.fromhex(shown)
    (found,) = colours.main_colours(np.full((90, 160, 3), (blue, green, red), np.uint8))
    assert (found.name, found.hex, found.share) == (name, f"#{shown}", 1.0)


def test_it_leaves_specks_out_and_puts_the_largest_first() -> None:
    picture = np.zeros((100, 100, 3), np.uint8)
    picture[:30], picture[99:] = (0, 0, 255), (255, 0, 0)
    assert [colour.name for colour in colours.main_colours(picture)] == ["black", "red"]
