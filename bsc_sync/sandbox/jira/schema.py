"""The tables of Jira. Moments are whole milliseconds since 1970, UTC; values are JSON."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS jira_catalog (document TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS jira_project (
    id TEXT PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    last_number INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS issue (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    project_id TEXT NOT NULL REFERENCES jira_project (id),
    number INTEGER NOT NULL,
    type_id TEXT NOT NULL,
    status_id TEXT NOT NULL,
    priority_id TEXT,
    resolution_id TEXT,
    parent_id INTEGER,
    summary TEXT NOT NULL,
    description_text TEXT,
    assignee TEXT,
    reporter TEXT,
    creator TEXT NOT NULL,
    due TEXT,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL,
    resolved INTEGER,
    category_changed INTEGER NOT NULL,
    content TEXT NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS issue_by_number ON issue (project_id, number);
CREATE INDEX IF NOT EXISTS issue_by_parent ON issue (parent_id);
CREATE INDEX IF NOT EXISTS issue_by_updated ON issue (updated);
CREATE TABLE IF NOT EXISTS issue_label (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    label TEXT NOT NULL,
    PRIMARY KEY (issue_id, label)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS issue_by_label ON issue_label (label);
CREATE TABLE IF NOT EXISTS issue_component (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    component_id TEXT NOT NULL,
    PRIMARY KEY (issue_id, component_id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS issue_value (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    field_id TEXT NOT NULL,
    text TEXT NOT NULL,
    number REAL
);
CREATE INDEX IF NOT EXISTS issue_value_by_issue ON issue_value (issue_id, field_id);
CREATE TABLE IF NOT EXISTS issue_comment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    author TEXT NOT NULL,
    body TEXT NOT NULL,
    text TEXT NOT NULL,
    created INTEGER NOT NULL,
    updated INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS comment_by_issue ON issue_comment (issue_id);
CREATE TABLE IF NOT EXISTS issue_link (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    type_id TEXT NOT NULL,
    source_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    destination_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS link_by_source ON issue_link (source_id);
CREATE INDEX IF NOT EXISTS link_by_destination ON issue_link (destination_id);
CREATE TABLE IF NOT EXISTS remote_link (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    global_id TEXT,
    content TEXT NOT NULL,
    UNIQUE (issue_id, global_id)
);
CREATE TABLE IF NOT EXISTS issue_property (
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (issue_id, key)
);
CREATE TABLE IF NOT EXISTS issue_history (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    issue_id INTEGER NOT NULL REFERENCES issue (id) ON DELETE CASCADE,
    author TEXT NOT NULL,
    created INTEGER NOT NULL,
    items TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS history_by_issue ON issue_history (issue_id);
"""
