"""The tables: what is remembered between runs. Moments are ISO 8601 text in UTC, values exact text."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, MetaData, Table

from bsc_sync.state.columns import Prose, Whole, Words

metadata = MetaData()

meta = Table(
    "meta", metadata, Column("key", Words(40), primary_key=True), Column("value", Prose, nullable=False)
)

links = Table(
    "links",
    metadata,
    Column("card", Words(40), primary_key=True),
    Column("ref", Words(100), primary_key=True),
    Column("issue_id", Words(40), nullable=False),
    Column("issue_key", Words(100), nullable=False),
    Column("kind", Words(20), nullable=False),
    Column("name", Prose, nullable=False),
    Column("revision", Whole, nullable=False),
    Column("state", Words(20), nullable=False, server_default="unknown"),
    Column("note", Prose, nullable=False, server_default=""),
    Column("since", Words(40)),
    Column("first_key", Words(100)),
)

former_ids = Table(  # which ref is known by another id since, and by which
    "former_ids",
    metadata,
    Column("card", Words(40), primary_key=True),
    Column("former", Words(100), primary_key=True),
    Column("ref", Words(100), nullable=False),
)

rebuffs = Table(  # how Jira met our writes of a field: it kept another value, or somebody undid a restore
    "rebuffs",
    metadata,
    Column("card", Words(40), primary_key=True),
    Column("ref", Words(100), primary_key=True),
    Column("field", Words(100), primary_key=True),
    Column("wanted", Words(16), nullable=False),
    Column("shown", Words(16)),
    Column("restores", Whole, nullable=False),
)

base = Table(
    "base",
    metadata,
    Column("card", Words(40), primary_key=True),
    Column("ref", Words(100), primary_key=True),
    Column("field", Words(100), primary_key=True),
    Column("digest", Words(16), nullable=False),
    Column("value", Prose),
)

intents = Table(
    "intents",
    metadata,
    Column("id", Words(36), primary_key=True),
    Column("card", Words(40), nullable=False, index=True),
    Column("ref", Words(100), nullable=False),
    Column("action", Words(20), nullable=False),
    Column("project", Words(100), nullable=False),
    Column("floor", Whole, nullable=False),
    Column("issue_id", Words(40)),
    Column("after", Prose, nullable=False),
    Column("created", Words(40), nullable=False),
    Column("settled", Words(40)),
    Column("outcome", Prose),
)

measurements = Table(
    "measurements",
    metadata,
    Column("number", Whole, primary_key=True),
    Column("card", Words(40), nullable=False),
    Column("subject", Words(100), nullable=False),
    Column("value", Prose, nullable=False),
    Column("effective", Words(10), nullable=False),
    Column("at", Words(40)),
    Column("recorded", Words(40), nullable=False),
    Column("source", Words(20), nullable=False),
    Column("note", Prose),
    Column("evidence", Prose, nullable=False),
    Index("measurements_by_subject", "card", "subject", "effective"),
)

absences = Table(
    "absences",
    metadata,
    Column("card", Words(40), primary_key=True),
    Column("subject", Words(100), primary_key=True),
    Column("reason", Prose, nullable=False),
)

work_items = Table(
    "work_items",
    metadata,
    Column("card", Words(40), primary_key=True),
    Column("pull", Whole, primary_key=True),
    Column("position", Whole, primary_key=True),
    Column("issue_id", Words(40), nullable=False),
    Column("item", Prose, nullable=False),
    Index("work_items_by_issue", "card", "pull", "issue_id", unique=True),
)

work_pulls = Table(
    "work_pulls",
    metadata,
    Column("card", Words(40), primary_key=True),
    Column("pull", Whole, nullable=False),
)

progress = Table(
    "progress",
    metadata,
    Column("card", Words(40), primary_key=True),
    Column("ref", Words(100), primary_key=True),
    Column("day", Words(10), primary_key=True),
    Column("share", Prose),
    Column("why", Prose, nullable=False),
    Column("evidence", Prose, nullable=False),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Words(36), primary_key=True),
    Column("card", Words(40), nullable=False, index=True),
    Column("verb", Words(20), nullable=False),
    Column("mode", Words(20), nullable=False),
    Column("started", Words(40), nullable=False),
    Column("ended", Words(40)),
    Column("exit_code", Whole),
    Column("version", Words(40), nullable=False),
    Column("report", Prose, nullable=False),
    Column("who", Prose, nullable=False, server_default=""),
    Column("scorecard_digest", Words(64), nullable=False, server_default=""),
    Column("mapping_digest", Words(64), nullable=False, server_default=""),
    Column("requests", Whole),
    Column("plan", Prose),
    Column("outcomes", Prose),
)

leases = Table(
    "leases",
    metadata,
    Column("card", Words(40), primary_key=True),
    Column("holder", Prose, nullable=False),
    Column("token", Words(36), nullable=False),
    Column("expires", Float, nullable=False),
    Column("taken", Float),
)

publications = Table(
    "publications",
    metadata,
    Column("card", Words(40), primary_key=True),
    Column("target", Words(200), primary_key=True),
    Column("page_id", Words(40), nullable=False),
    Column("url", Prose, nullable=False),
    Column("version", Whole, nullable=False),
    Column("digest", Words(64), nullable=False),
    Column("sent", Words(64), nullable=False),
    Column("published", Words(40), nullable=False),
    Column("settled", Boolean, nullable=False),
)

slots = Table(
    "slots",
    metadata,
    Column("card", Words(40), primary_key=True),
    Column("job", Words(40), primary_key=True),
    Column("slot", Words(40), nullable=False),
)
