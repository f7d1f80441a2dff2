"""How the strategy map looks in light, in dark and on paper.

Plain values, no custom properties: what turns the map into a bitmap knows no others.
"""

from __future__ import annotations

_LIGHT = {
    "band": "#f4f2ec", "row": "#3d4650", "box": "#ffffff", "edge": "#cfcbc0", "name": "#1c232b",
    "faint": "#5f6872", "arrow": "#76808b", "label": "#ffffff", "rim": "#d8d4ca", "tick": "#1c232b",
}  # fmt: skip
_DARK = {
    "band": "#12171d", "row": "#c3ccd6", "box": "#232b35", "edge": "#3c4753", "name": "#eef2f6",
    "faint": "#a3afbb", "arrow": "#8493a2", "label": "#1a2028", "rim": "#46525f", "tick": "#eef2f6",
}  # fmt: skip
_LIGHT_TONES = {
    "good": ("#e3f2e8", "#155f36", "#2f8f5b"),
    "warn": ("#fcefd2", "#7a4a00", "#c98a1b"),
    "bad": ("#fbe4e0", "#9b231a", "#cf4a3f"),
    "wait": ("#e4edf7", "#244f7d", "#5b8bbd"),
    "none": ("#ebedef", "#4f5863", "#8b95a0"),
}
_DARK_TONES = {
    "good": ("#173425", "#8bdcac", "#4cae7c"),
    "warn": ("#3a2b0e", "#f3c675", "#c9933a"),
    "bad": ("#401d1a", "#ffaba2", "#d9655b"),
    "wait": ("#172d45", "#a3ccf5", "#5f93c7"),
    "none": ("#2b333c", "#b7c1cb", "#77828e"),
}


def _rules(look: dict[str, str], tones: dict[str, tuple[str, str, str]]) -> str:
    rules = [
        f"rect.bsc-band{{fill:{look['band']}}}",
        f".bsc-row{{fill:{look['row']}}}",
        f".bsc-box{{fill:{look['box']};stroke:{look['edge']}}}",
        f".bsc-name{{fill:{look['name']}}}",
        f".bsc-id,.bsc-empty,.bsc-stale{{fill:{look['faint']}}}",
        f".bsc-arrow path{{stroke:{look['arrow']}}}",
        f".bsc-arrow .bsc-head{{fill:{look['arrow']}}}",
        f".bsc-label rect{{fill:{look['label']};stroke:{look['rim']}}}",
        f".bsc-label text{{fill:{look['row']}}}",
        f".bsc-tick{{fill:{look['tick']}}}",
    ]
    for tone, (tint, ink, line) in tones.items():
        rules.append(f".bsc-{tone} .bsc-strip{{fill:{tint}}}")
        rules.append(f".bsc-{tone} .bsc-glyph,.bsc-{tone} .bsc-word,.bsc-{tone} .bsc-figure{{fill:{ink}}}")
        rules.append(f".bsc-{tone} .bsc-bar{{fill:{line}}}")
    return "".join(rules)


MAP_STYLE = (
    ".bsc-map{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;font-size:13px}"
    ".bsc-row{font-weight:600}"
    ".bsc-id{font-size:11px;font-weight:600;letter-spacing:.03em}"
    ".bsc-stale{font-size:11px;font-style:italic}"
    ".bsc-word{font-size:12px;font-weight:600}"
    ".bsc-figure{font-size:13px;font-weight:700;font-variant-numeric:tabular-nums}"
    ".bsc-box{stroke-width:1}"
    ".bsc-arrow path{stroke-width:1.6}"
    ".bsc-arrow .bsc-head{stroke:none}"
    ".bsc-label text{font-size:11px}"
    ".bsc-map a:hover .bsc-box{stroke-width:2}"
    ".bsc-map a:focus-visible{outline:3px solid #2f6fb3;outline-offset:2px}"
    + _rules(_LIGHT, _LIGHT_TONES)
    + "@media (prefers-color-scheme:dark){"
    + _rules(_DARK, _DARK_TONES)
    + "}@media print{"
    + _rules(_LIGHT, _LIGHT_TONES)
    + ".bsc-map *{print-color-adjust:exact;-webkit-print-color-adjust:exact}}"
)
