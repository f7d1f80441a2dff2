"""Reading issues, whichever Jira it is: by query (paged, from the index) and by id (current)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bsc_sync.atlassian.client import Client
from bsc_sync.atlassian.deployment import Capabilities, Deployment, Kind, capabilities_of, detect
from bsc_sync.atlassian.dialect import Dialect
from bsc_sync.atlassian.epics import Epics, epics_of
from bsc_sync.atlassian.jql import one_of
from bsc_sync.atlassian.marks import PROPERTY
from bsc_sync.atlassian.session import Site, chunks
from bsc_sync.errors import NotOffered, Rejected, RemoteError

Raw = dict[str, Any]
FETCH = 100
NUMBERS = "issues by their number"
_PAGE = 100
_PAGE_OF_IDS = 5000
_PAGE_OF_THE_OLD_SEARCH = 500
_LONGEST_GET = 4000  # letters of a query that still fits into an address everywhere
_ROUNDS = 5


@dataclass(slots=True)
class Issues:
    """The issues of one Jira. Nothing is asked before the first question; what Jira it is, is asked once."""

    site: Site
    told: Kind | None = None
    _client: Client | None = None
    _deployment: Deployment | None = None
    _capabilities: Capabilities | None = None
    _fields: list[Raw] | None = None
    _epics: Epics | None = None

    @property
    def deployment(self) -> Deployment:
        """Which Jira it is; asked at the first use."""
        if self._deployment is None:
            self._deployment = detect(self.site, self.told)
        return self._deployment

    @property
    def client(self) -> Client:
        """The `jira` package's client on the same session."""
        if self._client is None:
            self._client = Client(self.site, version=self.api.rpartition("/")[2])
        return self._client

    @property
    def dialect(self) -> Dialect:
        """How it writes texts and names users."""
        return self.deployment.dialect

    @property
    def can(self) -> Capabilities:
        """What it was found not to have."""
        if self._capabilities is None:
            self._capabilities = capabilities_of(self.deployment)
        return self._capabilities

    @property
    def api(self) -> str:
        """Where its REST API begins."""
        return self.deployment.api

    @property
    def reads_many(self) -> bool:
        """Whether many issues can be read by id, with their marks, in one request."""
        return "bulkfetch" not in self.can.missing

    def fields(self) -> list[Raw]:
        """Every field that the account can see; asked once."""
        if self._fields is None:
            self._fields = self.client.fields()
        return self._fields

    @property
    def epics(self) -> Epics:
        """How issues hang below their epics here."""
        if self._epics is None:
            self._epics = epics_of(self.deployment.kind, self.fields)
        return self._epics

    def search(self, jql: str, fields: Sequence[str], *, expand: Sequence[str] = ()) -> Iterator[Raw]:
        """Every issue that the query finds, each once, page by page; the end is what the site says it is.

        The index decides what is found, and it lags behind what was written. `expand` is for what
        only the old search can bring along.
        """
        return self.can.first_of(
            ("search/jql", lambda: _begun(self._by_token(self._post_page, jql, fields))),
            ("search/jql by GET", lambda: _begun(self._by_token(self._get_page, jql, fields))),
            ("search", lambda: _begun(self._by_offset(self._old_page, jql, fields, expand))),
            ("search by POST", lambda: _begun(self._by_offset(self._old_page_by_post, jql, fields, expand))),
        )

    def first(self, jql: str) -> Raw | None:
        """The first issue that the query finds, its key only."""
        body = {"jql": jql, "fields": ["key"], "maxResults": 1}
        page = self.can.first_of(
            ("search/jql", lambda: self._post_page(body)),
            ("search/jql by GET", lambda: self._get_page(body)),
            ("search", lambda: self._old_page(body)),
            ("search by POST", lambda: self._old_page_by_post(body)),
        )
        return next(iter(page.get("issues") or ()), None)

    def fetch(
        self,
        ids_or_keys: Iterable[str],
        fields: Sequence[str],
        *,
        closely: bool = True,
        expand: Sequence[str] = (),
    ) -> list[Raw]:
        """The issues of those ids or keys with our mark, current values; what may not be seen is absent.

        Where Jira cannot read many by id (Data Center), `closely` reads them one by one; otherwise they
        are searched for, without marks: that is for issues that were not written a moment ago.
        `expand` comes along where they are read by id.
        """
        parts = chunks(dict.fromkeys(ids_or_keys), FETCH)

        def read(part: Sequence[str]) -> list[Raw]:
            return self._one_by_one(part, fields, expand) if closely else self._searched(part, fields)

        def batch(part: list[str]) -> list[Raw]:
            return self.can.first_of(
                ("bulkfetch", lambda: self._bulk(part, fields, expand)), ("issue", lambda: read(part))
            )

        return [issue for found in self.site.side_by_side(batch, parts) for issue in found]

    def name_of(self, identifier: str, key: str) -> str:
        """How to name an issue in an address: by its number, which outlives a move, else by its key."""
        return key if NUMBERS in self.can.missing else identifier

    def get(self, id_or_key: str, fields: Sequence[str], *, expand: str = "") -> Raw | None:
        """One issue with our mark, current; None where it is gone or may not be seen."""
        query: dict[str, str | int] = {"fields": ",".join(fields), "properties": PROPERTY}
        if expand:
            query["expand"] = expand
        try:
            return dict(self.site.get(f"{self.api}/issue/{id_or_key}", **query))
        except Rejected as error:
            if error.status == 404 and not isinstance(error, NotOffered):
                return None
            raise

    def strictly(self, body: Raw) -> Raw:
        """A search that is refused when it names what Jira does not know, where Jira can be so strict."""
        return self.can.first_of(
            ("search/jql", lambda: self._post_page(body)),
            ("search/jql by GET", lambda: self._get_page(body)),
            (
                "search by POST",
                lambda: self.site.read(f"{self.api}/search", {**body, "validateQuery": True}) or {},
            ),
            ("search", lambda: self._old_page(body)),
        )

    def parent_of(self, issue: Mapping[str, Any]) -> str | None:
        """The key of the issue that this one hangs below: its parent, else its epic."""
        return self.epics.parent_of(issue.get("fields") or {})

    def below(self, keys: Iterable[str]) -> str:
        """The query for what hangs directly below these issues."""
        return self.epics.below(keys)

    def _bulk(self, part: Sequence[str], fields: Sequence[str], expand: Sequence[str] = ()) -> list[Raw]:
        body = {"issueIdsOrKeys": list(part), "fields": list(fields), "properties": [PROPERTY]}
        if expand:
            body["expand"] = list(expand)
        return list((self.site.read(f"{self.api}/issue/bulkfetch", body) or {}).get("issues") or ())

    def _one_by_one(
        self, part: Sequence[str], fields: Sequence[str], expand: Sequence[str] = ()
    ) -> list[Raw]:
        found = self.site.side_by_side(lambda one: self.get(one, fields, expand=",".join(expand)), list(part))
        return [issue for issue in found if issue is not None]

    def _searched(self, part: Sequence[str], fields: Sequence[str]) -> list[Raw]:
        """By the index where many are asked for; whom it does not show is asked for by id."""
        if len(part) == 1:
            return self._one_by_one(part, fields)
        found = {str(issue["id"]): issue for issue in self.search(one_of("id", part), fields)}
        lost = [one for one in part if one not in found and one not in {i["key"] for i in found.values()}]
        return [*found.values(), *self._one_by_one(lost, fields)]

    def _by_token(self, ask: Callable[[Raw], Raw], jql: str, fields: Sequence[str]) -> Iterator[list[Raw]]:
        size = _PAGE_OF_IDS if set(fields) <= {"id", "key"} else _PAGE
        body: Raw = {"jql": jql, "fields": list(fields), "maxResults": size}
        told: set[str] = set()
        tokens: set[str] = set()
        again = 0
        while True:
            try:
                page = ask(body)
            except Rejected:
                # a token that has expired (it cannot be told from other refusals): once more from the start
                if "nextPageToken" not in body or again == _ROUNDS:
                    raise
                again += 1
                del body["nextPageToken"]
                tokens.clear()
                continue
            issues = [issue for issue in page.get("issues") or () if str(issue["id"]) not in told]
            told.update(str(issue["id"]) for issue in issues)
            yield issues
            token = page.get("nextPageToken")
            if page.get("isLast", not token) or not token:
                return
            if token in tokens:
                raise RemoteError("the search gives the same page again and again", hint="run again later")
            tokens.add(token)
            body["nextPageToken"] = token

    def _by_offset(
        self, ask: Callable[[Raw], Raw], jql: str, fields: Sequence[str], expand: Sequence[str]
    ) -> Iterator[list[Raw]]:
        """Offsets slip while data changes: ordered by key, and looked through again when the total moved."""
        ordered = jql if " order by " in f" {jql.casefold()} " else f"{jql} ORDER BY key ASC"
        told: set[str] = set()
        for _ in range(_ROUNDS):
            start, totals = 0, set()
            while True:
                body: Raw = {"jql": ordered, "fields": list(fields), "startAt": start}
                if expand:
                    body["expand"] = list(expand)
                page = ask({**body, "maxResults": _PAGE_OF_THE_OLD_SEARCH})
                shown = page.get("issues") or ()
                totals.add(int(page.get("total") or 0))
                start += len(shown)
                issues = [issue for issue in shown if str(issue["id"]) not in told]
                told.update(str(issue["id"]) for issue in issues)
                yield issues
                if not shown or start >= int(page.get("total") or 0):
                    break
            if len(totals) == 1:
                return

    def _post_page(self, body: Raw) -> Raw:
        return self.site.read(f"{self.api}/search/jql", body) or {}

    def _get_page(self, body: Raw) -> Raw:
        query = {name: ",".join(value) if name == "fields" else value for name, value in body.items()}
        return self.site.get(f"{self.api}/search/jql", **query) or {}

    def _old_page(self, body: Raw) -> Raw:
        if len(body["jql"]) > _LONGEST_GET:
            return self._old_page_by_post(body)
        return self.client.search(
            body["jql"],
            body["fields"],
            start=int(body.get("startAt") or 0),
            size=int(body["maxResults"]),
            expand=body.get("expand") or (),
            by_get=True,
        )

    def _old_page_by_post(self, body: Raw) -> Raw:
        return self.site.read(f"{self.api}/search", {**body, "validateQuery": False}) or {}


def _begun(pages: Iterator[list[Raw]]) -> Iterator[Raw]:
    """The issues of all pages; the first page is asked for at once, so that a missing endpoint shows here."""
    head = next(pages, [])

    def everything() -> Iterator[Raw]:
        yield from head
        for page in pages:
            yield from page

    return everything()
