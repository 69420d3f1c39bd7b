"""Cues of different kinds, each harmless alone, tell a scene together."""

from services.analyser import analyse
from services.analyser.lexicon import LANGUAGES
from services.analyser.scenes import families, scenes

TOLD = "Her foundation won't cover the plum on her jaw\nShe told them she slipped on a newly mopped floor"
INNOCENT = "A plum and a pear in the bowl by the door\nHe slipped on his slippers and danced on the floor"


def test_it_reads_the_scenes_of_every_language() -> None:
    assert scenes("en")
    for language in LANGUAGES:
        assert families(language) is families(language)


def test_it_tells_a_beating_by_its_signs() -> None:
    assert [finding.category for finding in analyse(TOLD).findings] == ["violence"]


def test_it_leaves_single_cues_alone() -> None:
    assert analyse(INNOCENT).findings == ()


def test_it_does_not_take_one_cue_repeated_for_two() -> None:
    assert analyse("\n".join(["She told them she slipped on a newly mopped floor"] * 6)).findings == ()
