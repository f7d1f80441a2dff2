"""A kind of parameter that says what it gives; click itself can be told so only since 8.4."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    TypedParameter = click.ParamType
else:

    class TypedParameter(click.ParamType):
        """`TypedParameter[T]` is a kind of parameter whose values are T."""

        def __class_getitem__(cls, _given: object) -> type:
            return cls
