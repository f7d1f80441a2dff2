"""The first tables."""

from alembic import op
from sqlalchemy import Boolean, Column, Float, Integer, String, Text

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything that a run remembers."""
    op.create_table(
        "meta", Column("key", String(40), primary_key=True), Column("value", Text, nullable=False)
    )

    op.create_table(
        "links",
        Column("card", String(40), primary_key=True),
        Column("ref", String(100), primary_key=True),
        Column("issue_id", String(40), nullable=False),
        Column("issue_key", String(100), nullable=False),
        Column("kind", String(20), nullable=False),
        Column("name", Text, nullable=False),
        Column("revision", Integer, nullable=False),
    )

    op.create_table(
        "base",
        Column("card", String(40), primary_key=True),
        Column("ref", String(100), primary_key=True),
        Column("field", String(100), primary_key=True),
        Column("digest", String(16), nullable=False),
        Column("value", Text),
    )

    op.create_table(
        "intents",
        Column("id", String(36), primary_key=True),
        Column("card", String(40), nullable=False),
        Column("ref", String(100), nullable=False),
        Column("action", String(20), nullable=False),
        Column("project", String(100), nullable=False),
        Column("floor", Integer, nullable=False),
        Column("issue_id", String(40)),
        Column("after", Text, nullable=False),
        Column("created", String(40), nullable=False),
        Column("settled", String(40)),
        Column("outcome", Text),
    )

    op.create_table(
        "measurements",
        Column("number", Integer, primary_key=True),
        Column("card", String(40), nullable=False),
        Column("subject", String(100), nullable=False),
        Column("value", Text, nullable=False),
        Column("effective", String(10), nullable=False),
        Column("at", String(40)),
        Column("recorded", String(40), nullable=False),
        Column("source", String(20), nullable=False),
        Column("note", Text),
        Column("evidence", Text, nullable=False),
    )

    op.create_table(
        "absences",
        Column("card", String(40), primary_key=True),
        Column("subject", String(100), primary_key=True),
        Column("reason", Text, nullable=False),
    )

    op.create_table(
        "work",
        Column("card", String(40), primary_key=True),
        Column("issue_id", String(40), primary_key=True),
        Column("position", Integer, nullable=False),
        Column("item", Text, nullable=False),
    )

    op.create_table(
        "progress",
        Column("card", String(40), primary_key=True),
        Column("ref", String(100), primary_key=True),
        Column("day", String(10), primary_key=True),
        Column("share", Text),
        Column("why", Text, nullable=False),
        Column("evidence", Text, nullable=False),
    )

    op.create_table(
        "runs",
        Column("id", String(36), primary_key=True),
        Column("card", String(40), nullable=False),
        Column("verb", String(20), nullable=False),
        Column("mode", String(20), nullable=False),
        Column("started", String(40), nullable=False),
        Column("ended", String(40)),
        Column("exit_code", Integer),
        Column("version", String(40), nullable=False),
        Column("report", Text, nullable=False),
    )

    op.create_table(
        "leases",
        Column("card", String(40), primary_key=True),
        Column("holder", Text, nullable=False),
        Column("token", String(36), nullable=False),
        Column("expires", Float, nullable=False),
    )

    op.create_table(
        "publications",
        Column("card", String(40), primary_key=True),
        Column("target", String(200), primary_key=True),
        Column("page_id", String(40), nullable=False),
        Column("url", Text, nullable=False),
        Column("version", Integer, nullable=False),
        Column("digest", String(64), nullable=False),
        Column("sent", String(64), nullable=False),
        Column("published", String(40), nullable=False),
        Column("settled", Boolean, nullable=False),
    )

    op.create_table(
        "slots",
        Column("card", String(40), primary_key=True),
        Column("job", String(40), primary_key=True),
        Column("slot", String(40), nullable=False),
    )
    op.create_index("measurements_by_subject", "measurements", ["card", "subject", "effective"])
    op.create_index("ix_intents_card", "intents", ["card"])
    op.create_index("ix_runs_card", "runs", ["card"])
