"""Finding the issues that a lost store knew: by our label, else by what leads to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bsc_sync.mapping.bind import Binding
from bsc_sync.plan.item import Item, Seen, lacks_label
from bsc_sync.plan.order import Look
from bsc_sync.state.store import Link
from bsc_sync.sync.assess import Strategy
from bsc_sync.sync.importing.clones import CREATOR, perhaps_a_clone
from bsc_sync.sync.importing.explorer import Step
from bsc_sync.sync.observe import bound_fields
from bsc_sync.sync.world import World

_NEIGHBORS = 100  # keys of one project that are read where something is missing


@dataclass(slots=True)
class Search:
    """One look for what is ours, with what has been `found` so far, by id."""

    strategy: Strategy
    world: World
    binding: Binding
    items: Sequence[Item]
    links: Mapping[str, Link]
    us: str
    tell: Step
    found: dict[str, Seen] = field(default_factory=dict)

    def everything(self) -> tuple[Seen, ...]:
        """Every issue with our label, and those that the mapping names.

        Where some are missing still, also what is newer than the index shows, what those that were found hang
        below or are linked to, and what stands beside them: by its mark, whether it has our label or not.
        """
        named = [item.existing for item in self.items if item.existing and item.ref not in self.links]
        self._keep(self.world.tracker.observe(self._look(named)))
        for project in sorted(set(self._absent().values())):
            self._keep(seen for seen in self._newer(project) if seen.mark is not None)
        ours = [seen for seen in self.found.values() if self._ref(seen) is not None]
        keys = [*_pointed_to(ours), *_beside(ours, set(self._absent().values()))]
        asked = {seen.key for seen in self.found.values()}
        while (absent := self._absent()) and (new := dict.fromkeys(key for key in keys if key not in asked)):
            asked.update(new)
            near = self.world.tracker.observe(self._look(new, search=False))
            led_to = [seen for seen in near if self._ref(seen) in absent and not self._is_cast_off(seen)]
            self._keep(led_to)
            keys = list(_pointed_to(led_to))
        return tuple(self.found.values())

    def _look(self, candidates: Iterable[str], *, search: bool = True) -> Look:
        fields = (*bound_fields(self.binding), CREATOR)
        card = self.strategy.card.id
        return Look(card=card, known={}, candidates=tuple(candidates), fields=fields, search=search)

    def _newer(self, project: str) -> Iterable[Seen]:
        """What an index that lags does not show yet, read by key."""
        tracker, look = self.world.tracker, self._look(())
        return tracker.following(look.card, project, tracker.floor(project), look.fields)

    def _keep(self, seen: Iterable[Seen]) -> None:
        for one in seen:
            if one.id not in self.found:
                self.tell(f"reading {one.key}")
                self.found[one.id] = one

    def _absent(self) -> dict[str, str]:
        """The projects of what is asked for and was not found, by ref."""
        refs = {*self.links, *map(self._ref, self.found.values())}
        return {
            item.ref: self.binding.homes[item.ref].project
            for item in self.items
            if not item.existing and not item.retired and item.ref not in refs
        }

    def _ref(self, seen: Seen) -> str | None:
        if seen.mark is None or seen.mark.scorecard != self.strategy.card.id:
            return None
        return self.strategy.card.renames().get(seen.mark.ref, seen.mark.ref)

    def _is_cast_off(self, seen: Seen) -> bool:
        """Whether it looks like a clone and has no label of ours: somebody has taken that off to say so."""
        return lacks_label(seen) and perhaps_a_clone(seen, us=self.us)


def _pointed_to(found: Iterable[Seen]) -> Iterator[str]:
    """The keys of what these issues hang below, and of what they are linked to."""
    for seen in found:
        if seen.parent:
            yield seen.parent
        yield from (key for _, key in seen.links if key)


def _beside(found: Sequence[Seen], projects: set[str]) -> Iterator[str]:
    """The keys nearest to theirs in these projects: what is created together stands together."""
    for project in sorted(projects):
        numbers = {
            int(number) for home, _, number in (seen.key.rpartition("-") for seen in found) if home == project
        }
        near = {
            beside: distance
            for distance in range(_NEIGHBORS, 0, -1)
            for number in numbers
            for beside in (number - distance, number + distance)
            if beside > 0
        }
        ranked = sorted(near.keys() - numbers, key=lambda number: (near[number], number))
        yield from (f"{project}-{number}" for number in ranked[:_NEIGHBORS])
