"""turns

Revision ID: 0010
Revises: 0009

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WAITS_ALONE = sa.text("position IS NULL AND status = 'queued'")


def upgrade():
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(
            "ix_job_turn",
            ["queue", "type", "owner_id", "due_at", "position", "status"],
            unique=False,
            sqlite_where=WAITS_ALONE,
            postgresql_where=WAITS_ALONE,
        )


def downgrade():
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index("ix_job_turn", sqlite_where=WAITS_ALONE, postgresql_where=WAITS_ALONE)
