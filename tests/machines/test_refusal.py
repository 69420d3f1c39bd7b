"""Whoever may not make namespaces is told so at once."""

import os

import pytest

from tests.machines import enclosure


def test_it_asks_for_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert enclosure.refusal() == (
        "make fleet makes network namespaces, which only root may: run it as root (sudo make fleet)."
    )


def test_it_says_what_a_machine_does_not_allow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(enclosure, "UNSHARE", ("sh", "-c", "echo not permitted >&2; exit 1", "--"))
    assert "does not allow it (not permitted): in a container, it needs to be privileged" in str(enclosure.refusal())
