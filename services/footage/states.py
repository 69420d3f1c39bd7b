"""The statuses of footage and of its frames, and which moves there are between them: the one place that says so."""

from collections.abc import Mapping

PENDING_FILE_INFO = "0 - Pending File Info"
FILE_INFO_COMPLETE = "1 - File Info Complete"
THUMBNAILS_COMPLETE = "2 - Thumbnails Complete"
CREATING_FRAMES = "3 - Creating Frames"
SCRAPING_URL = "4 - Scraping URL"
PROCESSING_FRAME_INFO = "5 - Processing Frame Info"
GENERATING_EMBEDDINGS = "6 - Generating Embeddings"
COMPLETE = "7 - Complete"

FRAME_PENDING_THUMBNAIL = "1 - Pending Thumbnail"
FRAME_THUMBNAIL_COMPLETE = "2 - Thumbnail Complete"
FRAME_CAPTION_GENERATED = "3 - Caption Generated"
FRAME_AUDIO_TRANSCRIBED = "4 - Audio Transcribed"
FRAME_GENERATING_EMBEDDINGS = "5 - Generating Embeddings"
FRAME_COMPLETE = COMPLETE

AWAITING_USER_INPUT = "Awaiting User Input"
FAILED = "Failed"

Moves = Mapping[str, tuple[str, ...]]

# Where each status of footage leads. Failed and awaiting records go back to where they were, once a person has acted.
FOOTAGE: Moves = {
    PENDING_FILE_INFO: (FILE_INFO_COMPLETE, FAILED),
    FILE_INFO_COMPLETE: (THUMBNAILS_COMPLETE, FAILED),
    THUMBNAILS_COMPLETE: (CREATING_FRAMES, FAILED),
    CREATING_FRAMES: (SCRAPING_URL, PROCESSING_FRAME_INFO, AWAITING_USER_INPUT, FAILED),
    SCRAPING_URL: (PROCESSING_FRAME_INFO, FAILED),
    PROCESSING_FRAME_INFO: (GENERATING_EMBEDDINGS, FAILED),
    GENERATING_EMBEDDINGS: (COMPLETE, FAILED),
    COMPLETE: (),
    AWAITING_USER_INPUT: (CREATING_FRAMES,),
    FAILED: (
        PENDING_FILE_INFO,
        FILE_INFO_COMPLETE,
        THUMBNAILS_COMPLETE,
        CREATING_FRAMES,
        SCRAPING_URL,
        PROCESSING_FRAME_INFO,
        GENERATING_EMBEDDINGS,
    ),
}

# A frame never passes `4 - Audio Transcribed` by itself: all frames of a piece of footage leave it together.
FRAME: Moves = {
    FRAME_PENDING_THUMBNAIL: (FRAME_THUMBNAIL_COMPLETE, AWAITING_USER_INPUT, FAILED),
    FRAME_THUMBNAIL_COMPLETE: (FRAME_CAPTION_GENERATED, FAILED),
    FRAME_CAPTION_GENERATED: (FRAME_AUDIO_TRANSCRIBED, FAILED),
    FRAME_AUDIO_TRANSCRIBED: (FRAME_GENERATING_EMBEDDINGS,),
    FRAME_GENERATING_EMBEDDINGS: (FRAME_COMPLETE,),
    FRAME_COMPLETE: (),
    AWAITING_USER_INPUT: (FRAME_PENDING_THUMBNAIL,),
    FAILED: (FRAME_PENDING_THUMBNAIL, FRAME_THUMBNAIL_COMPLETE, FRAME_CAPTION_GENERATED),
}

# Frames that hold the gate before the description shut. One that has failed for good does not.
UNFINISHED_FRAMES = (FRAME_PENDING_THUMBNAIL, FRAME_THUMBNAIL_COMPLETE, FRAME_CAPTION_GENERATED)


class NoSuchMove(AssertionError):
    """Code asked for a move that there is not: a defect, never a state of the data."""


def check(moves: Moves, from_status: str, to_status: str) -> None:
    """:raise NoSuchMove: if that status does not lead there."""
    if to_status not in moves.get(from_status, ()):
        raise NoSuchMove(f"There is no move from {from_status!r} to {to_status!r}.")
