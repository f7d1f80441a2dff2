"""Link states, how Jira met our writes, and runs with all that explains them."""

from alembic import op
from sqlalchemy import Column, Float, Integer, String, Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what is told of links and runs; what is known already stays."""
    op.add_column("links", Column("state", String(20), nullable=False, server_default="unknown"))
    op.add_column("links", Column("note", Text, nullable=False, server_default=""))
    op.add_column("links", Column("since", String(40)))
    op.add_column("links", Column("first_key", String(100)))
    op.execute("UPDATE links SET first_key = issue_key")
    op.create_table(
        "rebuffs",
        Column("card", String(40), primary_key=True),
        Column("ref", String(100), primary_key=True),
        Column("field", String(100), primary_key=True),
        Column("wanted", String(16), nullable=False),
        Column("shown", String(16)),
        Column("restores", Integer, nullable=False),
    )
    op.add_column("runs", Column("who", Text, nullable=False, server_default=""))
    op.add_column("runs", Column("scorecard_digest", String(64), nullable=False, server_default=""))
    op.add_column("runs", Column("mapping_digest", String(64), nullable=False, server_default=""))
    op.add_column("runs", Column("requests", Integer))
    op.add_column("runs", Column("plan", Text))
    op.add_column("runs", Column("outcomes", Text))
    op.add_column("leases", Column("taken", Float))
