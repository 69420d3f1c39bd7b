"""What people may be called, and which spellings are the same name."""

from errors import InvalidInput
from services.access.identity import COMMAND_LINE, LOCAL_OPERATOR, SETTINGS_KEY
from services.library import text
from services.library.users import USER_NAME_MAX_CHARS

LOOKED_AT_CHARS = 4 * USER_NAME_MAX_CHARS  # what is longer is nobody's, and costs no more to find out


def login_of(name: str) -> str:
    """What a name is told apart by: case, width, blanks and what cannot be seen do not count."""
    folded = text.normalised("NFKC", text.normalised("NFKC", name[:LOOKED_AT_CHARS]).casefold())
    return "".join(character for character in " ".join(folded.split()) if character.isprintable())


# The audit log calls others so.
_RESERVED = frozenset(map(login_of, (LOCAL_OPERATOR, SETTINGS_KEY, COMMAND_LINE)))


def check_name(name: str) -> str:
    """The name as it is kept. :raise InvalidInput: if it cannot be a person's or a key's."""
    if len(name) > USER_NAME_MAX_CHARS:
        raise refusal(f"A name has at most {USER_NAME_MAX_CHARS} characters; this one has {len(name):,}.")
    name = text.clean(name, field="name", max_chars=USER_NAME_MAX_CHARS)
    login = login_of(name)
    if not login:
        raise refusal("A name is needed.")
    if login in _RESERVED or len(login) > USER_NAME_MAX_CHARS:
        raise refusal(f"Nobody can be named {name!r}; choose another name.")
    return name


def refusal(message: str) -> InvalidInput:
    return InvalidInput(message, details={"name": message})
