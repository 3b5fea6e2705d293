"""The doctor: looks over a deployment and says, in whole sentences, what is amiss and what to do.

A check is a function without arguments that yields findings; it changes nothing that lasts.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple


class Finding(NamedTuple):
    """``what`` is so, and the ``remedy``. What is not ``urgent`` may be as it should be; only the operator knows."""

    what: str
    remedy: str
    urgent: bool = True


Check = Callable[[], Iterable[Finding]]


def examine(check: Check) -> Iterator[Finding]:
    """Yield what a check finds; one that cannot be made is a finding itself, and the next can go on."""
    try:
        yield from check()
    except Exception as error:  # the edge of the process: what keeps a check from its work is what the operator seeks
        yield Finding(f"This could not be looked at: {type(error).__name__}: {error}", "Mend this, then ask again.")
