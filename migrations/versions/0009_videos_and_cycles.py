"""videos_and_cycles

Revision ID: 0009
Revises: 0008

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('recovery_run',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('started_by', sa.String(length=120), nullable=False),
    sa.Column('started_at', sa.Double(), nullable=False),
    sa.Column('ended_at', sa.Double(), nullable=True),
    sa.Column('found', sa.Integer(), nullable=False),
    sa.Column('triggered', sa.Integer(), nullable=False),
    sa.Column('skipped', sa.Integer(), nullable=False),
    sa.Column('failed', sa.Integer(), nullable=False),
    sa.Column('reasons', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_run'))
    )
    with op.batch_alter_table('recovery_run', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recovery_run_started_at'), ['started_at'], unique=False)

    op.create_table('render_cycle',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('started_at', sa.Double(), nullable=False),
    sa.Column('ended_at', sa.Double(), nullable=True),
    sa.Column('checked', sa.Integer(), nullable=False),
    sa.Column('completed', sa.Integer(), nullable=False),
    sa.Column('failed', sa.Integer(), nullable=False),
    sa.Column('expired', sa.Integer(), nullable=False),
    sa.Column('still_processing', sa.Integer(), nullable=False),
    sa.Column('errors', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_render_cycle'))
    )
    with op.batch_alter_table('render_cycle', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_render_cycle_started_at'), ['started_at'], unique=False)

    op.create_table('recovery_item',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('run_id', sa.String(length=26), nullable=False),
    sa.Column('video_id', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('tenant_id', sa.String(length=64), nullable=False),
    sa.Column('video_created_at', sa.Double(), nullable=False),
    sa.Column('outcome', sa.String(length=10), nullable=False),
    sa.Column('reason', sa.String(length=300), nullable=False),
    sa.Column('job_id', sa.String(length=26), nullable=True),
    sa.Column('at', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['run_id'], ['recovery_run.id'], name=op.f('fk_recovery_item_run_id_recovery_run'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_item'))
    )
    with op.batch_alter_table('recovery_item', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recovery_item_run_id'), ['run_id'], unique=False)
        batch_op.create_index('ix_recovery_item_video', ['video_id', 'id'], unique=False)

    with op.batch_alter_table('render', schema=None) as batch_op:
        batch_op.add_column(sa.Column('retried_at', sa.Double(), nullable=True))
        batch_op.add_column(sa.Column('told_done_at', sa.Double(), nullable=True))
        batch_op.add_column(sa.Column('output_bytes', sa.BigInteger(), nullable=True))
        batch_op.create_index('ix_render_finished', ['finished_at', 'found_by'], unique=False)

    with op.batch_alter_table('video', schema=None) as batch_op:
        batch_op.add_column(sa.Column('upload_id', sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column('file_name', sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column('sha256', sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column('job_id', sa.String(length=26), nullable=True))
        batch_op.add_column(sa.Column('run_ended_at', sa.Double(), nullable=True))
        batch_op.add_column(sa.Column('failures', sa.Integer(), nullable=False, server_default='0'))
        batch_op.add_column(sa.Column('recover_at', sa.Double(), nullable=True))
        batch_op.add_column(sa.Column('problem', sa.String(length=60), nullable=True))
        batch_op.add_column(sa.Column('problem_text', sa.String(length=500), nullable=True))
        batch_op.add_column(sa.Column('size_bytes', sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column('duration_seconds', sa.Double(), nullable=True))
        batch_op.add_column(sa.Column('width', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('height', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('frames_per_second', sa.Double(), nullable=True))
        batch_op.add_column(sa.Column('video_codec', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('audio_codec', sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column('poster_key', sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column('preview_key', sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column('web_key', sa.String(length=300), nullable=True))
        batch_op.add_column(sa.Column('processed_at', sa.Double(), nullable=True))
        batch_op.create_index(batch_op.f('ix_video_upload_id'), ['upload_id'], unique=False)



def downgrade():
    with op.batch_alter_table('video', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_video_upload_id'))
        batch_op.drop_column('processed_at')
        batch_op.drop_column('web_key')
        batch_op.drop_column('preview_key')
        batch_op.drop_column('poster_key')
        batch_op.drop_column('audio_codec')
        batch_op.drop_column('video_codec')
        batch_op.drop_column('frames_per_second')
        batch_op.drop_column('height')
        batch_op.drop_column('width')
        batch_op.drop_column('duration_seconds')
        batch_op.drop_column('size_bytes')
        batch_op.drop_column('problem_text')
        batch_op.drop_column('problem')
        batch_op.drop_column('recover_at')
        batch_op.drop_column('failures')
        batch_op.drop_column('run_ended_at')
        batch_op.drop_column('job_id')
        batch_op.drop_column('sha256')
        batch_op.drop_column('file_name')
        batch_op.drop_column('upload_id')

    with op.batch_alter_table('render', schema=None) as batch_op:
        batch_op.drop_index('ix_render_finished')
        batch_op.drop_column('output_bytes')
        batch_op.drop_column('told_done_at')
        batch_op.drop_column('retried_at')

    with op.batch_alter_table('recovery_item', schema=None) as batch_op:
        batch_op.drop_index('ix_recovery_item_video')
        batch_op.drop_index(batch_op.f('ix_recovery_item_run_id'))

    op.drop_table('recovery_item')
    with op.batch_alter_table('render_cycle', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_render_cycle_started_at'))

    op.drop_table('render_cycle')
    with op.batch_alter_table('recovery_run', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recovery_run_started_at'))

    op.drop_table('recovery_run')
