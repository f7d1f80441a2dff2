"""Departures that we know and let stand, each with its reason: where a document is wrong or a client is.

Kept as short as it can be. They are counted in a column of their own, and one that nothing needs any more
is named below the table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.fidelity.documents import Operation
from tests.fidelity.exchange import Exchange
from tests.fidelity.finding import Finding


@dataclass(frozen=True)
class Known:
    """Findings whose parts all match (regular expressions, whole text)."""

    why: str
    side: str
    operation: str = ".*"
    where: str = ".*"
    says: str = ".*"

    def covers(self, finding: Finding, operation: Operation | str, exchange: Exchange) -> bool:
        """Whether the finding is one of these. Nothing excuses a request of the product."""
        if self.side == "request" and exchange.ours:
            return False
        name = operation if isinstance(operation, str) else operation.name
        parts = (
            (self.side, finding.side),
            (self.operation, name),
            (self.where, finding.where),
            (self.says, finding.says),
        )
        return all(re.fullmatch(pattern, text, re.DOTALL) for pattern, text in parts)


KNOWN: tuple[Known, ...] = (
    Known(
        "clients send null for what was not given; Jira takes it as not given",
        "request",
        operation=r"POST /rest/api/[23]/(search/jql|issueLink)",
        where=r"/(expand|properties|comment|nextPageToken)",
        says="null is not of type .*",
    ),
    Known(
        "a bulk request that is refused whole is refused in Jira's general shape, not issue by issue",
        "reply",
        operation=r"POST /rest/api/[23]/issue/bulk",
        says=r".*\('errorMessages' was unexpected\)|\{\} is not of type \"array\"",
    ),
    Known(
        "Data Center's document knows only what people share with pages: no user name and no user key",
        "reply",
        operation="GET /rest/api/user(/current)?",
        where="/(username|userKey|status)",
        says="undocumented name",
    ),
    Known(
        "Data Center's document leaves out what the same document's SearchPageResponseSearchResult holds",
        "reply",
        operation="GET /rest/api/search",
        where="/(cqlQuery|searchDuration|totalSize)",
        says="undocumented name",
    ),
    Known(
        "a page without a parent: version 2's texts say null, its schemas forget it",
        "reply",
        operation=".*/pages.*",
        where=".*/(parentId|parentType)",
        says="null is not .*",
    ),
    Known(
        "the document's pattern for ids of attachments lacks its brackets: (att)?0-9+",
        "request",
        operation="[A-Z]+ .*/attachments/{attachment-id}/properties.*",
        where="{attachment-id}",
        says=r".* does not match \"\(att\)\?0-9\+\"",
    ),
    Known(
        "`md2conf` reads what it wants to change and sends the version back whole, or with its number alone",
        "request",
        operation="PUT .*/(pages/{id}|content/{contentId}|child/attachment/{attachmentId})",
        where=".*/version(/message)?",
        says='Unevaluated properties .*|"(when|minorEdit)" is a required property|null is not of .*',
    ),
    Known(
        "`md2conf` and others upload without saying whether the edit is minor",
        "request",
        operation="(POST|PUT) .*/child/attachment",
        where=".*/minorEdit",
        says="required part is missing",
    ),
    Known(
        "`atlassian-python-api` sends more beside a file, a label and a question than is read",
        "request",
        operation="(POST .*/child/attachment.*|DELETE .*/label|GET .*/(direct-children|content/search))",
        where=r"/(type|fileName|contentType)|\?(id|status)|",
        says="undocumented (part|query parameter)|a body where none is documented",
    ),
    Known(
        "Data Center's document says 201 of reading attachments",
        "reply",
        operation="GET /rest/api/content/{id}/child/attachment",
        says="undocumented status 200",
    ),
    Known(
        "Data Center's document knows a project's name and key only; a real one tells who leads it too",
        "reply",
        operation=r"GET /rest/api/2/project(/\{projectIdOrKey\})?",
        where="(/[0-9]+)?/(projectTypeKey|lead|components|issueTypes|assigneeType|versions|roles|projectCategory|url)",
        says="undocumented name",
    ),
    Known(
        "Data Center's document has the statuses of screens one operation further down than they belong",
        "reply",
        operation=r"(GET /rest/api/2/screens|POST /rest/api/2/screens/addToDefault/\{fieldId\})",
        says="undocumented status 20[01]",
    ),
    Known(
        "Data Center's document has one status for remote links, whether they were there or not",
        "reply",
        operation=r"POST /rest/api/2/issue/\{issueIdOrKey\}/remotelink",
        says="undocumented status 201",
    ),
    Known(
        "`atlassian-python-api` sends the id of a transition as a number; Jira takes it",
        "request",
        operation=r"POST /rest/api/[23]/issue/\{issueIdOrKey\}/transitions",
        where="/transition/id",
        says='[0-9]+ is not of type "string"',
    ),
    Known(
        "Data Center's document declares a map (by type, by operation) as a page of what it holds",
        "reply",
        operation=r"GET /rest/api/content/\{id\}/(child|restriction/byOperation)",
        where="/(page|comment|attachment|read|update)",
        says="undocumented name",
    ),
    Known(
        "Data Center's document shows a component without the number of its project",
        "reply",
        operation=r"GET /rest/api/2/project/\{projectIdOrKey\}/components",
        where="/[0-9]+/projectId",
        says="undocumented name",
    ),
)
