"""The filters that make a picture of one shape from one of another, in ffmpeg's words."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from services.rendering.footage import Footage
from services.rendering.framing import Framing, Point
from services.rendering.shapes import Size

# What a screen of the usual range can show of HDR.
TONE_MAPPED = (
    "zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv"
)
# The ground is blurred while it is this many times smaller: faster, and as blurred.
BLUR_SCALE = 8


def prepared(picture: str, footage: Footage) -> str:
    """Its whole frames, with square pixels, in a range that any screen can show; `picture` is where they come from."""
    square = "scale=w='round(iw*sar)':h=ih,setsar=1"
    tones = [TONE_MAPPED] if footage.is_hdr else []
    return ",".join([picture, "bwdif=deint=interlaced", *tones, square])


def framed(framing: Framing, size: Size) -> str:
    """The picture in the new size: the window along its path, or the whole of it on a blurred ground."""
    return _cropped(framing.path, size) if framing.path else _whole(size)


def finished() -> str:
    """What every decoder, and every browser, plays: 8 bit 4:2:0, in the colours of HDTV, and said to be so."""
    hdtv = "colorspace=bt709:color_primaries=bt709:color_trc=bt709:range=tv"
    return f"scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,setparams={hdtv}"


def burnt_in(folder: Path) -> str:
    """The subtitles that lie in a folder, with its fonts."""
    return f"subtitles=filename={quoted(folder / 'clip.ass')}:fontsdir={quoted(folder / 'fonts')}:wrap_unicode=1"


def quoted(path: Path) -> str:
    """A path as a filter's option: escaped once for the option, once more for the graph."""
    option = "".join(f"\\{one}" if one in "\\':" else one for one in str(path))
    return "".join(f"\\{one}" if one in "\\'[],;" else one for one in option)


def position(path: Sequence[Point]) -> str:
    """Where the window is, as an expression of `t`."""
    terms = [f"{path[0].position:.4f}"]
    for before, after in pairwise(path):
        change, seconds = after.position - before.position, after.seconds - before.seconds
        if after.seconds == before.seconds:
            share = f"gte(t,{after.seconds:.4f})"
        else:
            share = f"clip((t-{before.seconds:.4f})/{seconds:.4f},0,1)"
        terms.append(f"{change:.4f}*{share}")
    return _sum(terms)


def _sum(terms: Sequence[str]) -> str:
    """In halves of halves: ffmpeg refuses expressions that are a hundred deep, and takes a plain sum for one."""
    half = len(terms) // 2
    return f"({_sum(terms[:half])}+{_sum(terms[half:])})" if half else terms[0]


def _cropped(path: Sequence[Point], size: Size) -> str:
    window = f"w='min(iw,round(ih*{size.ratio:.6f}))':h='min(ih,round(iw/{size.ratio:.6f}))'"
    where = position(path)
    return f"crop={window}:x='(iw-ow)*({where})':y='(ih-oh)*({where})',{_scaled(size)}"


def _whole(size: Size) -> str:
    small = Size(size.width // BLUR_SCALE, size.height // BLUR_SCALE)
    filled = (
        f"scale={small.width}:{small.height}:force_original_aspect_ratio=increase,crop={small.width}:{small.height}"
    )
    ground = f"{filled},gblur=sigma=4,eq=brightness=-0.12,{_scaled(size)}"
    inside = f"scale={size.width}:{size.height}:force_original_aspect_ratio=decrease:force_divisible_by=2:flags=lanczos"
    return f"split[a][b];[a]{ground}[ground];[b]{inside},setsar=1[inside];[ground][inside]overlay=(W-w)/2:(H-h)/2"


def _scaled(size: Size) -> str:
    return f"scale={size.width}:{size.height}:flags=lanczos,setsar=1"
