"""What a person has decided for one run: whose value holds, what is created anew, what is given up."""

from __future__ import annotations

from dataclasses import dataclass

from bsc_sync.errors import Problem, UserError
from bsc_sync.plan.observation import Observation
from bsc_sync.plan.verdict import Take


@dataclass(frozen=True, slots=True)
class Wishes:
    """`take` decides every hold (of the `targets`, where there are some) for one side; `recreate` and
    `forget` are refs whose issues have vanished; `anywhere` lets us write in projects that the mapping
    does not name. A wish that cannot be fulfilled is an error where they are `strict`, and no wish where
    they are not: those of a saved plan may have been fulfilled already."""

    take: Take | None = None
    recreate: frozenset[str] = frozenset()
    forget: frozenset[str] = frozenset()
    anywhere: bool = False
    strict: bool = True
    targets: frozenset[str] = frozenset()

    @property
    def decides(self) -> bool:
        """Whether a plan shows other than what would become of everything by itself."""
        return bool(self.take or self.recreate or self.forget or self.anywhere)

    def side(self, *refs: str) -> Take | None:
        """Whose value holds for what these refs ask for, where that is decided."""
        return self.take if not self.targets or self.targets & set(refs) else None


NO_WISH = Wishes()


def check_wishes(wishes: Wishes, seen: Observation, asked_for: frozenset[str]) -> None:
    """Raise UserError, naming all of them, when some cannot be fulfilled."""
    waited_for = {*seen.missing, *seen.unfound}
    problems = [
        Problem(
            "its issue has not vanished" if ref in seen.ours else "it has no issue that could have vanished",
            "plan shows what has",
            where=f"--{name} {ref}",
        )
        for name, refs in (("recreate", wishes.recreate), ("forget", wishes.forget))
        for ref in sorted(refs)
        if ref not in waited_for
    ]
    problems += [
        Problem("the scorecard does not ask for it (any more)", f"--forget {ref}", where=f"--recreate {ref}")
        for ref in sorted(wishes.recreate & waited_for)
        if ref not in asked_for
    ]
    problems += [
        Problem("it cannot be both", "give one of the two", where=f"--recreate {ref} --forget {ref}")
        for ref in sorted(wishes.recreate & wishes.forget)
    ]
    if problems:
        raise UserError("what was asked for cannot be done", problems=problems)
