"""Whatever was recorded can be cut: upright, turned, of odd size, with odd sound, of odd colours."""

from pathlib import Path

import av
import numpy as np
import pytest

from errors import InvalidInput
from services.media import ffmpeg
from services.media.ffmpeg import MediaError
from services.rendering.clip import render_clip
from services.rendering.coding import RenderedFile
from services.rendering.footage import look_at
from services.rendering.shapes import RATIOS, Size, output_size
from tests.rendering.recordings import frames_of, make_recording

HLG = ["-pix_fmt", "yuv420p10le", "-color_primaries", "bt2020", "-color_trc", "arib-std-b67", "-colorspace", "bt2020nc"]
SOURCES: dict[str, tuple[int, int, list[str]]] = {
    "odd.mkv": (321, 181, ["-pix_fmt", "yuv444p"]),
    "upright.mp4": (180, 320, []),
    "square.mp4": (200, 200, []),
    "anamorphic.mp4": (240, 180, ["-vf", "setsar=4/3"]),
    "interlaced.ts": (320, 192, ["-flags", "+ilme+ildct", "-x264-params", "tff=1"]),
    "range.mov": (320, 180, HLG),
    "screen.mkv": (320, 180, ["-c:v", "libx264rgb", "-pix_fmt", "rgb24"]),
    "old.webm": (160, 120, ["-c:v", "libvpx", "-g", "30"]),
}


def _cut(source: Path, aspect_ratio: str = "16x9", start: float = 0.4, end: float = 0.9) -> RenderedFile:
    target = source.with_name("clip.mp4")
    return render_clip(source, target, start=start, end=end, variant="clean", aspect_ratio=aspect_ratio, segments=[])


@pytest.mark.parametrize("name", SOURCES)
def test_it_cuts_any_picture(name: str, tmp_path: Path) -> None:
    width, height, options = SOURCES[name]
    source = make_recording(tmp_path / name, frames=30, width=width, height=height, options=options)
    for aspect_ratio, (across, down) in RATIOS.items():
        made = _cut(source, aspect_ratio)
        assert made.width * down == made.height * across
        assert made.duration_seconds == pytest.approx(0.5, abs=0.04)
        assert made.size_bytes == (tmp_path / "clip.mp4").stat().st_size


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_it_sets_a_turned_recording_upright(degrees: int, tmp_path: Path) -> None:
    picture = np.full((180, 320), 60, np.uint8)
    picture[:, :40] = 220  # a bar at the left edge
    plain = make_recording(tmp_path / "plain.mp4", pictures=[picture] * 30)
    turned = tmp_path / "turned.mp4"
    arguments = ["-display_rotation", str(degrees), *ffmpeg.reading(plain), "-c", "copy"]
    ffmpeg.make(turned, arguments, duration_seconds=1)
    is_upright = degrees % 180 != 0
    assert look_at(turned).size == (Size(180, 320) if is_upright else Size(320, 180))
    _cut(turned, "9x16" if is_upright else "16x9")
    grey = frames_of(tmp_path / "clip.mp4")[5].grey
    bright = {"top": grey[:20], "bottom": grey[-20:], "left": grey[:, :20], "right": grey[:, -20:]}
    edge = max(bright, key=lambda name: float(bright[name].mean()))
    assert edge == {90: "bottom", 180: "right", 270: "top"}[degrees]


def test_it_cuts_a_recording_without_sound(tmp_path: Path) -> None:
    _cut(make_recording(tmp_path / "mute.mp4", frames=30, sound=None))
    with av.open(str(tmp_path / "clip.mp4")) as container:
        assert not container.streams.audio


@pytest.mark.parametrize("channels", [1, 2, 6])
def test_it_makes_stereo_of_any_sound(channels: int, tmp_path: Path) -> None:
    sound = "|".join(["0.1*sin(2*PI*440*t)"] * channels)
    _cut(make_recording(tmp_path / "talk.mkv", frames=30, sound=sound))
    with av.open(str(tmp_path / "clip.mp4")) as container:
        assert (container.streams.audio[0].channels, container.streams.audio[0].rate) == (2, 48_000)


def test_it_is_not_misled_by_a_cover(tmp_path: Path) -> None:
    talk = make_recording(tmp_path / "talk.mp4", frames=30)
    cover = tmp_path / "cover.png"
    ffmpeg.make(cover, ["-f", "lavfi", "-i", "color=red:s=64x64", "-frames:v", "1"], duration_seconds=1)
    covered = tmp_path / "covered.mp4"
    streams = ["-map", "1", "-map", "0", "-c", "copy", "-disposition:v:0", "attached_pic"]
    ffmpeg.make(covered, [*ffmpeg.reading(talk), "-i", f"file:{cover}", *streams], duration_seconds=1)
    _cut(covered)
    assert frames_of(tmp_path / "clip.mp4")[0].number == 10


@pytest.mark.parametrize(("start", "end"), [(0.5, 0.5), (1.0, 0.5), (-1.0, 0.5)])
def test_it_refuses_a_clip_of_no_length(start: float, end: float, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="begins at 0 s or later and ends after that"):
        _cut(tmp_path / "none.mp4", start=start, end=end)


def test_it_says_when_the_recording_is_over_by_then(tmp_path: Path) -> None:
    source = make_recording(tmp_path / "talk.mp4", frames=30)
    with pytest.raises(MediaError, match=r"has ended by 7\.000 s"):
        _cut(source, start=7, end=8)


def test_it_says_when_there_is_no_picture(tmp_path: Path) -> None:
    sound = ["-f", "lavfi", "-i", "sine=d=1"]
    ffmpeg.make(tmp_path / "talk.wav", sound, duration_seconds=1)
    with pytest.raises(MediaError, match=r"talk\.wav has no video track"):
        _cut(tmp_path / "talk.wav")


@pytest.mark.parametrize(
    ("aspect_ratio", "source", "expected"),
    [
        ("9x16", Size(1920, 1080), Size(612, 1088)),
        ("16x9", Size(1920, 1080), Size(1920, 1080)),
        ("1x1", Size(1920, 1080), Size(1080, 1080)),
        ("9x16", Size(3840, 2160), Size(1080, 1920)),
        ("9x16", Size(320, 180), Size(360, 640)),
        ("16x9", Size(1080, 1920), Size(1088, 612)),
    ],
)
def test_it_is_as_large_as_what_is_cut_out(aspect_ratio: str, source: Size, expected: Size) -> None:
    assert output_size(aspect_ratio, source) == expected


def test_it_names_the_ratios_that_there_are() -> None:
    with pytest.raises(InvalidInput, match="'4x3'; choose one of 9x16, 16x9, 1x1"):
        output_size("4x3", Size(320, 180))
