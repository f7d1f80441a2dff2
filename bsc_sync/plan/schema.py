"""The JSON Schema of a saved plan, made from the model: closed, and the same on every machine."""

from __future__ import annotations

from typing import Any

from bsc_sync.plan.change import Counts
from bsc_sync.plan.plan import Plan

ADDRESS = "https://github.com/bsc-sync/bsc-sync/blob/main/docs/plan.schema.json"


def plan_schema() -> dict[str, Any]:
    """The schema; every key is required, and no other is allowed."""
    schema = Plan.model_json_schema(mode="serialization")
    counts = Counts.model_json_schema(mode="serialization")
    schema["properties"]["counts"] = {
        "$ref": "#/$defs/Counts",
        "description": "How many changes of each kind there are; told, not read.",
    }
    schema["$defs"]["Counts"] = {**counts, "required": sorted(counts["properties"])}
    schema["required"] = [*schema["required"], "counts"]
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ADDRESS,
        "title": "A plan of bsc-sync, format 1",
    }
    return {**head, **_bare(schema)}


def _bare(schema: Any, *, names: bool = False) -> Any:
    """Without the titles and defaults that pydantic adds; lines of a description run on.

    `names`: the keys are names of properties, and not the schema's own words.
    """
    if isinstance(schema, list):
        return [_bare(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept: dict[str, Any] = {}
    for key, value in schema.items():
        if not names and key in {"title", "default"}:
            continue
        if not names and key == "description":
            kept[key] = " ".join(value.split())
        elif not names and key == "required":
            kept[key] = sorted(value)
        else:
            kept[key] = _bare(value, names=not names and key in {"properties", "$defs"})
    return kept
