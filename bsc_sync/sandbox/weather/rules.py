"""The weather as a file: which faults strike which requests, and how often one may ask.

```yaml
limits:
  all: 10/s                            # one bucket for every request; "65000/h", "20/2s" also read
  endpoint: {GET: 100/s, PUT: 50/s}    # one bucket per operation, by method
  issue_writes: [20/2s, 100/30s]       # one bucket each per issue
faults:                                # all keys but `fault` are optional
  - {fault: status, status: 503, retry_after: 2, method: PUT, path: "/rest/api/*/issue/*", on: 3}
  - {fault: status, status: 429, retry_after: 1.5, retry_as: seconds, reason: jira-burst-based, every: 5}
  - {fault: status, status: 401, from: 20, times: 1}
  - {fault: drop, carried_out: true, path: "*/issue/bulk", on: [1, 4]}   # done, but the reply never comes
  - {fault: slow, seconds: 2.5, pattern: "/search(/jql)?$", times: 2}
  - {fault: truncated, closed: true}   # Content-Length of the whole, and the connection ends in the middle
  - {fault: html, status: 502}         # a page where JSON was asked for; 200: a login page
  - {fault: empty}
  - {fault: headers, headers: {X-RateLimit-NearLimit: "true"}}
```

`path` is a glob in which `*` also crosses slashes, `pattern` a regular expression that is searched; both see
the path as the product does, without context path and gateway prefix. A rule counts the requests that it
matches: `on` names the calls that it strikes (the first is 1), `every` each nth, `from` the first one;
`times` ends it. `carried_out` says whether the product does what was asked before the fault shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

_UNITS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600}
_RATE = re.compile(r"([1-9][0-9]{0,8})/([0-9]{0,6})(s|sec|m|min|h)")

Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
Count = Annotated[int, Field(ge=1, le=1_000_000_000)]


class Rate(BaseModel):
    """So many requests in so many seconds; written `10/s`, `20/2s`, `600/min`, `65000/h`."""

    model_config = ConfigDict(frozen=True)

    amount: int
    seconds: int

    @model_validator(mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        found = _RATE.fullmatch(value.replace(" ", ""))
        if found is None or found[2] == "0":
            raise ValueError(f"{value!r} is not a rate such as 10/s, 20/2s or 600/min")
        return {"amount": int(found[1]), "seconds": int(found[2] or 1) * _UNITS[found[3]]}

    def __str__(self) -> str:
        return f"{self.amount}/{'' if self.seconds == 1 else self.seconds}s"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Limits(_Part):
    """How often one may ask: in all, per operation by method, and to write per issue."""

    all: Rate | None = None
    endpoint: dict[Method, Rate] = {}
    issue_writes: tuple[Rate, ...] = ()


def _regular(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is not a regular expression: {error}") from None
    return text


class _Rule(_Part):
    method: Method | tuple[Method, ...] | None = None
    path: Annotated[str, Field(min_length=1)] | None = None
    pattern: Annotated[str, AfterValidator(_regular)] | None = None
    on: Count | tuple[Count, ...] | None = None
    every: Count | None = None
    from_: Count = Field(default=1, alias="from")
    times: Count | None = None
    carried_out: bool = True

    @model_validator(mode="after")
    def _one_way_to_say_it(self) -> _Rule:
        if self.path is not None and self.pattern is not None:
            raise ValueError("give `path` or `pattern`, not both")
        if self.on is not None and (self.every is not None or self.from_ != 1):
            raise ValueError("give `on`, or `every` and `from`, not both")
        return self

    @property
    def methods(self) -> tuple[str, ...] | None:
        """The methods that it strikes, None for all."""
        return (self.method,) if isinstance(self.method, str) else self.method

    @property
    def calls(self) -> tuple[int, ...] | None:
        """The calls that `on` names."""
        return (self.on,) if isinstance(self.on, int) else self.on


class StatusFault(_Rule):
    """Another status, with headers and body; not carried out unless it says so."""

    fault: Literal["status"]
    status: Annotated[int, Field(ge=200, le=599)]
    carried_out: bool = False
    headers: dict[str, str] = {}
    body: Any = None
    retry_after: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    retry_as: Literal["seconds", "date"] = "seconds"
    reset_after: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    reason: str | None = None


class DropFault(_Rule):
    """The connection ends without a reply, before or after the request was carried out."""

    fault: Literal["drop"]
    carried_out: bool = False


class SlowFault(_Rule):
    """The reply comes so many seconds later."""

    fault: Literal["slow"]
    seconds: Annotated[float, Field(gt=0, le=3600)]


class TruncatedFault(_Rule):
    """Half of the reply: with its own length, or (`closed`) with the length of the whole and then the end."""

    fault: Literal["truncated"]
    closed: bool = False


class HtmlFault(_Rule):
    """A page for people, as a proxy or a login in front of the site sends it."""

    fault: Literal["html"]
    status: Annotated[int, Field(ge=200, le=599)] = 200
    carried_out: bool = False


class EmptyFault(_Rule):
    """The status of the reply, without its body."""

    fault: Literal["empty"]


class HeadersFault(_Rule):
    """The reply as it is, with more headers."""

    fault: Literal["headers"]
    headers: Annotated[dict[str, str], Field(min_length=1)]


Fault = Annotated[
    StatusFault | DropFault | SlowFault | TruncatedFault | HtmlFault | EmptyFault | HeadersFault,
    Field(discriminator="fault"),
]


class Forecast(_Part):
    """A whole file."""

    limits: Limits | None = None
    faults: tuple[Fault, ...] = ()

    def limited_to(self, rate: Rate) -> Forecast:
        """The same weather with this rate for all requests together."""
        limits = (self.limits or Limits()).model_copy(update={"all": rate})
        return self.model_copy(update={"limits": limits})


def read_forecast(document: Any) -> Forecast:
    """The weather of a document; ValueError that lists every problem, one a line."""
    if not isinstance(document, Mapping):
        raise ValueError("the weather is a mapping with `faults` and `limits`")
    try:
        return Forecast.model_validate(dict(document))
    except ValidationError as error:
        raise ValueError("\n".join(_lines(error))) from None


def load_forecast(path: str | Path) -> Forecast:
    """The weather of a YAML or JSON file; ValueError that lists every problem, one a line."""
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
        loaded = json.loads(text) if file.suffix == ".json" else YAML(typ="safe", pure=True).load(text)
    except (OSError, ValueError, YAMLError) as error:
        raise ValueError(f"{file}: {error}") from None
    try:
        return read_forecast(loaded)
    except ValueError as error:
        raise ValueError("\n".join(f"{file}: {line}" for line in str(error).splitlines())) from None


def read_rate(text: str) -> Rate:
    """The rate of a text; ValueError for what is none."""
    try:
        return Rate.model_validate(text)
    except ValidationError as error:
        raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from None


def _lines(error: ValidationError) -> list[str]:
    lines = []
    for item in error.errors():
        place = ""
        for step in item["loc"]:
            place += f"[{step}]" if isinstance(step, int) else f".{step}" if place else str(step)
        lines.append(f"{place}: {item['msg'].removeprefix('Value error, ')}")
    return lines
