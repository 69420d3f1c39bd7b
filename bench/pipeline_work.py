"""The work of the pipeline's steps with dice and a clock in the place of media: how long each takes, which calls fail.

Both follow from a seed, the step, the record and how often it has failed there: two ways of running the same records
meet the same luck.
"""

import json
import os
import random
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from errors import TransientError
from extensions import db, db_now
from models import Footage, Frame
from services.footage import states
from services.footage.context import Context, Done
from services.footage.moves import move_footage, move_frame, move_frames
from services.footage.reads import get_footage, get_frame
from services.footage.steps import STEPS

FAILS = 0.30  # of all calls of a step
SLOW, SLOW_FACTOR = 0.05, 8.0  # a few calls take long
FRAMES = 4
SECONDS = {
    "file_info": 0.3,
    "thumbnails": 0.6,
    "create_frames": 0.6,
    "scrape_url": 0.9,
    "listen": 1.5,
    "process_frame": 0.6,
    "describe": 1.2,
}
JOURNAL = "BENCH_PIPELINE_JOURNAL"
SEED = "BENCH_PIPELINE_SEED"


def call(name: str, target: str, failures: int, context: Context) -> None:
    """Take the time that this call takes, write down when that was, and fail if the dice say so.

    :raise TransientError: in three of ten calls.
    """
    dice = random.Random(f"{os.environ[SEED]} {name} {target} {failures}")  # noqa: S311 - luck that can be had again
    seconds = SECONDS[name] * dice.uniform(0.5, 1.5) * (SLOW_FACTOR if dice.random() < SLOW else 1.0)
    fails = dice.random() < FAILS
    db.session.rollback()
    began = time.time()
    _take(seconds, context)
    line = {"step": name, "target": target, "pid": os.getppid(), "from": began, "to": time.time(), "failed": fails}
    with Path(os.environ[JOURNAL]).open("a") as journal:
        journal.write(json.dumps(line) + "\n")
    if fails:
        raise TransientError(f"The outside service behind {name} did not answer.")


def _take(seconds: float, context: Context) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        context.checkpoint()
        time.sleep(min(left, 0.1))


def _called(name: str, footage_id: str, context: Context) -> Footage:
    footage = get_footage(footage_id)
    call(name, footage_id, footage.failures, context)
    return footage


def file_info(footage_id: str, context: Context) -> Done:
    _called("file_info", footage_id, context)
    return Done(states.FILE_INFO_COMPLETE, {"duration_seconds": 40.0})


def thumbnails(footage_id: str, context: Context) -> Done:
    _called("thumbnails", footage_id, context)
    return Done(states.THUMBNAILS_COMPLETE)


def create_frames(footage_id: str, context: Context) -> Done:
    _called("create_frames", footage_id, context)
    return Done(states.CREATING_FRAMES, also=lambda session: _make_frames(session, footage_id))


def _make_frames(session: Session, footage_id: str) -> None:
    frame = {"footage_id": footage_id, "status": states.FRAME_PENDING_THUMBNAIL}
    now = session.scalar(select(db_now()))
    times = dict.fromkeys(("entered_at", "created_at", "updated_at"), now)
    rows = [
        {
            **frame,
            **times,
            "position": n + 1,
            "at_seconds": n * 10.0,
            "start_seconds": n * 10.0,
            "end_seconds": n + 10.0,
        }
        for n in range(FRAMES)
    ]
    session.execute(insert(Frame), rows)


def scrape_url(footage_id: str, context: Context) -> Done:
    _called("scrape_url", footage_id, context)
    return Done(states.SCRAPING_URL)


def listen(footage_id: str, context: Context) -> Done:
    _called("listen", footage_id, context)
    return Done(states.PROCESSING_FRAME_INFO)


def process_frame(frame_id: int, context: Context) -> Done:
    frame = get_frame(frame_id)
    target, failures, status = f"{frame.footage_id}-{frame.position}", frame.failures, frame.status
    call("process_frame", target, failures, context)
    with context.saving() as session:
        for to_status in (states.FRAME_THUMBNAIL_COMPLETE, states.FRAME_CAPTION_GENERATED):
            move_frame(session, frame_id, status, to_status, context.cause())
            status = to_status
    return Done(states.FRAME_AUDIO_TRANSCRIBED)


def describe(footage_id: str, context: Context) -> Done:
    footage = _called("describe", footage_id, context)
    if footage.status == states.PROCESSING_FRAME_INFO:
        with context.saving() as session:
            cause = context.cause()
            move_footage(session, footage_id, footage.status, states.GENERATING_EMBEDDINGS, cause)
            _move_all(session, footage_id, states.FRAME_AUDIO_TRANSCRIBED, states.FRAME_GENERATING_EMBEDDINGS, context)
    return Done(states.COMPLETE, also=lambda session: _complete(session, footage_id, context))


def _complete(session: Session, footage_id: str, context: Context) -> None:
    _move_all(session, footage_id, states.FRAME_GENERATING_EMBEDDINGS, states.FRAME_COMPLETE, context)


def _move_all(session: Session, footage_id: str, from_status: str, to_status: str, context: Context) -> None:
    move_frames(session, footage_id, from_status, to_status, context.cause())


def install() -> None:
    """Put these in the places of the real ones, in this process and those that are forked from it."""
    stand_ins: dict[str, Callable[..., Done]] = {
        work.__name__: work
        for work in (file_info, thumbnails, create_frames, scrape_url, listen, process_frame, describe)
    }
    for path in (path for step in STEPS for path in (step.of_footage, step.of_frame) if path):
        module, _, name = path.rpartition(".")
        setattr(import_module(module), name, stand_ins[name])
