"""footage

Revision ID: 0006
Revises: 0005

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('counter',
    sa.Column('name', sa.String(length=40), nullable=False),
    sa.Column('last', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_counter'))
    )
    op.create_table('footage',
    sa.Column('id', sa.String(length=12), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=30), nullable=False),
    sa.Column('resume_status', sa.String(length=30), nullable=True),
    sa.Column('entered_at', sa.Double(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('retry_at', sa.Double(), nullable=True),
    sa.Column('error_code', sa.String(length=60), nullable=True),
    sa.Column('error', sa.String(length=500), nullable=True),
    sa.Column('title', sa.String(length=300), nullable=False),
    sa.Column('description', sa.Text(), nullable=False),
    sa.Column('keywords', sa.JSON(), nullable=False),
    sa.Column('source_url', sa.String(length=2000), nullable=True),
    sa.Column('metadata_at', sa.Double(), nullable=True),
    sa.Column('scraped', sa.JSON(), nullable=True),
    sa.Column('judgement', sa.JSON(), nullable=True),
    sa.Column('awaits', sa.String(length=500), nullable=True),
    sa.Column('source', sa.String(length=1000), nullable=True),
    sa.Column('file_name', sa.String(length=300), nullable=False),
    sa.Column('media_key', sa.String(length=300), nullable=True),
    sa.Column('size_bytes', sa.BigInteger(), nullable=True),
    sa.Column('duration_seconds', sa.Double(), nullable=True),
    sa.Column('width', sa.Integer(), nullable=True),
    sa.Column('height', sa.Integer(), nullable=True),
    sa.Column('frames_per_second', sa.Double(), nullable=True),
    sa.Column('video_codec', sa.String(length=40), nullable=True),
    sa.Column('audio_codec', sa.String(length=40), nullable=True),
    sa.Column('info', sa.JSON(), nullable=True),
    sa.Column('poster_key', sa.String(length=300), nullable=True),
    sa.Column('sheet_key', sa.String(length=300), nullable=True),
    sa.Column('language', sa.String(length=12), nullable=True),
    sa.Column('made_title', sa.String(length=300), nullable=True),
    sa.Column('made_description', sa.Text(), nullable=True),
    sa.Column('tags', sa.JSON(), nullable=False),
    sa.Column('describer', sa.String(length=120), nullable=True),
    sa.Column('embedding', sa.LargeBinary(), nullable=True),
    sa.Column('embedder', sa.String(length=120), nullable=True),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.Column('updated_at', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_footage_owner_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_footage')),
    sa.UniqueConstraint('owner_id', 'source', name=op.f('uq_footage_owner_id'))
    )
    with op.batch_alter_table('footage', schema=None) as batch_op:
        batch_op.create_index('ix_footage_owner_created', ['owner_id', 'created_at', 'id'], unique=False)
        batch_op.create_index('ix_footage_owner_entered', ['owner_id', 'status', 'entered_at', 'id'], unique=False)
        batch_op.create_index('ix_footage_owner_status', ['owner_id', 'status', 'id'], unique=False)
        batch_op.create_index('ix_footage_status', ['status', 'retry_at', 'id'], unique=False)

    op.create_table('footage_event',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('footage_id', sa.String(length=12), nullable=False),
    sa.Column('frame_position', sa.Integer(), nullable=True),
    sa.Column('from_status', sa.String(length=30), nullable=True),
    sa.Column('to_status', sa.String(length=30), nullable=False),
    sa.Column('step', sa.String(length=30), nullable=True),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('is_failure', sa.Boolean(), nullable=False),
    sa.Column('job_id', sa.String(length=26), nullable=True),
    sa.Column('by', sa.String(length=120), nullable=False),
    sa.Column('at', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['footage_id'], ['footage.id'], name=op.f('fk_footage_event_footage_id_footage'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_footage_event')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('footage_event', schema=None) as batch_op:
        batch_op.create_index('ix_footage_event_at', ['at'], unique=False)
        batch_op.create_index('ix_footage_event_footage', ['footage_id', 'id'], unique=False)

    op.create_table('footage_speech',
    sa.Column('footage_id', sa.String(length=12), nullable=False),
    sa.Column('engine', sa.String(length=60), nullable=False),
    sa.Column('language', sa.String(length=12), nullable=True),
    sa.Column('segments', sa.JSON(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['footage_id'], ['footage.id'], name=op.f('fk_footage_speech_footage_id_footage'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('footage_id', name=op.f('pk_footage_speech'))
    )
    op.create_table('footage_speech_part',
    sa.Column('footage_id', sa.String(length=12), nullable=False),
    sa.Column('engine', sa.String(length=60), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('start_seconds', sa.Double(), nullable=False),
    sa.Column('end_seconds', sa.Double(), nullable=False),
    sa.Column('language', sa.String(length=12), nullable=True),
    sa.Column('segments', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['footage_id'], ['footage.id'], name=op.f('fk_footage_speech_part_footage_id_footage'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('footage_id', 'engine', 'position', name=op.f('pk_footage_speech_part'))
    )
    op.create_table('frame',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('footage_id', sa.String(length=12), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('at_seconds', sa.Double(), nullable=False),
    sa.Column('start_seconds', sa.Double(), nullable=False),
    sa.Column('end_seconds', sa.Double(), nullable=False),
    sa.Column('status', sa.String(length=30), nullable=False),
    sa.Column('resume_status', sa.String(length=30), nullable=True),
    sa.Column('entered_at', sa.Double(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('retry_at', sa.Double(), nullable=True),
    sa.Column('error_code', sa.String(length=60), nullable=True),
    sa.Column('error', sa.String(length=500), nullable=True),
    sa.Column('thumbnail_key', sa.String(length=300), nullable=True),
    sa.Column('caption', sa.Text(), nullable=True),
    sa.Column('captioner', sa.String(length=120), nullable=True),
    sa.Column('seen', sa.JSON(), nullable=True),
    sa.Column('speech', sa.Text(), nullable=True),
    sa.Column('embedding', sa.LargeBinary(), nullable=True),
    sa.Column('embedder', sa.String(length=120), nullable=True),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.Column('updated_at', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['footage_id'], ['footage.id'], name=op.f('fk_frame_footage_id_footage'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_frame')),
    sa.UniqueConstraint('footage_id', 'position', name=op.f('uq_frame_footage_id')),
    sqlite_autoincrement=True
    )
    with op.batch_alter_table('frame', schema=None) as batch_op:
        batch_op.create_index('ix_frame_footage_status', ['footage_id', 'status'], unique=False)
        batch_op.create_index('ix_frame_status', ['status', 'retry_at', 'id'], unique=False)



def downgrade():
    with op.batch_alter_table('frame', schema=None) as batch_op:
        batch_op.drop_index('ix_frame_status')
        batch_op.drop_index('ix_frame_footage_status')

    op.drop_table('frame')
    op.drop_table('footage_speech_part')
    op.drop_table('footage_speech')
    with op.batch_alter_table('footage_event', schema=None) as batch_op:
        batch_op.drop_index('ix_footage_event_footage')
        batch_op.drop_index('ix_footage_event_at')

    op.drop_table('footage_event')
    with op.batch_alter_table('footage', schema=None) as batch_op:
        batch_op.drop_index('ix_footage_status')
        batch_op.drop_index('ix_footage_owner_status')
        batch_op.drop_index('ix_footage_owner_entered')
        batch_op.drop_index('ix_footage_owner_created')

    op.drop_table('footage')
    op.drop_table('counter')
