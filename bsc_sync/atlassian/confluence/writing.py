"""Writing our page: created once, renewed when it says something new, held rather than written over."""

from __future__ import annotations

from dataclasses import replace

from bsc_sync.atlassian.confluence.draft import Draft, Held, Keeper
from bsc_sync.atlassian.confluence.mark import NOTE_KEY, file_prints, fingerprint, message, seems_edited
from bsc_sync.atlassian.confluence.search import Search, parent_of
from bsc_sync.atlassian.confluence.wiki import Note, Space, Wiki, WikiPage
from bsc_sync.errors import NotOffered, Refused, Rejected, RemoteError, WrongCredentials
from bsc_sync.state.history import Publication

_EDITED = "a person has edited the page; take the edit over, then publish with --force"
_RACED = "a person edited the page while it was about to be written; " + _EDITED.partition("; ")[2]
_BUSY = "somebody else writes to the page again and again; it was left alone, run again later"
_RESERVED = {
    "trashed": "a page in the trash holds that title; restore it, purge it, or choose another title",
    "archived": "an archived page holds that title; restore it, delete it for good, or choose another title",
}


def create(found: Search, parent: str | None, draft: Draft, keep: Keeper) -> WikiPage:
    """Create the page with its files, its label and its note; raises Held when its title is taken."""
    wiki, space = found.wiki, found.space
    if space is None:
        raise ValueError("a page is created in a space that was looked up")
    below = parent_of(wiki, space, parent)
    keep.keep_intent()
    try:
        page = wiki.create(space, below, draft.title, draft.storage)
    except (Refused, Rejected) as error:
        _hold_for_title(wiki, space, draft.title, error)
        raise _explained(error, f"create pages in Confluence space {space.key}", "Add pages") from error
    keep.keep_page(page, settled=False)
    _attach(wiki, page, None, draft)
    _remember(wiki, page, None, draft, keep)
    return page


def renew(
    wiki: Wiki,
    page: WikiPage,
    note: Note | None,
    draft: Draft,
    keep: Keeper,
    *,
    known: Publication | None,
    force: bool,
) -> tuple[str, WikiPage]:
    """Bring the page in line: `updated` or `unchanged`, and how it stands; raises Held for an edit."""
    if page.status != "current":
        raise Held(f"the page is {page.status}; restore it in Confluence, or delete it for good")
    edited = seems_edited(page, note) and not (note is None and _is_as_created(wiki, page))
    if edited and not force:
        raise Held(_EDITED)
    own_title = note is None or note.value.get("title", page.title) != draft.title
    title = draft.title if own_title else page.title  # else a person has renamed it: the page stays theirs
    in_line = title == page.title and not edited
    settled = known is not None and known.settled and known.page_id == page.id
    if in_line and note is not None and note.value.get("digest") == draft.digest:
        if not settled:
            keep.keep_page(page, settled=True)
        return "unchanged", page
    _attach(wiki, page, note, draft)
    as_created = known is not None and not settled and known.digest == draft.digest and page.number == 1
    if not (in_line and (as_created or page.message == message(draft.digest))):
        page = _write(wiki, page, title, draft)
    _remember(wiki, page, note, draft, keep)
    return "updated", page


def _is_as_created(wiki: Wiki, page: WikiPage) -> bool:
    first = wiki.page(page.id, number=1)
    return first is not None and fingerprint(first.body) == fingerprint(page.body)


def _attach(wiki: Wiki, page: WikiPage, note: Note | None, draft: Draft) -> None:
    """The files that changed, before the version that shows them."""
    stand = (note.value.get("attachments") if note else None) or {}
    prints = file_prints(draft.files)
    for name, (content, mime) in draft.files.items():
        if stand.get(name) == prints[name]:
            continue
        try:
            wiki.attach(page.id, name, content, mime, comment=message(prints[name]))
        except (Refused, Rejected) as error:
            what = f"attach files in Confluence space {draft.space}"
            raise _explained(error, what, "Add attachments") from error


def _write(wiki: Wiki, page: WikiPage, title: str, draft: Draft) -> WikiPage:
    """The next version; tried once more where only the number had moved, never over a newer edit."""
    own, base = message(draft.digest), page
    for _attempt in range(2):
        try:
            wiki.update(base, title, draft.storage, own)
        except (Refused, Rejected) as error:
            now = wiki.page(page.id) if _is_conflict(error) else None
            if now is None or now.number == base.number:
                if title != base.title and (space := wiki.space(draft.space)) is not None:
                    _hold_for_title(wiki, space, title, error)
                raise _explained(error, f'edit "{base.title}" in Confluence', "Add pages") from error
            if now.message == own:
                return now
            if fingerprint(now.body) != fingerprint(page.body):
                raise Held(_RACED) from error
            title = now.title if title == base.title else title
            base = now
        else:
            return replace(base, title=title, number=base.number + 1, message=own)
    raise Held(_BUSY)


def _remember(wiki: Wiki, page: WikiPage, note: Note | None, draft: Draft, keep: Keeper) -> None:
    """What stands there now, as the server keeps it: the next run compares with this."""
    label = note.value.get("label") if note else None
    if label != draft.label:
        try:
            wiki.label(page.id, draft.label)
            label = draft.label
        except (Refused, Rejected):
            label = None  # a page without our label is found by its id and its title all the same
    stored = wiki.page(page.id)
    if stored is None or stored.number != page.number:
        stored = wiki.page(page.id, number=page.number)  # a person was here since: their version is theirs
    value = {
        "schema": 2,
        "mark": draft.mark,
        "page": page.id,
        "title": draft.title,
        "digest": draft.digest,
        "number": page.number,
        "body": fingerprint(stored.body if stored else ""),
        "label": label,
        "attachments": file_prints(draft.files),
    }
    try:
        wiki.keep_note(page.id, NOTE_KEY, value, note)
    except Rejected as error:
        now = wiki.note(page.id, NOTE_KEY)
        if now is None or (note is not None and now.number == note.number):
            raise _explained(error, "keep a content property on the page", "Add pages") from error
        wiki.keep_note(page.id, NOTE_KEY, value, now)
    keep.keep_page(page, settled=True)


def _is_conflict(error: RemoteError) -> bool:
    return isinstance(error, Rejected) and error.status == 409


def _hold_for_title(wiki: Wiki, space: Space, title: str, error: RemoteError) -> None:
    """Raise Held when another page has the title; whether one has is looked up, not read from a text."""
    if not isinstance(error, Rejected) or error.status not in {400, 409}:
        return
    if wiki.titled(space, title) is not None:
        raise Held("a page of that title exists and is not ours; choose another title") from error
    if (status := wiki.reserved(space, title)) is not None:
        raise Held(_RESERVED[status]) from error


def _explained(error: RemoteError, what: str, permission: str) -> RemoteError:
    """The error in terms of what was wanted."""
    hint = f'it needs the permission "{permission}" in the space; ask a space admin'
    if isinstance(error, WrongCredentials | NotOffered) or not isinstance(error, Refused | Rejected):
        return error
    if isinstance(error, Refused):
        return Refused(f"Confluence does not let the account {what}: {error.message}", hint=hint)
    if error.status == 404:  # Cloud says so where it means 403
        return Refused(f"Confluence does not let the account {what}", hint=hint)
    if error.status == 413:
        return Rejected("the page is too large for this Confluence", hint="split the scorecard", status=413)
    return error
