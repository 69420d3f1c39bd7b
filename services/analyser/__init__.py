"""The lyrics analyser: text in, judgement out; `protocol.py` says what a replacement must offer."""

from services.analyser.engine import analyse, load
from services.analyser.results import CATEGORIES, RATINGS, Analysis, Finding

VERSION = "backbeat-lexical-1.1.0"

__all__ = ["CATEGORIES", "RATINGS", "VERSION", "Analysis", "Finding", "analyse", "load"]
