"""Former ids: what is renamed back is known again."""

import json

from alembic import op
from sqlalchemy import Column, String, column, select, table

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; of an id that the mark does not have yet, the one before is known."""
    former_ids = op.create_table(
        "former_ids",
        Column("card", String(40), primary_key=True),
        Column("former", String(100), primary_key=True),
        Column("ref", String(100), nullable=False),
    )
    base = table("base", column("card"), column("ref"), column("field"), column("value"))
    named = select(base.c.card, base.c.ref, base.c.value).where(base.c.field == "name in the mark")
    rows = {(row.card, json.loads(row.value)): row.ref for row in op.get_bind().execute(named) if row.value}
    before = [
        {"card": card, "former": former, "ref": ref}
        for (card, former), ref in rows.items()
        if isinstance(former, str) and former != ref
    ]
    if before:
        op.bulk_insert(former_ids, before)
