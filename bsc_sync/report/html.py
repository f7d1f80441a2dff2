"""The page as one HTML file: no script, no request, nothing that is not inside it."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from fractions import Fraction

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bsc_sync.report.glyphs import GLYPHS, MEANINGS
from bsc_sync.report.jira_side import said_of_jira
from bsc_sync.report.map_style import MAP_STYLE
from bsc_sync.report.parts import Figure, Ledger, Page
from bsc_sync.report.strategy_map import strategy_map
from bsc_sync.report.words import count, day, moment, safe_url

_COMFORTABLE = 880  # pixels that a map may take beside the column of decisions and exceptions


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A bucket's part of the stacked bar, in percent of its length."""

    style: str
    start: float
    width: float


def render_html(page: Page) -> str:
    """The whole page as one self-contained document, for screens of any width and for paper.

    Its content policy allows only the two style sheets inside; every text is escaped, and only
    http(s) addresses become links.
    """
    drawing = strategy_map(page.map)
    style = _ENVIRONMENT.get_template("page.css").render()
    text = _ENVIRONMENT.get_template("page.html").render(
        page=page,
        map=Markup(drawing),  # noqa: S704 - built as a tree, so well-formed and escaped
        broad=_width(drawing) > _COMFORTABLE,
        style=Markup(style),  # noqa: S704 - our own style sheet
        policy=_policy(style, MAP_STYLE),
        stack=_stack(page.ledger),
    )
    return text if text.endswith("\n") else text + "\n"


def _policy(*styles: str) -> str:
    hashes = " ".join(
        f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" for style in styles
    )
    return f"default-src 'none'; style-src {hashes}; base-uri 'none'; form-action 'none'"


def _width(drawing: str) -> float:
    found = re.search(r'viewBox="0 0 ([0-9.]+) ', drawing)
    return float(found[1]) if found else 0.0


def _stack(ledger: Ledger) -> tuple[_Stretch, ...]:
    start = 0.0
    parts = []
    for bucket in ledger.buckets:
        width = _along(bucket.share) if bucket.share.exact is not None else 0.0
        parts.append(_Stretch(_bucket_style(bucket.name), round(start, 2), width))
        start += width
    return tuple(parts)


def _along(figure: Figure) -> float:
    """A share as percent of a bar, inside of it."""
    share = Fraction(figure.exact or 0)
    return round(float(min(max(share, Fraction(0)), Fraction(1)) * 100), 2)


def _bucket_style(name: str) -> str:
    return {"aligned": "aligned", "run the business": "run"}.get(name, "unexplained")


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("bsc_sync.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        {
            "href": safe_url,
            "day": day,
            "moment": moment,
            "count": count,
            "said_of_jira": said_of_jira,
            "along": _along,
            "bucket_style": _bucket_style,
        }
    )
    environment.globals.update({"glyphs": GLYPHS, "meanings": MEANINGS})
    return environment


_ENVIRONMENT = _environment()
