"""Every guard of the mutation check stands where it is said to, and the test that is to miss it exists."""

import ast

import pytest

from tests.faults.guards import GUARDS, Guard
from tests.ops.launching import PROJECT


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_it_stands_there_once_and_can_be_taken_away(guard: Guard) -> None:
    whole = (PROJECT / guard.file).read_text()
    without = guard.taken_from(whole)
    assert without != whole
    ast.parse(without)


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_its_test_exists(guard: Guard) -> None:
    file, _, name = guard.test.partition("::")
    tree = ast.parse((PROJECT / file).read_text())
    assert name.partition("[")[0] in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_no_two_have_one_name() -> None:
    assert len({guard.name for guard in GUARDS}) == len(GUARDS)
