"""The ways Confluence says no: one shape for its second API, another for what is left of the first."""

from __future__ import annotations

from bsc_sync.sandbox.problems import Refusal

_JAVA = "com.atlassian.confluence.api.service.exceptions"
_V1_EXCEPTIONS = {
    400: "BadRequestException",
    403: "PermissionException",
    404: "NotFoundException",
    409: "ConflictException",
    410: "GoneException",
    413: "RequestTooLargeException",
}


def refused(status: int, code: str, title: str) -> Refusal:
    """A refusal of API v2: `{"errors": [{"status", "code", "title", "detail"}]}`."""
    return Refusal(status, {"errors": [{"status": status, "code": code, "title": title, "detail": None}]})


def invalid(title: str) -> Refusal:
    """400: the request does not mean anything."""
    return refused(400, "INVALID_REQUEST_PARAMETER", title)


def not_found(title: str = "Not Found") -> Refusal:
    """404: it is not there, or this caller may not know that it is."""
    return refused(404, "NOT_FOUND", title)


def stale_version(current: int) -> Refusal:
    """409: somebody else has written in between."""
    return refused(409, "CONFLICT", f"Version must be incremented on update. Current version is: {current}")


def too_large(title: str) -> Refusal:
    """413: more than the site stores."""
    return refused(413, "REQUEST_TOO_LARGE", title)


def refused_v1(status: int, message: str, *, said: str = "") -> Refusal:
    """A refusal of API v1: `{"statusCode", "data", "message"}`; `said` is the reason beside the message."""
    errors = [{"message": {"key": said or message, "args": []}}] if status == 400 else []
    data = {
        "authorized": status not in {403, 409},
        "valid": status != 400,
        "errors": errors,
        "successful": False,
    }
    text = f"{_JAVA}.{_V1_EXCEPTIONS[status]}: {message}"
    return Refusal(status, {"statusCode": status, "data": data, "message": text})


def in_v1(refusal: Refusal) -> Refusal:
    """A refusal of API v2 in the words of v1; any other as it is."""
    errors = refusal.body.get("errors") if isinstance(refusal.body, dict) else None
    if not isinstance(errors, list) or not errors or "title" not in errors[0]:
        return refusal
    said = str(errors[0]["title"])
    if said.startswith("Title cannot be longer"):
        return refused_v1(400, "Could not create content with type page", said=said)
    return refused_v1(refusal.status, said)
