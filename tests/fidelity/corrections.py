"""Where Data Center's documents describe their classes in Java instead of what goes over the wire.

Requests to Data Center are held against the whole schema of their body with these few mended; of replies,
the names at the top count.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ANYTHING: Mapping[str, Any] = {}
_CORRECTIONS: dict[str, dict[str, Mapping[str, Any]]] = {
    "Jira Data Center": {
        # the value of a property is any JSON, not a text that holds JSON
        "EntityPropertyBean": {
            "type": "object",
            "properties": {"key": {"type": "string"}, "value": _ANYTHING},
        },
        # {"add": value}: the verb is the name, not the value of a field called `operation`
        "FieldOperation": {
            "type": "object",
            "properties": dict.fromkeys(("add", "copy", "edit", "remove", "set"), _ANYTHING),
        },
    },
    "Confluence Data Center": {
        # any JSON, not an object around it
        "JsonString": _ANYTHING,
    },
}


def correct(title: str, schemas: Mapping[str, Any]) -> dict[str, Any]:
    """The named schemas of a document; KeyError when one to be mended is no longer there."""
    mended = dict(schemas)
    for name, schema in _CORRECTIONS.get(title, {}).items():
        del mended[name]
        mended[name] = schema
    return mended
