"""An analyser that takes its time, as large models do: there is something to break off (`ANALYSER`)."""

import time

from services import analyser
from services.analyser import CATEGORIES, RATINGS, Analysis, load

VERSION = f"{analyser.VERSION}-patient"
SECONDS_A_SONG = 0.15

__all__ = ["CATEGORIES", "RATINGS", "VERSION", "analyse", "load"]


def analyse(text: str) -> Analysis:
    time.sleep(SECONDS_A_SONG)
    return analyser.analyse(text)
