"""`python -m bench.plots folder`: small SVG plots of what stdin tells, by the peers' environment, which has matplotlib.

It stands alone: nothing of Backbeat's is installed there. Grey lines and letters on no ground can be read on light and
on dark.
"""

import json
import sys
from itertools import cycle
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt

GREY, OURS, THEIRS = "#7d8590", "#2f81f7", "#9a8c5e"
LINES = ("#2f81f7", "#db6d28", "#3fb950", "#a371f7", "#d29922", "#f85149", "#7d8590")
STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "backbeat",
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": GREY,
    "axes.labelcolor": GREY,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "grid.color": GREY,
    "grid.alpha": 0.25,
    "axes.grid": True,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.transparent": True,
    "legend.frameon": False,
}


def bars(drawn: dict[str, Any], where: Path) -> None:
    """Ratios to the base, the largest on top."""
    rows = sorted(drawn["bars"].items(), key=lambda row: -row[1])
    names, values = [name for name, _ in rows], [value for _, value in rows]
    figure, axes = plt.subplots(figsize=(7, 0.6 + 0.27 * len(rows)), layout="constrained")
    painted = axes.barh(names, values, color=[OURS if is_ours(name) else THEIRS for name in names], height=0.7)
    axes.bar_label(painted, [f"{value:.3g}" for value in values], padding=3, color=GREY)
    axes.axvline(1, color=GREY, linewidth=1)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.margins(x=0.12)
    axes.set_xlabel(drawn["label"])
    save(figure, where)


def is_ours(name: str) -> bool:
    return any(word in name.lower() for word in ("backbeat", "ours", "progress-polling.js", "deployed"))


def growth(drawn: dict[str, Any], where: Path) -> None:
    """Curves over the same sizes, both axes by powers of ten."""
    figure, axes = plt.subplots(figsize=(9, 3.6), layout="constrained")
    for (label, (sizes, costs)), colour in zip(drawn["lines"].items(), cycle(LINES), strict=False):
        points = [(size, cost) for size, cost in zip(sizes, costs, strict=True) if cost > 0]
        if points:
            xs, ys = zip(*points, strict=True)
            axes.plot(xs, ys, marker="o", markersize=4, color=colour, label=label)
    axes.set(xscale="log", yscale="log", xlabel=drawn["label"])
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    save(figure, where)


def save(figure: Any, where: Path) -> None:
    figure.savefig(where, metadata={"Date": None})
    plt.close(figure)


def main(folder: Path) -> None:
    """Draw what bench/report.py asks for; whatever else lies there is of an older run, and goes."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.svg"):
        old.unlink()
    with mpl.rc_context(STYLE):
        for drawn in json.load(sys.stdin):
            (bars if "bars" in drawn else growth)(drawn, folder / drawn["file"])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
