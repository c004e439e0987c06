"""A problem, its wordings and its worked solution: what every file under domains/ draws."""

from collections.abc import Callable
from random import Random
from typing import NamedTuple


class Problem(NamedTuple):
    """One problem of a family.

    `slots` holds everything that makes this problem this one: two wordings of a problem share its slots, and
    a problem that does not care about order sorts them. The partition into base, expert and held-out text is
    by slots, so no wording of a held-out problem is ever trained on.
    """

    slots: tuple[int | str, ...]
    wordings: tuple[str, ...]
    solution: str


Family = Callable[[Random], Problem]
