"""What a doctor asks of Jira and of Confluence. Every method may raise RemoteError; none changes anything."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from bsc_sync.errors import BscSyncError, RemoteError, SettingsError
from bsc_sync.mapping.catalog import Catalog, FieldInfo
from bsc_sync.mapping.site_facts import (
    AccountFacts,
    IssueFacts,
    PageFacts,
    ProjectFacts,
    ServerFacts,
    SpaceFacts,
)

T = TypeVar("T")
R = TypeVar("R")


class JiraQuestions(Protocol):
    """Jira, asked."""

    def server(self) -> ServerFacts:
        """Which Jira it is, and what time it has."""

    def account(self) -> AccountFacts:
        """Who we are; Refused when we are nobody."""

    def catalog(self) -> Catalog:
        """The fields that the account can see."""

    def with_screens(self, catalog: Catalog, places: Collection[tuple[str, str]]) -> Catalog:
        """The catalog with the create screens of these places."""

    def projects(self, keys: Collection[str]) -> Mapping[str, ProjectFacts]:
        """Those of the projects that exist and may be seen, by the key that was asked for."""

    def granted(
        self, projects: Sequence[ProjectFacts], permissions: Sequence[str]
    ) -> Mapping[str, Mapping[str, bool]]:
        """Which of the permissions the account has in each project; what Jira does not know is left out."""

    def sample(self, project: str, issue_type: str) -> str | None:
        """The key of some issue of that type in the project."""

    def editable(self, key: str) -> Mapping[str, FieldInfo]:
        """The fields that can be set on an issue that exists, by id."""

    def link_types(self) -> tuple[str, ...]:
        """The link types, and both ways of reading each."""

    def statuses(self) -> tuple[str, ...]:
        """The names of all statuses."""

    def statuses_of(self, project: str) -> Mapping[str, tuple[str, ...]]:
        """The names of the statuses of each issue type in a project, by the type's id and name."""

    def ways(self, key: str) -> tuple[str, ...]:
        """The transitions that an issue offers now, by their names and by the status that each leads to."""

    def present(self, keys: Collection[str]) -> Mapping[str, IssueFacts]:
        """Those of the issues that exist and may be seen, by the key that was asked for."""

    def offers_properties(self, key: str) -> bool:
        """Whether programs may keep notes on an issue, as far as reading shows it."""

    def faults(self, jql: Sequence[str]) -> Mapping[str, str]:
        """Which of the queries cannot be carried out as they are meant, and why."""

    def count(self, jql: str) -> int:
        """About how many issues a query finds."""

    def person(self, account: str) -> str | None:
        """The name of the person with that account id (Cloud) or user name (Data Center)."""

    def together(self, ask: Callable[[T], R], parts: Sequence[T]) -> list[R]:
        """Ask for several things side by side; replies in order."""


class WikiQuestions(Protocol):
    """Confluence, asked."""

    def space(self, key: str) -> SpaceFacts | None:
        """A space; None where there is none that we may see."""

    def page(self, title: str, mark: str) -> PageFacts | None:
        """What holds that very title in the space that was asked for: a page, or one that is put away."""


class Answer(Generic[R]):
    """A reply, or why there is none."""

    def __init__(self, ask: Callable[[], R]) -> None:
        self.error: BscSyncError | None = None
        self._value: tuple[R, ...] = ()
        try:
            self._value = (ask(),)
        except (RemoteError, SettingsError) as error:
            self.error = error
        except (LookupError, TypeError, AttributeError, ValueError) as error:
            # whatever answers there, a doctor tells of it and goes on
            self.error = RemoteError(
                f"the reply is not what this product answers ({type(error).__name__})",
                hint="check the address, and what lies between",
            )

    @property
    def ok(self) -> bool:
        """Whether there is a reply."""
        return self.error is None

    @property
    def value(self) -> R:
        """The reply; raises what was in the way where there is none."""
        if self.error is not None:
            raise self.error
        return self._value[0]


def ask_each(jira: JiraQuestions, ask: Callable[[T], R], parts: Sequence[T]) -> list[Answer[R]]:
    """An answer for each part, asked side by side: one that fails hides no other."""
    return jira.together(lambda part: Answer(lambda: ask(part)), parts)
