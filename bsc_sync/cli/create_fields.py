"""`init --create-fields`: the number fields that the mapping needs, made where one may."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bsc_sync.cli.asking import agreed
from bsc_sync.cli.render import Line, say, say_raw
from bsc_sync.errors import Refused, SettingsError, UserError
from bsc_sync.report.admin_request import render_request
from bsc_sync.report.health import Health
from bsc_sync.sync.checks.creating import make_fields, plan_lines, survey
from bsc_sync.sync.checks.examine import Premises, examine

_KINDS = ("field", "screen")


def create_fields(open_anew: Callable[[], Premises], *, screens: Sequence[str], yes: bool) -> int:
    """Show what would be made, ask, make it, and look again. `open_anew` gives a fresh look at the site.

    Exit 0: every number field is there and on its screens. 1: something is left to be done by hand.
    4: the account is no administrator (the request to one is printed instead), or the site refused.
    """
    premises = open_anew()
    if premises.strategy is None or premises.problems:
        raise UserError("the files have to be in order first", problems=premises.problems)
    if premises.jira is None or premises.maker is None:
        raise SettingsError("Jira cannot be reached with these settings", problems=premises.problems)
    jira, maker = premises.jira(), premises.maker()
    jira.account()
    if not maker.administers():
        say(Line("This account may not make fields: it does not administer Jira.", "bad"))
        say("What to ask an administrator for:", "")
        say_raw(render_request(_of_fields(examine(open_anew())), every=False))
        return Refused.exit_code
    plan = survey(jira, maker, premises.strategy, screens=screens)
    say(*plan_lines(plan))
    say(*(Line(f"by hand: {problem}", "warn") for problem in plan.by_hand))
    if not plan.wishes:
        say("There is no number field to make." if plan.by_hand else "Every number field is there already.")
        return 1 if plan.by_hand else 0
    if not yes and not agreed("\nDo this?"):
        say("Nothing was done.")
        return 1
    make_fields(plan, maker, tell=lambda line: say(Line(line, "good")))
    return _look_again(open_anew())


def _look_again(premises: Premises) -> int:
    """What Jira shows now: it is believed, and not what was sent."""
    health = _of_fields(examine(premises))
    left = [check for check in health.checks if check.state == "missing"]
    if not left:
        say("", Line("Verified: Jira shows every mapped field where it is needed.", "good"))
        return 0
    say("", Line("Still missing, as Jira shows it now:", "warn"))
    say(*(f"  {check.where}: {check.found} - {check.mend}" for check in left))
    say("Screens that were not found can be named: --screen NAME. The rest: bsc-sync doctor --request")
    return 1


def _of_fields(health: Health) -> Health:
    """The part of an examination that speaks of fields and screens."""
    checks = tuple(check for check in health.checks if any(want.kind in _KINDS for want in check.wants))
    return Health(health.title, checks, health.requests, health.flavor, health.site, health.account)
