"""The parts of a seed, as they may be written."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from bsc_sync.sandbox.catalog import Flavor, Permission
from bsc_sync.sandbox.missing import MISSING_PATTERN
from bsc_sync.sandbox.release import VERSION_PATTERN
from bsc_sync.sandbox.weather.rules import Limits

DEFAULT_USER: dict[str, str] = {
    "account_id": "sandbox:admin",
    "name": "Ada Admin",
    "email": "admin@sandbox.example",
    "token": "sandbox-token",
}
DEFAULT_LINK_TYPES = (
    {"name": "Blocks", "inward": "is blocked by", "outward": "blocks"},
    {"name": "Relates", "inward": "relates to", "outward": "relates to"},
)
DEFAULT_STATUSES = (
    {"name": "To Do", "category": "new"},
    {"name": "In Progress", "category": "indeterminate"},
    {"name": "Done", "category": "done"},
    {"name": "Closed", "category": "done"},
)
DEFAULT_RESOLUTIONS = ("Done", "Won't Do", "Duplicate", "Cannot Reproduce")
PRIORITIES = ("Highest", "High", "Medium", "Low", "Lowest")
TYPE_LEVELS = {"Epic": 1, "Story": 0, "Task": 0, "Bug": 0, "Sub-task": -1}


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"unknown time zone {name!r}") from None
    return name


def _aware(moment: datetime) -> datetime:
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


_Zone = Annotated[str, AfterValidator(_known_zone)]
_Moment = Annotated[datetime, AfterValidator(_aware)]
_Name = Annotated[str, Field(min_length=1, max_length=255)]
_ProjectKey = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{1,9}$")]
_IssueKey = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{1,9}-[1-9][0-9]{0,8}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True, coerce_numbers_to_str=False)


class _SiteSettings(_Part):
    title: _Name = "Sandbox"
    time_zone: _Zone = "UTC"
    flavor: Flavor = "cloud"
    version: Annotated[str, Field(pattern=VERSION_PATTERN)] | None = None
    names: dict[Literal["Epic Link", "Epic Name", "Epic Status", "Epic Color", "Sprint", "Rank"], _Name] = (
        Field(default_factory=dict)
    )
    missing: list[Annotated[str, Field(pattern=MISSING_PATTERN)]] = Field(default_factory=list)
    properties: bool = True
    cloud_id: Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")] | None = None
    index_lag: Annotated[float, Field(ge=0, le=3600)] = 0


class _Person(_Part):
    account_id: _Name
    name: _Name
    email: _Name
    token: _Name
    scoped_token: _Name | None = None
    time_zone: _Zone | None = None
    kind: Literal["atlassian", "app"] = "atlassian"
    expires: _Moment | None = None


class _OAuthClient(_Part):
    client_id: _Name
    client_secret: _Name
    account_id: _Name
    refresh_token: _Name
    lifetime: Annotated[int, Field(ge=1, le=86_400)] = 3600


class _CustomField(_Part):
    id: Annotated[str, Field(pattern=r"^customfield_[1-9][0-9]{4,8}$")] | None = None
    name: _Name
    type: Literal[
        "number",
        "text",
        "textarea",
        "date",
        "datetime",
        "select",
        "multiselect",
        "user",
        "labels",
        "url",
        "cascading",
        "radio",
        "checkboxes",
    ]
    options: list[_Name] | dict[_Name, list[_Name] | None] | None = None
    custom: _Name | None = None
    description: str | None = None


class _LinkType(_Part):
    name: _Name
    inward: _Name
    outward: _Name


class _Status(_Part):
    name: _Name
    category: Literal["new", "indeterminate", "done"]


class _Transition(_Part):
    name: _Name
    to: _Name
    from_: list[_Name] | None = Field(default=None, alias="from")


class _Link(_Part):
    type: _Name
    to: _IssueKey


class _Issue(_Part):
    key: _IssueKey | None = None
    type: _Name
    summary: Annotated[str, Field(min_length=1, max_length=255, pattern=r"^[^\r\n]*$")]
    description: str | None = None
    status: _Name | None = None
    resolution: _Name | None = None
    parent: _IssueKey | None = None
    security: _Name | None = None
    labels: list[Annotated[str, Field(pattern=r"^\S{1,255}$")]] | None = None
    components: list[_Name] | None = None
    priority: Literal["Highest", "High", "Medium", "Low", "Lowest"] | None = None
    due: date | None = None
    assignee: _Name | None = None
    reporter: _Name | None = None
    created: _Moment | None = None
    updated: _Moment | None = None
    resolved: _Moment | None = None
    fields: dict[_Name, Any] | None = None
    links: list[_Link] | None = None


class _Screens(_Part):
    create: list[_Name] | None = None
    edit: list[_Name] | None = None
    required: list[_Name] | None = None


class _Project(_Part):
    key: _ProjectKey
    name: _Name | None = None
    style: Literal["classic", "next-gen"] = "classic"
    lead: _Name | None = None
    components: list[_Name] | None = None
    issue_types: list[Literal["Epic", "Story", "Task", "Bug", "Sub-task"]] | None = None
    fields: list[_CustomField] | None = None
    screens: dict[str, list[_Name] | _Screens] | None = None
    issues: list[_Issue] | None = None


class _Permissions(_Part):
    create: list[str] | None = None
    attach: list[str] | None = None


class _Space(_Part):
    key: Annotated[str, Field(pattern=r"^~?[A-Za-z0-9]{1,255}$")]
    name: _Name | None = None
    permissions: _Permissions | None = None
    pages: list[dict[str, Any]] | None = None


class _SecurityLevel(_Part):
    name: _Name
    users: list[_Name]


class _Denial(_Part):
    user: _Name
    projects: list[_ProjectKey] | None = None
    without: list[Permission] | None = None
    only: list[Permission] | None = None

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.without is None) == (self.only is None):
            raise ValueError("say either `without` or `only`")
        return self


class _Rule(_Part):
    field: _Name
    does: Literal["ignore", "upper", "refuse"]
    having: _Name = ""


class Seed(_Part):
    """A whole seed."""

    site: _SiteSettings | None = None
    clock: _Moment | None = None
    users: list[_Person] | None = Field(default=None, min_length=1)
    oauth: list[_OAuthClient] | None = None
    limits: Limits | None = None
    fields: list[_CustomField] | None = None
    link_types: list[_LinkType] | None = None
    statuses: list[_Status] | None = Field(default=None, min_length=1)
    transitions: list[_Transition] | None = None
    resolutions: list[_Name] | None = Field(default=None, min_length=1)
    projects: list[_Project]
    permissions: list[_Denial] | None = None
    security_levels: list[_SecurityLevel] | None = None
    automation: list[_Rule] | None = None
    spaces: list[_Space] | None = None
