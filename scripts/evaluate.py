"""Measure the lyrics analyser on the labelled passages: `make evaluate`.

Prints precision, recall, F1 and support of each category, macro F1 and rating accuracy, for both halves.
`--half train` measures the training passages; `--misses dev` or `train` lists what it got wrong.
The held-out half is for figures only, so that nobody tunes on it.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from services import analyser  # noqa: E402  run as a file, Python looks in scripts/ and not in the checkout

HALVES = ("dev", "heldout")
TUNED_ON = ("dev", "train")


@dataclass(frozen=True, slots=True)
class Passage:
    """A labelled passage and what the analyser made of it."""

    id: str
    text: str
    note: str
    labels: frozenset[str]
    rating: str
    analysis: analyser.Analysis

    @property
    def found(self) -> frozenset[str]:
        return frozenset(finding.category for finding in self.analysis.findings)


@dataclass(frozen=True, slots=True)
class Figures:
    """How well one category is found; a ratio without cases is 0."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong or 1)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed or 1)

    @property
    def f1(self) -> float:
        return 2 * self.right / (2 * self.right + self.wrong + self.missed or 1)


def read(path: Path) -> list[Passage]:
    """Analyse every passage of a file of JSON lines."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [_judge(row) for row in rows]


def figures(category: str, passages: Sequence[Passage]) -> Figures:
    """Count right, wrong and missed findings of a category."""
    return Figures(
        right=sum(category in passage.labels & passage.found for passage in passages),
        wrong=sum(category in passage.found - passage.labels for passage in passages),
        missed=sum(category in passage.labels - passage.found for passage in passages),
    )


def table(title: str, passages: Sequence[Passage]) -> str:
    """Lay out the figures of one half."""
    measured = {category: figures(category, passages) for category in analyser.CATEGORIES}
    macro_f1 = sum(each.f1 for each in measured.values()) / len(measured)
    accuracy = sum(passage.rating == passage.analysis.rating for passage in passages) / (len(passages) or 1)
    rows = [f"{title}: {len(passages)} passages", f"{'category':<15}precision  recall      F1  support"]
    rows += [
        f"{category:<15}{each.precision:>9.3f}{each.recall:>8.3f}{each.f1:>8.3f}{each.right + each.missed:>9}"
        for category, each in measured.items()
    ]
    return "\n".join([*rows, f"macro F1 {macro_f1:.3f}, rating accuracy {accuracy:.3f}", ""])


def misses(passages: Sequence[Passage]) -> str:
    """List the passages whose categories or rating are wrong."""
    wrong = [item for item in passages if item.found != item.labels or item.rating != item.analysis.rating]
    return "\n".join(map(_describe, wrong))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line; 2 when asked to show the held-out half."""
    options = _parser().parse_args(arguments)
    if options.misses and options.misses not in TUNED_ON:
        print("only --misses dev or train: nobody may look at held-out passages while tuning", file=sys.stderr)
        return 2
    analyser.load()
    if options.misses:
        print(misses(read(options.folder / f"{options.misses}.jsonl")))
        return 0
    print(f"analyser {analyser.VERSION}\n")
    for half in HALVES if options.half is None else (options.half,):
        print(table(half, read(options.folder / f"{half}.jsonl")))
    return 0


def _judge(row: dict[str, str]) -> Passage:
    analysis = analyser.analyse(row["text"])
    return Passage(row["id"], row["text"], row["note"], frozenset(row["labels"]), row["rating"], analysis)


def _describe(passage: Passage) -> str:
    missed, wrong = sorted(passage.labels - passage.found), sorted(passage.found - passage.labels)
    return "\n".join(
        (
            f"{passage.id}  missed {missed}  wrong {wrong}",
            f"  rated {passage.analysis.rating}, should be {passage.rating}: {passage.note}",
            *(f"    {line}" for line in passage.text.splitlines()),
            *(
                f"  {item.category} {item.severity}, line {item.line}: {item.words}"
                for item in passage.analysis.findings
            ),
            "",
        )
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Measure the lyrics analyser on the labelled passages.")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / "evaluation", help="where dev.jsonl and heldout.jsonl are"
    )
    parser.add_argument("--half", choices=(*HALVES, "train"), help="measure these passages alone")
    parser.add_argument("--misses", metavar="HALF", help="list what was gotten wrong: dev or train")
    return parser


if __name__ == "__main__":
    sys.exit(main())
