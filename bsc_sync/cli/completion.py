"""`completion`: how to let the shell complete commands."""

from __future__ import annotations

import click

from bsc_sync.cli.render import say

_PLACES = {"bash": "~/.bashrc", "zsh": "~/.zshrc", "fish": "~/.config/fish/completions/bsc-sync.fish"}
_LINES = {
    "bash": 'eval "$(_BSC_SYNC_COMPLETE=bash_source bsc-sync)"',
    "zsh": 'eval "$(_BSC_SYNC_COMPLETE=zsh_source bsc-sync)"',
    "fish": "_BSC_SYNC_COMPLETE=fish_source bsc-sync | source",
}


@click.command()
@click.argument("shell", type=click.Choice(sorted(_LINES)), required=False)
def completion(*, shell: str | None) -> None:
    """Tell how to switch on completion in your shell.

    \b
    Example:  bsc-sync completion bash >> ~/.bashrc
    """
    if shell:
        say(_LINES[shell])
        return
    for name, line in _LINES.items():
        say(f"{name}: put this line into {_PLACES[name]}", f"  {line}")
