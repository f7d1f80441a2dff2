"""OpenAPI 3.0 schemas as JSON Schema, for a validator that knows only that.

Two readings of a schema: of what is sent (nothing that is `readOnly`) and of what is answered (nothing that
is `writeOnly`). Names: an object that lists its properties and says nothing of others is closed. That is
stricter than OpenAPI, where silence means "anything"; for documents that are silent throughout (Confluence)
it is the only way in which a misspelled field can be seen at all.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, Literal

import jsonschema_rs

Role = Literal["request", "reply"]
Schema = Mapping[str, Any]

_COPIED = (
    "type", "enum", "required", "minimum", "maximum", "minLength", "maxLength", "pattern",
    "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "multipleOf",
)  # fmt: skip
_RANGES = {"int32": 2**31, "int64": 2**63}
_FORMATS = {"date-time": "moment", "date": "day", "uri": "address", "uuid": "uuid"}
_REF = "#/components/schemas/"
_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")


class Schemas:
    """The named schemas of one document, and validators made of them."""

    def __init__(self, components: Mapping[str, Schema], *, vague: bool = False) -> None:
        """A `vague` document says `object` where it means any value."""
        self._components = components
        self._vague = vague

    def validator(self, schema: Schema, role: Role) -> jsonschema_rs.Draft202012Validator:
        """A validator of `schema`, with all that it refers to."""
        conversion = _Conversion(self._components, role, vague=self._vague)
        converted = conversion.convert(schema)
        return jsonschema_rs.Draft202012Validator(
            {**converted, "$defs": conversion.definitions()},
            validate_formats=True,
            formats={"moment": is_moment, "day": is_day, "address": is_address},
        )

    def resolve(self, schema: Schema) -> Schema:
        """The schema that a reference (or an `allOf` of one) stands for."""
        while True:
            if "$ref" in schema:
                schema = self._components[schema["$ref"].removeprefix(_REF)]
            elif len(schema.get("allOf", ())) == 1 and "properties" not in schema:
                schema = schema["allOf"][0]
            else:
                return schema


class _Conversion:
    def __init__(self, components: Mapping[str, Schema], role: Role, *, vague: bool) -> None:
        self._vague = vague
        self._components = components
        self._hidden = "readOnly" if role == "request" else "writeOnly"
        self._definitions: dict[str, Schema] = {}
        self._wanted: list[tuple[str, bool]] = []

    def definitions(self) -> dict[str, Schema]:
        """Every named schema that was referred to."""
        while self._wanted:
            name, part = self._wanted.pop()
            key = _key(name, part=part)
            if key not in self._definitions:
                self._definitions[key] = {}
                self._definitions[key] = self.convert(self._components[name], part=part)
        return self._definitions

    def convert(self, schema: Schema, *, part: bool = False) -> dict[str, Any]:
        """The schema; a `part` of an `allOf` leaves it to the whole to know all names."""
        if "$ref" in schema:
            name = str(schema["$ref"]).removeprefix(_REF)
            self._wanted.append((name, part))
            return {"$ref": f"#/$defs/{_key(name, part=part)}"}
        if self._vague and schema.get("type") == "object" and "properties" not in schema:
            return {}
        schema = self._merge(schema)
        made: dict[str, Any] = {key: schema[key] for key in _COPIED if key in schema}
        _say_format(schema, made)
        self._say_names(schema, made, part=part)
        if isinstance(schema.get("items"), Mapping):
            made["items"] = self.convert(schema["items"])
        if "not" in schema:
            made["not"] = self.convert(schema["not"], part=True)
        return _nullable(made) if schema.get("nullable") else made

    def _merge(self, schema: Schema) -> Schema:
        """An `allOf` as one schema, so that each part may know the names of the others.

        A property that several parts describe is an `allOf` of its descriptions, merged in its turn.
        """
        if "allOf" not in schema:
            return schema
        merged: dict[str, Any] = {key: value for key, value in schema.items() if key != "allOf"}
        merged["properties"] = dict(schema.get("properties", {}))
        for part in schema["allOf"]:
            for key, value in self._merge(self._follow(part)).items():
                if key == "properties":
                    for name, one in value.items():
                        before = merged["properties"].get(name)
                        merged["properties"][name] = one if before is None else {"allOf": [before, one]}
                elif key == "required":
                    merged[key] = [*merged.get(key, ()), *value]
                elif key in {"anyOf", "oneOf"} and key in merged:
                    raise ValueError(f"two parts with {key}: merging them is not thought out")
                elif key not in {"nullable", "readOnly", "writeOnly"}:
                    merged.setdefault(key, value)
        if not merged["properties"]:
            del merged["properties"]
        return merged

    def _follow(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self._components[str(schema["$ref"]).removeprefix(_REF)]
        return schema

    def _say_names(self, schema: Schema, made: dict[str, Any], *, part: bool) -> None:
        properties = schema.get("properties")
        if properties:
            hidden = {name for name, value in properties.items() if value.get(self._hidden)}
            made["properties"] = {
                name: False if name in hidden else self.convert(value) for name, value in properties.items()
            }
            if "required" in made:
                made["required"] = [name for name in made["required"] if name not in hidden]
        whole = "properties" in schema
        for key in ("anyOf", "oneOf"):
            if key in schema:
                made[key] = [self.convert(one, part=part or whole) for one in schema[key]]
        additional = schema.get("additionalProperties")
        if additional is False and not whole and (made.get("anyOf") or made.get("oneOf")):
            additional = None  # taken literally, no alternative could ever fit (JqlQueryClause)
        if isinstance(additional, Mapping):
            made["additionalProperties"] = self.convert(additional)
        elif additional is not None:
            made["additionalProperties"] = additional
        elif whole and not part:
            made["unevaluatedProperties"] = False


def _key(name: str, *, part: bool) -> str:
    return f"{name}.part" if part else name


def _say_format(schema: Schema, made: dict[str, Any]) -> None:
    form = schema.get("format")
    if form in _RANGES and schema.get("type") == "integer":
        made.setdefault("minimum", -_RANGES[form])
        made.setdefault("maximum", _RANGES[form] - 1)
    elif form in _FORMATS:
        made["format"] = _FORMATS[form]


def _nullable(made: dict[str, Any]) -> dict[str, Any]:
    if isinstance(made.get("type"), str):
        made["type"] = [made["type"], "null"]
        if "enum" in made and None not in made["enum"]:
            made["enum"] = [*made["enum"], None]
        return made
    return {"anyOf": [made, {"type": "null"}]}


def is_moment(text: str) -> bool:
    """RFC 3339, or as Jira writes it: milliseconds, and an offset without a colon."""
    try:
        moment = dt.datetime.fromisoformat(_OFFSET.sub(r"\1:\2", text))
    except ValueError:
        return False
    return "T" in text and moment.tzinfo is not None


def is_day(text: str) -> bool:
    """A calendar date."""
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def is_address(text: str) -> bool:
    """A URI with a scheme, or a path of the same site: the documents call both `uri`."""
    return bool(re.match(r"^(?:[a-zA-Z][a-zA-Z0-9+.-]*:|/)\S*$", text))
