"""JQL, the query language of Jira: read by a grammar, answered by SQL."""
