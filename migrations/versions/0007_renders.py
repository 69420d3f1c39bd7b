"""renders

Revision ID: 0007
Revises: 0006

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('render',
    sa.Column('id', sa.String(length=26), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('operation', sa.String(length=20), nullable=False),
    sa.Column('target_type', sa.String(length=10), nullable=False),
    sa.Column('target_id', sa.String(length=64), nullable=False),
    sa.Column('inputs', sa.JSON(), nullable=False),
    sa.Column('active_key', sa.String(length=100), nullable=True),
    sa.Column('external_job_id', sa.String(length=100), nullable=True),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('token', sa.LargeBinary(), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('found_by', sa.String(length=8), nullable=True),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('output_url', sa.String(length=2000), nullable=True),
    sa.Column('error', sa.String(length=500), nullable=True),
    sa.Column('is_contradicted', sa.Boolean(), nullable=False),
    sa.Column('asks', sa.Integer(), nullable=False),
    sa.Column('asking_until', sa.Double(), nullable=True),
    sa.Column('asked_at', sa.Double(), nullable=True),
    sa.Column('check_at', sa.Double(), nullable=True),
    sa.Column('checked_at', sa.Double(), nullable=True),
    sa.Column('checks', sa.Integer(), nullable=False),
    sa.Column('check_errors', sa.Integer(), nullable=False),
    sa.Column('output_at', sa.Double(), nullable=True),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.Column('finished_at', sa.Double(), nullable=True),
    sa.Column('updated_at', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_render_owner_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_render')),
    sa.UniqueConstraint('active_key', name=op.f('uq_render_active_key')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_render_token_hash'))
    )
    with op.batch_alter_table('render', schema=None) as batch_op:
        batch_op.create_index('ix_render_due', ['status', 'check_at', 'id'], unique=False)
        batch_op.create_index('ix_render_external', ['external_job_id'], unique=False)
        batch_op.create_index('ix_render_owner', ['owner_id', 'status', 'id'], unique=False)
        batch_op.create_index('ix_render_target', ['target_type', 'target_id', 'id'], unique=False)

    op.create_table('video',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('tenant_id', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('file_url', sa.String(length=2000), nullable=True),
    sa.Column('media_key', sa.String(length=300), nullable=True),
    sa.Column('render_id', sa.String(length=26), nullable=True),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.Column('updated_at', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_video_owner_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_video'))
    )
    with op.batch_alter_table('video', schema=None) as batch_op:
        batch_op.create_index('ix_video_owner', ['owner_id', 'created_at', 'id'], unique=False)
        batch_op.create_index('ix_video_status', ['status', 'created_at', 'id'], unique=False)

    op.create_table('render_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('render_id', sa.String(length=26), nullable=False),
    sa.Column('kind', sa.String(length=14), nullable=False),
    sa.Column('said_by', sa.String(length=8), nullable=False),
    sa.Column('said', sa.String(length=10), nullable=True),
    sa.Column('external_job_id', sa.String(length=100), nullable=True),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('at', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['render_id'], ['render.id'], name=op.f('fk_render_event_render_id_render'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_render_event'))
    )
    with op.batch_alter_table('render_event', schema=None) as batch_op:
        batch_op.create_index('ix_render_event_render', ['render_id', 'id'], unique=False)

    op.create_table('segment',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('video_id', sa.String(length=64), nullable=True),
    sa.Column('position', sa.Integer(), nullable=True),
    sa.Column('name', sa.String(length=300), nullable=False),
    sa.Column('voice_url', sa.String(length=2000), nullable=True),
    sa.Column('video_url', sa.String(length=2000), nullable=True),
    sa.Column('status', sa.String(length=12), nullable=False),
    sa.Column('file_url', sa.String(length=2000), nullable=True),
    sa.Column('media_key', sa.String(length=300), nullable=True),
    sa.Column('render_id', sa.String(length=26), nullable=True),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.Column('updated_at', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_segment_owner_id_user'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['video_id'], ['video.id'], name=op.f('fk_segment_video_id_video'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_segment'))
    )
    with op.batch_alter_table('segment', schema=None) as batch_op:
        batch_op.create_index('ix_segment_owner', ['owner_id', 'created_at', 'id'], unique=False)
        batch_op.create_index('ix_segment_video', ['video_id', 'position'], unique=False)



def downgrade():
    with op.batch_alter_table('segment', schema=None) as batch_op:
        batch_op.drop_index('ix_segment_video')
        batch_op.drop_index('ix_segment_owner')

    op.drop_table('segment')
    with op.batch_alter_table('render_event', schema=None) as batch_op:
        batch_op.drop_index('ix_render_event_render')

    op.drop_table('render_event')
    with op.batch_alter_table('video', schema=None) as batch_op:
        batch_op.drop_index('ix_video_status')
        batch_op.drop_index('ix_video_owner')

    op.drop_table('video')
    with op.batch_alter_table('render', schema=None) as batch_op:
        batch_op.drop_index('ix_render_target')
        batch_op.drop_index('ix_render_owner')
        batch_op.drop_index('ix_render_external')
        batch_op.drop_index('ix_render_due')

    op.drop_table('render')
