"""All that is measured and read in a picture."""

from pathlib import Path

from services.captioning import colours, pictures, text
from services.captioning.protocol import Sight


def look(image_path: Path, before: Path | None) -> Sight:
    """:raise MediaError: if the file is no picture that can be read."""
    picture = pictures.read(image_path)
    return Sight(
        text=text.lines(picture),
        colours=colours.main_colours(picture),
        brightness=round(pictures.brightness(picture), 3),
        contrast=round(pictures.contrast(picture), 3),
        sharpness=round(pictures.sharpness(picture), 3),
        colourfulness=round(pictures.colourfulness(picture), 3),
        motion=None if before is None else round(pictures.motion(pictures.read(before), picture), 3),
    )
