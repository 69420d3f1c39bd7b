"""How Alembic reaches the app's database. Run through Flask-Migrate, inside the app context."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

db = current_app.extensions["migrate"].db


def run_migrations() -> None:
    """Each migration in a transaction of its own, where the database has transactional DDL."""
    with db.engine.connect() as connection:
        enforce_foreign_keys(connection, False)
        take_the_time(connection)
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
        enforce_foreign_keys(connection, True)


def take_the_time(connection: Connection) -> None:
    """A table may take longer to change than a statement may take elsewhere; the connection is not given back."""
    if connection.dialect.name == "postgresql":
        connection.detach()
        connection.exec_driver_sql("SET statement_timeout = 0")
        connection.commit()


def enforce_foreign_keys(connection: Connection, enforced: bool) -> None:
    """SQLite changes a table by copying it, which must not cascade to the rows of others.

    Said to the driver itself: SQLAlchemy would begin a transaction first, and inside one SQLite does not listen.
    """
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if enforced else 'OFF'}")


run_migrations()
