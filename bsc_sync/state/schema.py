"""The tables: what is remembered between runs. Moments are ISO 8601 text in UTC, values exact text."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text

metadata = MetaData()

meta = Table(
    "meta", metadata, Column("key", String(40), primary_key=True), Column("value", Text, nullable=False)
)

links = Table(
    "links",
    metadata,
    Column("card", String(40), primary_key=True),
    Column("ref", String(100), primary_key=True),
    Column("issue_id", String(40), nullable=False),
    Column("issue_key", String(100), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("name", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", String(20), nullable=False, server_default="unknown"),
    Column("note", Text, nullable=False, server_default=""),
    Column("since", String(40)),
    Column("first_key", String(100)),
)

former_ids = Table(  # which ref is known by another id since, and by which
    "former_ids",
    metadata,
    Column("card", String(40), primary_key=True),
    Column("former", String(100), primary_key=True),
    Column("ref", String(100), nullable=False),
)

rebuffs = Table(  # how Jira met our writes of a field: it kept another value, or somebody undid a restore
    "rebuffs",
    metadata,
    Column("card", String(40), primary_key=True),
    Column("ref", String(100), primary_key=True),
    Column("field", String(100), primary_key=True),
    Column("wanted", String(16), nullable=False),
    Column("shown", String(16)),
    Column("restores", Integer, nullable=False),
)

base = Table(
    "base",
    metadata,
    Column("card", String(40), primary_key=True),
    Column("ref", String(100), primary_key=True),
    Column("field", String(100), primary_key=True),
    Column("digest", String(16), nullable=False),
    Column("value", Text),
)

intents = Table(
    "intents",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("card", String(40), nullable=False, index=True),
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

measurements = Table(
    "measurements",
    metadata,
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
    Index("measurements_by_subject", "card", "subject", "effective"),
)

absences = Table(
    "absences",
    metadata,
    Column("card", String(40), primary_key=True),
    Column("subject", String(100), primary_key=True),
    Column("reason", Text, nullable=False),
)

work_items = Table(
    "work_items",
    metadata,
    Column("card", String(40), primary_key=True),
    Column("pull", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("issue_id", String(40), nullable=False),
    Column("item", Text, nullable=False),
    Index("work_items_by_issue", "card", "pull", "issue_id", unique=True),
)

work_pulls = Table(
    "work_pulls",
    metadata,
    Column("card", String(40), primary_key=True),
    Column("pull", Integer, nullable=False),
)

progress = Table(
    "progress",
    metadata,
    Column("card", String(40), primary_key=True),
    Column("ref", String(100), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("share", Text),
    Column("why", Text, nullable=False),
    Column("evidence", Text, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("card", String(40), nullable=False, index=True),
    Column("verb", String(20), nullable=False),
    Column("mode", String(20), nullable=False),
    Column("started", String(40), nullable=False),
    Column("ended", String(40)),
    Column("exit_code", Integer),
    Column("version", String(40), nullable=False),
    Column("report", Text, nullable=False),
    Column("who", Text, nullable=False, server_default=""),
    Column("scorecard_digest", String(64), nullable=False, server_default=""),
    Column("mapping_digest", String(64), nullable=False, server_default=""),
    Column("requests", Integer),
    Column("plan", Text),
    Column("outcomes", Text),
)

leases = Table(
    "leases",
    metadata,
    Column("card", String(40), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("token", String(36), nullable=False),
    Column("expires", Float, nullable=False),
    Column("taken", Float),
)

publications = Table(
    "publications",
    metadata,
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

slots = Table(
    "slots",
    metadata,
    Column("card", String(40), primary_key=True),
    Column("job", String(40), primary_key=True),
    Column("slot", String(40), nullable=False),
)
