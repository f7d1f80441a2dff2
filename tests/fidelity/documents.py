"""Atlassian's OpenAPI documents as a library of operations. They are read where they are, never copied."""

from __future__ import annotations

import errno
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from tests.fidelity.address import Address
from tests.fidelity.corrections import correct
from tests.fidelity.issue_fields import open_up
from tests.fidelity.schemas import Schemas

_METHODS = ("get", "put", "post", "delete", "patch")
_SOURCES = (
    # the file's name begins so, title, flavor, product, in front of its paths
    ("jira-cloud-platform-v3.", "Jira Cloud v3", "cloud", "jira", ""),
    ("jira-cloud-platform-v2.", "Jira Cloud v2", "cloud", "jira", ""),
    ("jira-cloud-software-agile.", "Jira Cloud agile", "cloud", "jira", ""),
    ("confluence-cloud-v1.", "Confluence Cloud v1", "cloud", "confluence", ""),
    ("confluence-cloud-v2.", "Confluence Cloud v2", "cloud", "confluence", "/wiki/api/v2"),
    ("jira-dc-", "Jira Data Center", "data-center", "jira", "/rest"),
    ("confluence-dc-", "Confluence Data Center", "data-center", "confluence", ""),
)


@dataclass(frozen=True)
class Document:
    """One document."""

    title: str
    flavor: str
    product: str
    schemas: Schemas

    @property
    def texts_are_json(self) -> bool:
        """Whether a body that is declared a text is the text of any JSON (Data Center's property values)."""
        return self.flavor != "cloud"

    @property
    def replies_count(self) -> bool:
        """Whether it describes the bodies of replies truly (Data Center's does not)."""
        return self.flavor == "cloud"


@dataclass(frozen=True, eq=False)
class Operation:
    """A method on a path, as documented."""

    document: Document
    method: str
    template: str
    parameters: tuple[Mapping[str, Any], ...]
    body: Mapping[str, Any] | None
    replies: Mapping[str, Mapping[str, Any]]
    pattern: re.Pattern[str] = field(repr=False)

    @property
    def name(self) -> str:
        """As the table shows it."""
        return f"{self.method} {self.template}"

    def path_values(self, path: str) -> dict[str, str]:
        """The values of the path's parameters, still percent-encoded."""
        matched = self.pattern.fullmatch(path)
        names = re.findall(r"\{([^}]+)\}", self.template)
        return dict(zip(names, matched.groups(), strict=True)) if matched else {}


class Library:
    """All operations of all documents."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self.operations = tuple(operations)
        self._by_place: dict[tuple[str, str, int], list[Operation]] = {}
        for one in self.operations:
            place = (one.document.flavor, one.document.product, one.template.count("/"))
            self._by_place.setdefault(place, []).append(one)

    def find(self, flavor: str, address: Address, method: str) -> Operation | str:
        """The operation, or what is undocumented about the request: its path or its method."""
        place = (flavor, address.product, address.path.count("/"))
        fitting = [one for one in self._by_place.get(place, ()) if one.pattern.fullmatch(address.path)]
        if not fitting:
            return f"undocumented path {address.path}"
        fewest = min(one.template.count("{") for one in fitting)
        best = [one for one in fitting if one.template.count("{") == fewest]
        method = "GET" if method == "HEAD" else method
        for one in best:
            if one.method == method:
                return one
        return f"undocumented method {method} of {best[0].template}"


# Data Center's document is of 10.3; what 8 had besides is described as Cloud's version 2 still does.
_OF_OLDER_SERVERS = {"GET /rest/api/2/issue/createmeta"}


def load_library(folder: Path) -> Library:
    """Every document in the folder; FileNotFoundError when one of the seven is missing."""
    operations: list[Operation] = []
    for begins, title, flavor, product, base in _SOURCES:
        files = sorted(folder.glob(f"{begins}*.json"))
        if not files:
            raise FileNotFoundError(errno.ENOENT, "no such document", str(folder / f"{begins}*.json"))
        operations += _operations(json.loads(files[-1].read_text("utf-8")), title, flavor, product, base)
    older = Document("Jira Data Center", "data-center", "jira", Schemas({}))
    found = {"200": {"description": "what may be created"}}
    borrowed = [one for one in operations if one.name in _OF_OLDER_SERVERS]
    operations += [replace(one, document=older, replies=found) for one in borrowed]
    return Library(operations)


def _operations(
    source: Mapping[str, Any], title: str, flavor: str, product: str, base: str
) -> Iterable[Operation]:
    components = source.get("components", {})
    schemas = correct(title, components.get("schemas", {}))
    if title in {"Jira Cloud v3", "Jira Cloud v2"}:
        schemas = open_up(schemas)
    document = Document(title, flavor, product, Schemas(schemas, vague=flavor != "cloud"))

    def followed(part: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in part:
            kind, name = part["$ref"].removeprefix("#/components/").split("/", 1)
            part = components[kind][name]
        return part

    for path, item in source["paths"].items():
        template = base + path
        for method in _METHODS:
            if method not in item:
                continue
            said = item[method]
            parameters: dict[tuple[str, str], Mapping[str, Any]] = {}
            for one in (*item.get("parameters", ()), *said.get("parameters", ())):
                known = followed(one)
                parameters[known["in"], known["name"]] = known
            yield Operation(
                document=document,
                method=method.upper(),
                template=template,
                parameters=tuple(parameters.values()),
                body=followed(said["requestBody"]) if "requestBody" in said else None,
                replies={status: followed(reply) for status, reply in said["responses"].items()},
                pattern=_pattern(template),
            )


def _pattern(template: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^}]+\}", template)
    return re.compile("([^/]+)".join(re.escape(part) for part in parts))
