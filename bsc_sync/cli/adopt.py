"""`adopt`: take values over from Jira into the scorecard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from bsc_sync.cli.asking import agreed
from bsc_sync.cli.frame import json_option, project_of, project_option
from bsc_sync.cli.plan import look
from bsc_sync.cli.render import Line, complain, note, say, say_json
from bsc_sync.cli.typed_parameter import Word
from bsc_sync.cli.waiting import wait_option
from bsc_sync.errors import Problem, UserError
from bsc_sync.plan.change import Adopt, Create
from bsc_sync.plan.hierarchy import NAME as PLACE
from bsc_sync.plan.inverse import key_of
from bsc_sync.plan.item import Value
from bsc_sync.plan.plan import Plan
from bsc_sync.plan.wishes import NO_WISH
from bsc_sync.runtime import Office, open_office, open_world
from bsc_sync.scorecard.check import items
from bsc_sync.scorecard.wording import listed, meant, quoted, suggestion
from bsc_sync.state.lease import Wait
from bsc_sync.sync.adopting import Basis, Left, Proposal, Taken, Wanted, on_hold, propose
from bsc_sync.sync.card_files import CardFiles, read_card_files
from bsc_sync.sync.prepare import Prepared
from bsc_sync.sync.record import recorded


@click.command()
@click.argument("refs", type=Word(), nargs=-1, metavar="[ID]...")
@click.option(
    "--field", type=Word(), metavar="NAME", help="Only this field: its name in Jira, or its key in the file."
)
@click.option("--all", "every", is_flag=True, help="Whatever is on hold, as if every ID was named.")
@click.option("--dry-run", is_flag=True, help="Show what would change in the file, and write nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@wait_option
@json_option
@project_option
def adopt(
    *,
    refs: tuple[str, ...],
    field: str | None,
    every: bool,
    dry_run: bool,
    yes: bool,
    wait: Wait,
    as_json: bool,
    folder: Path,
) -> int:
    """Take over into scorecard.yaml what somebody changed in Jira.

    Without an ID: the fields that the mapping offers to the file (on_drift: adopt).
    With one: whatever is on hold there. Comments and layout of the file stay as they
    are. Nothing is written to Jira.

    \b
    Example:  bsc-sync adopt --dry-run
              bsc-sync adopt C1 --field description
    """
    office = open_office(project_of(folder))
    _check_refs(office, refs)
    world = open_world(office, wait=wait, tell=note)
    files = read_card_files(office.project.scorecard, digest=office.strategy.scorecard_digest)
    prepared = look(office, world, wishes=NO_WISH, targets=())
    strategy = office.strategy
    _check_field(prepared, field)
    basis = Basis(prepared.plan, prepared.items, prepared.binding, strategy.mapping, strategy.lines)
    today = office.strategy.card.today(world.clock())
    proposal = propose(basis, files, Wanted(frozenset(refs), every, field), today=today)
    if not as_json:
        say(*_lines(proposal, files, _nothing(prepared.plan, refs)))
        waiting = len({(part.asked_by, part.id) for _, part in on_hold(prepared.plan, refs)})
        waiting -= len(proposal.taken) + len(proposal.left)
        if waiting > 0 and not every and not field:
            note(f"{waiting} more on hold, not offered to the file: name their ID, or --all")
    written = bool(proposal.texts) and not dry_run and _approved(proposal, yes=yes)
    if written:
        with recorded(office.strategy, world, verb="adopt", mode="apply") as running:
            files.write(proposal.texts)
            running.exit_code = UserError.exit_code if proposal.left else 0
            running.story = _record(proposal)
    if as_json:
        say_json(_data(proposal, files, written=written))
    elif written:
        say("", Line(f"{_files(proposal)} written; the next sync writes nothing of it to Jira.", "good"))
    elif proposal.texts and not dry_run:
        complain("nothing was written: you said no")
        return 1
    return UserError.exit_code if proposal.left else 0


def _check_refs(office: Office, refs: tuple[str, ...]) -> None:
    known = [ref for _, ref, _ in items(office.strategy.card)]
    unknown = [ref for ref in refs if ref not in known]
    if unknown:
        raise UserError(
            f"the scorecard has no {listed(unknown, last='or')}",
            hint=suggestion(unknown[0], known, what="there are"),
        )


def _check_field(prepared: Prepared, field: str | None) -> None:
    """UserError where no field of the mapping goes by that name, nor one that is on hold."""
    held = [part for _, part in on_hold(prepared.plan, ())]
    mapped = [bound for home in prepared.binding.homes.values() for bound in home.fields]
    shown = [part.name for part in held] or [bound.name for bound in mapped]
    keys = [key_of(part, prepared.binding) for part in held] + [bound.rule.from_ for bound in mapped]
    named = [(one.name, one.id) for one in held] + [(one.name, one.id) for one in mapped]
    names = [*(name for pair in named for name in pair), *keys, PLACE]
    if field is None or field.casefold() in {name.casefold() for name in names if name}:
        return
    near = meant(field, [name for name in names if name])
    what = f"did you mean {quoted(near)}? " if near else ""
    told = "on hold are" if held else "mapped are"
    raise UserError(
        f"no field goes by the name {quoted(field)}",
        hint=f"{what}{told} {listed(sorted(set(shown)))}",
    )


def _approved(proposal: Proposal, *, yes: bool) -> bool:
    return yes or agreed(f"\nWrite this into {_files(proposal)}?")


def _record(proposal: Proposal) -> dict[str, object]:
    return {
        "adopted": [
            {"ref": one.part.asked_by, "field": one.part.name, "key": one.issue} for one in proposal.taken
        ],
        "left": [_told(one) for one in proposal.left],
    }


def _files(proposal: Proposal) -> str:
    return listed(proposal.texts)


def _nothing(plan: Plan, refs: tuple[str, ...]) -> str:
    """Why there is nothing to adopt, where there is nothing."""
    new = [change.ref for change in plan.changes if isinstance(change, Adopt | Create) and change.ref in refs]
    if new:
        return f"{listed(new)} is not linked to an issue yet: bsc-sync apply comes first."
    return f"nothing is on hold at {listed(refs)}." if refs else "no field is offered to the file."


def _lines(proposal: Proposal, files: CardFiles, nothing: str) -> Iterator[Line]:
    if not proposal.taken and not proposal.left:
        yield Line(f"Nothing to adopt: {nothing}", "strong")
        return
    for one in proposal.taken:
        yield Line(f"adopt {one.part.asked_by}  {one.part.name} of {one.issue} -> {one.key}", "adopt")
        if one.origin.note:
            yield Line(f"    {one.origin.note}", "quiet")
    for ref, name in proposal.along:
        yield Line(f"    along with it: {name} of {ref}, which follows from the same value", "quiet")
    if proposal.refitted:
        yield Line(f"    other rules of the mapping fit then: {listed(proposal.refitted)};", "warn")
        yield Line("    look at the next plan", "warn")
    for left in proposal.left:
        yield Line(f"leave {left.part.asked_by}  {left.part.name} of {left.issue}", "hold")
        yield Line(f"    {left.problem.where}: {left.problem.what}", "quiet")
        yield Line(f"    {left.problem.hint}", "quiet")
    if proposal.texts:
        yield Line("")
    styles = {"+": "create", "-": "retire", "@": "quiet"}
    for text in proposal.diff(files).split("\n")[:-1]:
        is_name = text.startswith(("+++", "---"))
        yield Line(text.removesuffix("\r"), "strong" if is_name else styles.get(text[:1], "plain"))


def _data(proposal: Proposal, files: CardFiles, *, written: bool) -> dict[str, object]:
    return {
        "adopted": [_taken(one) for one in proposal.taken],
        "along": [{"ref": ref, "field": name} for ref, name in proposal.along],
        "refitted": list(proposal.refitted),
        "left": [_told(one) for one in proposal.left],
        "diff": proposal.diff(files),
        "written": written,
    }


def _taken(one: Taken) -> dict[str, object]:
    return {
        "ref": one.part.asked_by,
        "field": one.part.name,
        "key": one.issue,
        "verdict": one.part.verdict.value,
        "place": one.place,
        "path": one.key,
        "from": _shown(one.part.new),
        "to": _shown(one.part.old),
        "note": one.origin.note,
    }


def _told(left: Left) -> dict[str, object]:
    problem: Problem = left.problem
    return {
        "ref": left.part.asked_by,
        "field": left.part.name,
        "key": left.issue,
        "where": problem.where,
        "why": problem.what,
        "hint": problem.hint,
    }


def _shown(value: Value) -> object:
    return list(value) if isinstance(value, tuple) else value
