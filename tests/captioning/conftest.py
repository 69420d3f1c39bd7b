"""Pictures that are made of plain colours and words."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

WIDTH, HEIGHT = 640, 360
MakePicture = Callable[..., Path]
Colour = tuple[int, int, int]  # red, green, blue


@pytest.fixture
def make_picture(tmp_path: Path) -> MakePicture:
    """`make_picture("a.jpg", (0, 0, 255), (255, 0, 0), words=["EXIT"])`: stripes of the colours, words over them."""

    def make(name: str, *stripes: Colour, words: tuple[str, ...] = (), ink: Colour = (255, 255, 255)) -> Path:
        picture = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
        for place, colour in enumerate(stripes):
            first, last = (HEIGHT * edge // len(stripes) for edge in (place, place + 1))
            picture[first:last] = colour[::-1]
        for line, text in enumerate(words):
            cv2.putText(picture, text, (60, 120 + 80 * line), cv2.FONT_HERSHEY_SIMPLEX, 1.5, ink[::-1], 3, cv2.LINE_AA)
        path = tmp_path / name
        assert cv2.imwrite(str(path), picture)
        return path

    return make
