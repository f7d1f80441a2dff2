"""Words for what has no issue that we see, and may have one all the same."""

from __future__ import annotations

from collections.abc import Sequence

_NAMED = 3


def no_issue_found(several: Sequence[str], unseen: Sequence[str]) -> tuple[str, str, str]:
    """Why nothing is taken for its issue, why it is held, and what a person can do.

    `several` carry its mark, and it cannot be told which is the clone; `unseen` were made after the write
    that was to create it had been cut off, and one of them may be what it has created. Where there are
    neither, a rebuilt store has found none.
    """
    if several:
        return (
            "no issue was found for it when the database was rebuilt",
            f"{' and '.join(several)} carry its mark, and nothing tells the clone from it",
            "take our label off what is not it",
        )
    if unseen:
        named = ", ".join(unseen[:_NAMED]) + (f" or {len(unseen) - _NAMED} more" * (len(unseen) > _NAMED))
        why = f"the run that was to create it was cut off, and {named} is gone, or may not be seen by us"
        return why, f"{why}: it may be that", "restore it or its permissions in Jira"
    none = "no issue was found for it when the database was rebuilt"
    return none, none, "bring it back in Jira, with our label, and run import --state again"
