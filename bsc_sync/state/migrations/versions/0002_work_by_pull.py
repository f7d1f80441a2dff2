"""The teams' work by pull: a new pull is written beside the one that is shown."""

from alembic import op
from sqlalchemy import Column, Index, Integer, String, Text, text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Carry the work over as pull number 1."""
    op.create_table(
        "work_items",
        Column("card", String(40), primary_key=True),
        Column("pull", Integer, primary_key=True),
        Column("position", Integer, primary_key=True),
        Column("issue_id", String(40), nullable=False),
        Column("item", Text, nullable=False),
        Index("work_items_by_issue", "card", "pull", "issue_id", unique=True),
    )
    op.create_table(
        "work_pulls",
        Column("card", String(40), primary_key=True),
        Column("pull", Integer, nullable=False),
    )
    op.execute(
        text(
            "INSERT INTO work_items (card, pull, position, issue_id, item) "
            "SELECT card, 1, position, issue_id, item FROM work"
        )
    )
    op.execute(text("INSERT INTO work_pulls (card, pull) SELECT DISTINCT card, 1 FROM work"))
    op.drop_table("work")
