"""Kinds of parameters that say what they give; click itself can be told so only since 8.4."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    TypedParameter = click.ParamType
else:

    class TypedParameter(click.ParamType):
        """`TypedParameter[T]` is a kind of parameter whose values are T."""

        def __class_getitem__(cls, _given: object) -> type:
            return cls


class Word(TypedParameter[str]):
    """An id, a name, a query: text, and not any bytes, which no store and no request could carry."""

    name = "TEXT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text, or a usage error."""
        text = str(value)
        try:
            text.encode()
        except UnicodeEncodeError:
            self.fail(f"{text!r} is no text in UTF-8", param, ctx)
        return text
