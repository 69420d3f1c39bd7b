"""Whose library a page is about."""

from werkzeug.datastructures import MultiDict

from blueprints.actor import current_identity
from models import User
from services.access.ownership import library_of


def meant_owner(values: MultiDict[str, str]) -> User:
    """Who is named by `owner` in an address or a form; one's own where nobody is.

    :raise NotFound: if there is no such person, or their library is not for this one to see.
    """
    return library_of(current_identity(), values.get("owner", type=int))
