"""Who asks."""

from dataclasses import dataclass
from typing import Literal

from services.access import roles

LOCAL_OPERATOR = "local operator"
SETTINGS_KEY = "key from API_KEYS"
COMMAND_LINE = "command line"


@dataclass(frozen=True, slots=True)
class Identity:
    """A person who is signed in, a program's key, or whoever is at this machine while Backbeat is open.

    `user_id` is whose library and jobs are theirs; `name` is what the audit log says. `key_id` is None for keys that
    come from the settings, and for people.
    """

    kind: Literal["local", "person", "key"]
    user_id: int
    name: str
    role: str
    key_id: int | None = None

    def may(self, role: str) -> bool:
        """Whether they have at least this role."""
        return roles.includes(self.role, role)

    @property
    def sees_everything(self) -> bool:
        return self.may(roles.OPERATOR)

    @property
    def marker(self) -> str:
        """Tells two of them apart, for rate limits."""
        return f"{self.kind}:{self.user_id}:{self.key_id or ''}"


def local(user_id: int) -> Identity:
    """Whoever is at this machine: they may everything, and the first owner's library is theirs."""
    return Identity("local", user_id, LOCAL_OPERATOR, roles.ADMIN)
