"""Weak cues count where they keep company."""

from services.analyser import analyse

ALONE = "The rope is on the wagon"
TOGETHER = "The rope and the judge, the guilty and the jailer\nThe grave is open, the coffin is near"


def test_it_ignores_a_weak_cue_alone() -> None:
    assert analyse(ALONE).findings == ()


def test_it_adds_weak_cues_up() -> None:
    findings = analyse(TOGETHER).findings
    assert {(finding.category, finding.severity) for finding in findings} == {("violence", 1)}
