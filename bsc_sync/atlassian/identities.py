"""Many issue ids in little memory: eight bytes each."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator


class Identities:
    """A set of issue ids, which are numbers in every Jira, in ascending order; it does not change."""

    def __init__(self, ids: Iterable[str] = ()) -> None:
        numbers = array("q", map(int, ids))
        self._numbers = array("q", sorted(set(numbers)))

    def __contains__(self, name: str) -> bool:
        """Whether the id is one of them; a key is none."""
        if not name.isdecimal():
            return False
        number = int(name)
        place = bisect_left(self._numbers, number)
        return place < len(self._numbers) and self._numbers[place] == number

    def __iter__(self) -> Iterator[str]:
        """The ids, lowest first."""
        return map(str, self._numbers)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._numbers)
