"""A clip: a passage of a recording in another shape, at the right loudness, with or without its words."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from services.media import ffmpeg
from services.media.ffmpeg import Checkpoint, Progress
from services.rendering import attention, filters, framing, loudness, subtitles
from services.rendering.coding import CONTAINER, PICTURE_CODING, SOUND_CODING, RenderedFile, described
from services.rendering.framing import Framing
from services.rendering.passage import Passage, passage_of
from services.rendering.shapes import SUBTITLED, Size, checked_variant, largest_within, output_size
from services.transcribing.results import Segment

# Shares of the bar, as long as they usually take.
LOUDNESS_SHARE, FRAMING_SHARE = 0.05, 0.2


def render_clip(
    source: Path,
    target: Path,
    *,
    start: float,
    end: float,
    variant: str,
    aspect_ratio: str,
    segments: Sequence[Segment],
    on_progress: Progress = lambda _: None,
    checkpoint: Checkpoint = lambda: None,
) -> RenderedFile:
    """Cut `end - start` seconds, from the frame on that is on screen at `start`, and write the MP4 `target`.

    What goes beyond the end of the recording is left out. `segments` are all that is said in it.

    :raise InvalidInput: if there is no such variant or ratio, or the clip has no length.
    :raise MediaError, TransientError: as `ffmpeg.run`, and MediaError if the recording is over by `start`.
    """
    checked_variant(variant)
    passage = passage_of(source, start, end, checkpoint)
    size = output_size(aspect_ratio, passage.footage.size)
    target.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent, prefix=".cutting-") as name:
        folder = Path(name)
        sound = _sound(passage, _span(on_progress, 0.0, LOUDNESS_SHARE), checkpoint)
        found = _framing(passage, size, folder, _span(on_progress, LOUDNESS_SHARE, FRAMING_SHARE), checkpoint)
        shown = [filters.prepared(passage.picture, passage.footage), filters.framed(found, size)]
        until = passage.start + passage.duration_seconds
        if variant == SUBTITLED and subtitles.write_subtitles(
            folder, segments, start=passage.start, end=until, aspect_ratio=aspect_ratio, size=size
        ):
            shown.append(filters.burnt_in(folder))
        graph = ";".join([f"{','.join([*shown, filters.finished()])}[picture]", *sound])
        _encode(passage, graph, target, _span(on_progress, FRAMING_SHARE, 1.0), checkpoint)
    return described(target)


def _sound(passage: Passage, on_progress: Progress, checkpoint: Checkpoint) -> list[str]:
    """The part of the graph for the sound, if there is any."""
    if passage.footage.audio_index is None:
        return []
    gain = loudness.gain_for(
        passage.reading,
        passage.sound,
        duration_seconds=passage.duration_seconds,
        on_progress=on_progress,
        checkpoint=checkpoint,
    )
    return [f"{passage.sound},{loudness.levelled(gain)}[sound]"]


def _framing(passage: Passage, size: Size, folder: Path, on_progress: Progress, checkpoint: Checkpoint) -> Framing:
    shown, whole = largest_within(passage.footage.size, size.ratio), passage.footage.size
    along_width = shown.height >= whole.height
    window_share = shown.width / whole.width if along_width else shown.height / whole.height
    if window_share >= framing.NEARLY_WHOLE:
        return framing.CENTRED
    sampled = attention.sample(
        passage.reading,
        filters.prepared(passage.picture, passage.footage),
        whole,
        folder,
        duration_seconds=passage.duration_seconds,
        on_progress=on_progress,
        checkpoint=checkpoint,
    )
    seen = attention.profiles(sampled, along_width=along_width)
    return framing.frame(seen, sampled.times, sampled.cuts, window_share)


def _encode(passage: Passage, graph: str, target: Path, on_progress: Progress, checkpoint: Checkpoint) -> None:
    maps = ["-map", "[picture]", *(["-map", "[sound]"] if "[sound]" in graph else [])]
    ffmpeg.make(
        target,
        [*passage.reading, "-filter_complex", graph, *maps, *PICTURE_CODING, *SOUND_CODING, *CONTAINER],
        duration_seconds=passage.duration_seconds,
        on_progress=on_progress,
        checkpoint=checkpoint,
    )


def _span(on_progress: Progress, begins: float, ends: float) -> Progress:
    """A part's own progress, as a part of the whole."""
    return lambda share: on_progress(begins + (ends - begins) * share)
