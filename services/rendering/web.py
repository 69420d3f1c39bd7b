"""A whole recording as every browser plays it, and a still picture of it."""

from pathlib import Path

from av.container import InputContainer
from av.video.stream import VideoStream

from services.media import ffmpeg
from services.media.ffmpeg import Checkpoint, Progress
from services.rendering import filters, loudness
from services.rendering.coding import CONTAINER, PICTURE_CODING, SOUND_CODING, RenderedFile, described
from services.rendering.footage import Footage, look_at, opened
from services.rendering.passage import passage_of

# Larger is made smaller, so that it plays over a usual connection.
LARGEST_LONGER_PX, LARGEST_SHORTER_PX = 1920, 1080
PLAYABLE_PICTURE = {("h264", "yuv420p"), ("h264", "yuvj420p")}
PLAYABLE_SOUND = {"aac", "mp3"}
TIMELESS = {"avi"}
MOST_BITS_PER_SECOND = 12_000_000
POSTER_LONGER_PX = 1280


def make_web_ready(
    source: Path, target: Path, *, on_progress: Progress = lambda _: None, checkpoint: Checkpoint = lambda: None
) -> RenderedFile:
    """Write the MP4 `target`, which begins to play before it is all there; what browsers play is only repacked.

    :raise MediaError, TransientError: as `ffmpeg.run`.
    """
    footage = look_at(source)
    arguments = _repacked(footage) if is_playable(source, footage) else _recoded(footage)
    ffmpeg.make(
        target,
        [*ffmpeg.reading(source), *arguments, *CONTAINER],
        duration_seconds=footage.duration_seconds,
        on_progress=on_progress,
        checkpoint=checkpoint,
    )
    return described(target)


def make_poster(source: Path, target: Path, at_seconds: float, *, checkpoint: Checkpoint = lambda: None) -> None:
    """Write the JPEG `target`: what is on screen at that moment, or at the end if that comes earlier.

    :raise MediaError, TransientError: as `ffmpeg.run`.
    """
    footage = look_at(source)
    latest = max(footage.duration_seconds - 1 / footage.frames_per_second, 0.0)
    at = max(min(at_seconds, latest), 0.0)
    passage = passage_of(source, at, at + 1.0, checkpoint)
    side = f"scale=w='if(gte(iw,ih),min(iw,{POSTER_LONGER_PX}),-2)':h='if(gte(iw,ih),-2,min(ih,{POSTER_LONGER_PX}))'"
    graph = f"{filters.prepared(passage.picture, footage)},{side},format=yuvj420p"
    picture = ["-filter_complex", graph, "-frames:v", "1", "-an", "-q:v", "3", "-map_metadata", "-1"]
    container = ["-f", "image2", "-update", "1"]
    ffmpeg.make(target, [*passage.reading, *picture, *container], duration_seconds=1.0, checkpoint=checkpoint)


def is_playable(source: Path, footage: Footage) -> bool:
    """Whether browsers play its tracks as they are."""
    with opened(source) as container:
        video = next(one for one in container.streams.video if one.index == footage.video_index)
        sounds = [one.codec_context.name for one in container.streams.audio if one.index == footage.audio_index]
        is_square = (video.sample_aspect_ratio or 1) == 1
        is_light = (container.bit_rate or 0) <= MOST_BITS_PER_SECOND
        picture = (video.codec_context.name, video.codec_context.pix_fmt)
        is_coded_so = picture in PLAYABLE_PICTURE and set(sounds) <= PLAYABLE_SOUND
        return is_coded_so and is_square and is_light and _fits(footage) and _says_when(container, video)


def _says_when(container: InputContainer, video: VideoStream) -> bool:
    """Whether each picture has its time; AVI has only the order of decoding, which is another where B-frames are."""
    if container.format.name in TIMELESS:
        return False
    with_data = (packet for packet in container.demux(video) if packet.size)
    return all(packet.pts is not None for packet in with_data)


def _fits(footage: Footage) -> bool:
    width, height = footage.size.width, footage.size.height
    return max(width, height) <= LARGEST_LONGER_PX and min(width, height) <= LARGEST_SHORTER_PX and not footage.is_hdr


def _repacked(footage: Footage) -> list[str]:
    sound = [] if footage.audio_index is None else ["-map", f"0:{footage.audio_index}"]
    return ["-map", f"0:{footage.video_index}", *sound, "-c", "copy"]


def _recoded(footage: Footage) -> list[str]:
    width, height = footage.size.width, footage.size.height
    longest = (LARGEST_LONGER_PX, LARGEST_SHORTER_PX) if width >= height else (LARGEST_SHORTER_PX, LARGEST_LONGER_PX)
    scale = min(longest[0] / width, longest[1] / height, 1.0)
    size = f"{max(round(width * scale / 2) * 2, 2)}:{max(round(height * scale / 2) * 2, 2)}"
    upright = filters.prepared(f"[0:{footage.video_index}]null", footage)
    graph = f"{upright},scale={size}:flags=lanczos,setsar=1,{filters.finished()}[picture]"
    if footage.audio_index is None:
        return ["-filter_complex", graph, "-map", "[picture]", *PICTURE_CODING]
    graph += f";[0:{footage.audio_index}]{loudness.STEREO}[sound]"
    return ["-filter_complex", graph, "-map", "[picture]", "-map", "[sound]", *PICTURE_CODING, *SOUND_CODING]
