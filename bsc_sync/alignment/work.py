"""A piece of the teams' work, as far as its service to the strategy matters. Never per person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Category = Literal["new", "indeterminate", "done", "undefined"]


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One issue of a team; `category` is Jira's status category key.

    `serves` names the objectives and key results whose `work:` (or whose epic) it belongs to;
    `shares` splits it where the mapping says so. `in_scope`: found by the alignment's scope;
    `touched` is the last activity by a person, where the changelog tells. `restricted` issues
    may not be seen by everyone who reads the page. `container` is true of an epic whose
    children are counted in its stead.
    """

    id: str
    key: str
    project: str
    type: str
    summary: str
    status: str
    category: Category
    created: dt.datetime
    resolution: str | None = None
    resolved: dt.datetime | None = None
    touched: dt.datetime | None = None
    points: Decimal | None = None
    seconds: Decimal | None = None
    numbers: Mapping[str, Decimal] = field(default_factory=dict)  # other number fields, by name
    labels: tuple[str, ...] = ()
    parent: str | None = None
    restricted: bool = False
    container: bool = False
    serves: tuple[str, ...] = ()
    shares: Mapping[str, Fraction] = field(default_factory=dict)
    in_scope: bool = False
    run_the_business: bool = False
