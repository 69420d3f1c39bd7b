"""transcript_job

Revision ID: 0008
Revises: 0007

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("transcript", schema=None) as batch_op:
        batch_op.add_column(sa.Column("job_id", sa.String(length=26), nullable=True))


def downgrade():
    with op.batch_alter_table("transcript", schema=None) as batch_op:
        batch_op.drop_column("job_id")
