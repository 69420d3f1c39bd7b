"""What ffmpeg has done is told in shares that only grow, and end at the whole."""

from pathlib import Path

from services.media import ffmpeg


def test_it_grows_from_nothing_to_the_whole(tmp_path: Path) -> None:
    shares: list[float] = []
    arguments = ["-re", "-f", "lavfi", "-i", "testsrc2=d=1.5:r=10:s=64x64"]
    ffmpeg.make(tmp_path / "out.mp4", arguments, duration_seconds=1.5, on_progress=shares.append)
    assert shares == sorted(set(shares))
    assert shares[-1] == 1.0
    assert 0.0 < shares[0] < 1.0


def test_it_passes_on_what_filters_report(tmp_path: Path) -> None:
    lines: list[str] = []
    tone = ["-f", "lavfi", "-i", "anullsrc=d=3", "-af", "silencedetect=d=1", "-f", "null", "-"]
    kept = ffmpeg.run(tone, duration_seconds=3, on_line=lines.append)
    assert any("silence_start: 0" in line for line in lines)
    assert kept == lines


def test_it_waits_for_a_line_to_be_whole() -> None:
    lines: list[str] = []
    reader = ffmpeg._Lines(lines.append)
    for piece in (b"out_ti", b"me=1\nprog", b"ress=end"):
        assert reader.feed(piece)
    assert not reader.feed(b"")
    assert lines == ["out_time=1", "progress=end"]
