"""The text in pictures, read by RapidOCR with the models that its package ships."""

import re
from functools import cache
from importlib.metadata import version
from pathlib import Path

import rapidocr

from services.captioning.pictures import Picture

NAME = f"rapidocr-{version('rapidocr')}"
# The longer side at which text is looked for: twice as large takes three times as long, and finds hardly more.
LONGER_SIDE_PX = 960
SUREST = 0.8  # what is read with less confidence is as often a texture as a word
MOST_LINES, LINE_CHARS = 40, 200
_LETTER = re.compile(r"\w")

_MODELS = Path(rapidocr.__file__).parent / "models"
# By path, so that none is ever downloaded. With one thread a model has no threads of its own, and may be used in forks
# of the process that loaded it.
_OPTIONS = {
    "Global.use_cls": False,
    "Global.log_level": "error",
    "Global.text_score": SUREST,
    "Det.model_path": str(_MODELS / "PP-OCRv6_det_small.onnx"),
    "Det.limit_side_len": LONGER_SIDE_PX,
    "Det.limit_type": "max",
    "Rec.model_path": str(_MODELS / "PP-OCRv6_rec_small.onnx"),
    "EngineConfig.onnxruntime.intra_op_num_threads": 1,
    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
}


@cache
def reader() -> rapidocr.RapidOCR:
    """Its models, which a process loads once."""
    return rapidocr.RapidOCR(params=_OPTIONS)


def lines(picture: Picture) -> tuple[str, ...]:
    """The lines of text in a picture, from its top to its bottom."""
    found = reader()(picture)
    read = (" ".join(line.split())[:LINE_CHARS] for line in getattr(found, "txts", None) or ())
    return tuple(line for line in read if len(_LETTER.findall(line)) > 1)[:MOST_LINES]
