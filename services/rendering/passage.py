"""A part of a recording, and how ffmpeg is made to read just that."""

from dataclasses import dataclass
from pathlib import Path

from errors import InvalidInput
from services.media import ffmpeg
from services.media.ffmpeg import Checkpoint
from services.rendering.footage import ROUNDING_SECONDS, Footage, look_at, start_at
from services.rendering.loudness import STEREO

# Read beyond the end, as demuxers stop short by a little.
SPARE_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Passage:
    """A part of a recording, from the beginning of one of its frames on; in seconds.

    What is read begins `skip_seconds` before the part: a decoder must begin at a keyframe, and the time of a frame
    cannot always be said in binary fractions.
    """

    source: Path
    footage: Footage
    start: float
    skip_seconds: float
    duration_seconds: float

    @property
    def reading(self) -> list[str]:
        """The arguments that open it."""
        seek = self.start - self.skip_seconds
        enough = self.skip_seconds + self.duration_seconds + SPARE_SECONDS
        return [*(["-ss", f"{seek:.6f}"] if seek > 0 else []), "-t", f"{enough:.6f}", *ffmpeg.reading(self.source)]

    @property
    def picture(self) -> str:
        """The filter that takes its frames out of what is read, and has them begin at 0 s."""
        # Between two frames each, where rounding cannot reach.
        begins = max(self.skip_seconds - ROUNDING_SECONDS / 2, 0.0)
        ends = self.skip_seconds + self.duration_seconds - ROUNDING_SECONDS / 2
        return f"[0:{self.footage.video_index}]trim=start={begins:.6f}:end={ends:.6f},setpts=PTS-STARTPTS"

    @property
    def sound(self) -> str:
        """The same of its sound, of which there must be some: two channels, and no gap where a track has holes."""
        index, ends = self.footage.audio_index, self.skip_seconds + self.duration_seconds
        return f"[0:{index}]{STEREO},atrim=start={self.skip_seconds:.6f}:end={ends:.6f},asetpts=PTS-STARTPTS"


def passage_of(source: Path, start: float, end: float, checkpoint: Checkpoint = lambda: None) -> Passage:
    """As long as from `start` to `end`, from the frame on that is on screen at `start`; or to the recording's end.

    :raise InvalidInput: if it has no length. :raise MediaError: if the recording cannot be read, or is over by then.
    """
    if not 0 <= start < end:
        raise InvalidInput(f"A clip begins at 0 s or later and ends after that; this one is {start} s to {end} s.")
    footage = look_at(source)
    first = start_at(source, footage, start, checkpoint)
    there_is = max(footage.duration_seconds - first.seconds, 1 / footage.frames_per_second)
    seek = max(min(first.seek_seconds, first.seconds - ROUNDING_SECONDS), 0.0)
    return Passage(source, footage, first.seconds, first.seconds - seek, min(end - start, there_is))
