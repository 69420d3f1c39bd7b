"""notices_and_windows

Revision ID: 0005
Revises: 0004

"""
from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade():
    op.create_table('maintenance_window',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('queues', sa.JSON(), nullable=False),
    sa.Column('weekdays', sa.JSON(), nullable=False),
    sa.Column('day', sa.String(length=10), nullable=True),
    sa.Column('start', sa.String(length=5), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('time_zone', sa.String(length=64), nullable=False),
    sa.Column('ended_start', sa.Double(), nullable=True),
    sa.Column('created_by', sa.String(length=120), nullable=False),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_maintenance_window'))
    )
    op.create_table('maintenance_hold',
    sa.Column('window_id', sa.Integer(), nullable=False),
    sa.Column('starts_at', sa.Double(), nullable=False),
    sa.Column('queue', sa.String(length=20), nullable=False),
    sa.Column('ends_at', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['window_id'], ['maintenance_window.id'], name=op.f('fk_maintenance_hold_window_id_maintenance_window'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('window_id', 'starts_at', 'queue', name=op.f('pk_maintenance_hold'))
    )
    op.create_table('notice_address',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('owner_id', sa.Integer(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('url', sa.LargeBinary(), nullable=False),
    sa.Column('shown', sa.String(length=300), nullable=False),
    sa.Column('events', sa.JSON(), nullable=False),
    sa.Column('min_seconds', sa.Double(), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('failing_since', sa.Double(), nullable=True),
    sa.Column('not_before', sa.Double(), nullable=True),
    sa.Column('lease_until', sa.Double(), nullable=True),
    sa.Column('tried_at', sa.Double(), nullable=True),
    sa.Column('told_at', sa.Double(), nullable=True),
    sa.Column('last_error', sa.String(length=300), nullable=True),
    sa.Column('disabled_at', sa.Double(), nullable=True),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['owner_id'], ['user.id'], name=op.f('fk_notice_address_owner_id_user'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice_address'))
    )
    with op.batch_alter_table('notice_address', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_notice_address_owner_id'), ['owner_id'], unique=False)

    op.create_table('alert_rule',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('address_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=20), nullable=False),
    sa.Column('queue', sa.String(length=20), nullable=True),
    sa.Column('threshold', sa.Double(), nullable=False),
    sa.Column('window_minutes', sa.Double(), nullable=False),
    sa.Column('seen_since', sa.Double(), nullable=True),
    sa.Column('told_at', sa.Double(), nullable=True),
    sa.Column('created_by', sa.String(length=120), nullable=False),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.ForeignKeyConstraint(['address_id'], ['notice_address.id'], name=op.f('fk_alert_rule_address_id_notice_address'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alert_rule'))
    )
    with op.batch_alter_table('alert_rule', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alert_rule_address_id'), ['address_id'], unique=False)

    op.create_table('notice',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('address_id', sa.Integer(), nullable=False),
    sa.Column('event', sa.String(length=40), nullable=False),
    sa.Column('about', sa.String(length=120), nullable=False),
    sa.Column('text', sa.String(length=600), nullable=False),
    sa.Column('path', sa.String(length=300), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('due_at', sa.Double(), nullable=False),
    sa.Column('created_at', sa.Double(), nullable=False),
    sa.Column('ended_at', sa.Double(), nullable=True),
    sa.ForeignKeyConstraint(['address_id'], ['notice_address.id'], name=op.f('fk_notice_address_id_notice_address'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notice')),
    sa.UniqueConstraint('address_id', 'about', name=op.f('uq_notice_address_id'))
    )
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.create_index('ix_notice_address', ['address_id', 'state', 'id'], unique=False)
        batch_op.create_index('ix_notice_created_at', ['created_at'], unique=False)
        batch_op.create_index('ix_notice_due', ['state', 'due_at'], unique=False)



def downgrade():
    with op.batch_alter_table('notice', schema=None) as batch_op:
        batch_op.drop_index('ix_notice_due')
        batch_op.drop_index('ix_notice_created_at')
        batch_op.drop_index('ix_notice_address')

    op.drop_table('notice')
    with op.batch_alter_table('alert_rule', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_alert_rule_address_id'))

    op.drop_table('alert_rule')
    with op.batch_alter_table('notice_address', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_notice_address_owner_id'))

    op.drop_table('notice_address')
    op.drop_table('maintenance_hold')
    op.drop_table('maintenance_window')
