"""The failures a user can meet: each class owns its exit code, each says how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, what, and how to mend it.

    `where` is `file:line:column` (or a name, where there is no file), `path` the place
    inside the document (`objectives[2].kpis[0].target`).
    """

    what: str
    hint: str = ""
    where: str = ""
    path: str = ""

    def __str__(self) -> str:
        place = ": ".join(part for part in (self.where, self.path) if part)
        text = f"{place}: {self.what}" if place else self.what
        return f"{text} - {self.hint}" if self.hint else text


class BscSyncError(Exception):
    """Something stopped the work; `problems` lists all that is wrong, at once."""

    exit_code = 70

    def __init__(self, message: str, *, hint: str = "", problems: Iterable[Problem] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.problems = tuple(problems)

    def lines(self) -> tuple[str, ...]:
        """Everything there is to tell, one line each: the message first, then each problem."""
        head = f"{self.message} - {self.hint}" if self.hint else self.message
        return (head, *(str(problem) for problem in self.problems))


class UserError(BscSyncError):
    """What was given cannot be used as it is."""

    exit_code = 1


class ScorecardError(UserError):
    """The scorecard file cannot mean anything as it is."""


class MappingError(UserError):
    """The mapping cannot be carried out as it is, in the file or against this Jira."""


class SettingsError(UserError):
    """The environment lacks something or holds something unusable."""


class UnsafePlan(BscSyncError):
    """Going on could harm: the message says which flag or step resolves it."""

    exit_code = 3
    stops_all = True


class TooMuchChange(UnsafePlan):
    """A run would change more than `limits` allows."""


class StalePlan(UnsafePlan):
    """What a saved plan touches has moved since it was made."""


class Conflict(UnsafePlan):
    """Both sides moved: somebody has to decide. Only the fields concerned are left alone."""

    stops_all = False


class ForeignProject(UnsafePlan):
    """Issues of ours stand where the mapping does not say that we write. Only they are left alone."""

    stops_all = False


class Overdue(UnsafePlan):
    """The run has used up its time; what is left is done by the next one."""


class NotOurs(UnsafePlan):
    """The thing carries another scorecard's mark, or another store's."""


class Leased(UnsafePlan):
    """Another run holds this scorecard."""


class RemoteError(BscSyncError):
    """Jira or Confluence did not do what was asked."""

    exit_code = 4


class Unreachable(RemoteError):
    """No answer: network, time-out, or a server that is down."""


class Refused(RemoteError):
    """Credentials or permissions do not suffice."""


class WrongCredentials(Refused):
    """The site does not know who we are: nothing else needs to be asked."""


class RateLimited(RemoteError):
    """The site asks for more patience than a run has."""


class Rejected(RemoteError):
    """The request was understood and turned down; `fields` says which values."""

    def __init__(
        self,
        message: str,
        *,
        hint: str = "",
        problems: Iterable[Problem] = (),
        fields: dict[str, str] | None = None,
        status: int = 400,
    ) -> None:
        super().__init__(message, hint=hint, problems=problems)
        self.fields = dict(fields or {})
        self.status = status


class NotOffered(Rejected):
    """The site has no such endpoint: an older version, or a proxy in between; another way may do."""


class Ambiguous(RemoteError):
    """A reply was lost or several things answer to one name: what happened is not known yet."""


class Vanished(RemoteError):
    """A search finds nothing where it found something, and what it found is still there."""


class Unverified(RemoteError):
    """A write was accepted, and what was read back is something else."""


class StoreFailed(RemoteError):
    """The store did not do what was asked: its server is gone, its disk is full, its file is damaged."""


class StoreDamaged(StoreFailed):
    """What the store holds cannot be read: nothing may rest on the rest of it."""

    exit_code = 1

    def __init__(self, why: str) -> None:
        super().__init__(
            f"the store cannot be used: {why}",
            hint="restore it from a backup; or move it away, and bsc-sync import --state makes a new one "
            "from the marks in Jira",
        )


class PartialApply(BscSyncError):
    """Some changes were made and some failed."""

    exit_code = 5


class WrongUsage(BscSyncError):
    """The command line does not fit."""

    exit_code = 64


class Terminated(KeyboardInterrupt):
    """SIGTERM has come: what runs ends as it does by Ctrl-C."""

    exit_code = 143
