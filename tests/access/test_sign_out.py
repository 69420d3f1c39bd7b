"""Signing out ends the sign-in itself, so that a copy of the cookie is worth nothing."""

import pytest

from errors import NotFound
from extensions import db
from models import SignIn, User
from services.access import sign_ins
from services.access.tokens import digest
from tests.access.conftest import Advance, sign_in

HOUR = 3600.0


def test_it_ends_one_and_leaves_the_others(ada: User) -> None:
    here, elsewhere = sign_in("Ada"), sign_in("Ada")
    assert sign_ins.identity_of(here)
    sign_ins.sign_out(here)
    assert sign_ins.identity_of(here) is None
    assert sign_ins.identity_of(elsewhere)


def test_it_does_not_mind_a_token_that_holds_no_more(ada: User) -> None:
    for _ in range(2):
        sign_ins.sign_out("never was one")
    assert not sign_ins.of_user(ada.id)


def test_it_ends_all_of_theirs_but_this(ada: User, bob: User) -> None:
    here, elsewhere, bobs = sign_in("Ada"), sign_in("Ada"), sign_in("Bob")
    sign_ins.sign_out_everywhere(ada.id, but=here)
    assert sign_ins.identity_of(here)
    assert sign_ins.identity_of(elsewhere) is None
    assert sign_ins.identity_of(bobs)


def test_it_ends_all_of_theirs(ada: User) -> None:
    token = sign_in("Ada")
    sign_ins.sign_out_everywhere(ada.id)
    assert sign_ins.identity_of(token) is None


def test_it_ends_one_by_its_digest_if_it_is_theirs(ada: User, bob: User) -> None:
    token = sign_in("Ada")
    with pytest.raises(NotFound):
        sign_ins.end(bob.id, digest(token))
    assert sign_ins.identity_of(token)
    sign_ins.end(ada.id, digest(token))
    assert sign_ins.identity_of(token) is None


def test_it_lists_where_they_are_signed_in_the_latest_first(advance: Advance, ada: User, bob: User) -> None:
    over = sign_in("Ada")
    advance(HOUR)
    earlier = sign_in("Ada")
    advance(60)
    later = sign_in("Ada")
    sign_in("Bob")
    shown = [each.digest for each in sign_ins.of_user(ada.id)]
    assert shown == [digest(later), digest(earlier)]
    assert digest(over) not in shown


def test_it_forgets_those_that_are_over(advance: Advance, ada: User) -> None:
    sign_in("Ada")
    advance(HOUR)
    token = sign_in("Ada")
    assert sign_ins.prune() == 1
    assert sign_ins.prune() == 0
    assert db.session.scalars(db.select(SignIn.digest)).all() == [digest(token)]
