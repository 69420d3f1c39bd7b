"""Who may sign in, and with what. Secrets are kept hashed; instants are seconds since the epoch, by `clock.now()`."""

from sqlalchemy import Double, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from extensions import Base


class User(Base):
    """An owner of songs and playlists. Who has a `login` is a person who can sign in, once they have a password."""

    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    created_at: Mapped[float] = mapped_column(Double)
    login: Mapped[str | None] = mapped_column(String(120), unique=True)  # the name, whatever its case and width
    password_hash: Mapped[str | None] = mapped_column(String(200))  # argon2id
    role: Mapped[str] = mapped_column(String(10), default="viewer", server_default="viewer")
    disabled_at: Mapped[float | None] = mapped_column(Double)
    signed_in_at: Mapped[float | None] = mapped_column(Double)


class SignIn(Base):
    """A browser in which somebody is signed in. Deleting the row signs it out."""

    __tablename__ = "sign_in"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of what the cookie holds
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[float] = mapped_column(Double)
    seen_at: Mapped[float] = mapped_column(Double, index=True)  # to the minute
    address: Mapped[str] = mapped_column(String(45), default="")
    agent: Mapped[str] = mapped_column(String(200), default="")


class ApiKey(Base):
    """A program's key. It acts for its user, with its own role; it is shown once, when it is made."""

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    prefix: Mapped[str] = mapped_column(String(12))  # what is shown, to tell keys apart
    digest: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256 of the key
    role: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[float] = mapped_column(Double)
    created_by: Mapped[str] = mapped_column(String(120))
    used_at: Mapped[float | None] = mapped_column(Double)  # to the minute
    revoked_at: Mapped[float | None] = mapped_column(Double)
    revoked_by: Mapped[str] = mapped_column(String(120), default="")


class OneTimeLink(Base):
    """A link that lets whoever has it choose a password, once: the first user (no `user_id`), or a user of ours."""

    __tablename__ = "one_time_link"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)  # SHA-256 of what the link holds
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[float] = mapped_column(Double)
    created_by: Mapped[str] = mapped_column(String(120))
    expires_at: Mapped[float] = mapped_column(Double)
    used_at: Mapped[float | None] = mapped_column(Double)
