"""How numbers and formulas are written in problems and solutions."""

from math import gcd


def plus(number: int) -> str:
    """A term to be added: `+ 3` or `- 3`."""
    return f"+ {number}" if number >= 0 else f"- {-number}"


def monomial(factor: int, power: int, x: str = "x") -> str:
    """`factor * x^power` for a factor that is not zero, as it is written: `-x`, `3x^2`, `7`."""
    if power == 0:
        return str(factor)
    sign = {1: "", -1: "-"}.get(factor, str(factor))
    return f"{sign}{x}" if power == 1 else f"{sign}{x}^{power}"


def polynomial(factors: list[int], x: str = "x") -> str:
    """Factors from the highest power down: `[2, 0, -1]` is `2x^2 - 1`."""
    degree = len(factors) - 1
    terms = [monomial(factor, degree - i, x) for i, factor in enumerate(factors) if factor]
    text = terms[0] if terms else "0"
    for term in terms[1:]:
        text += f" - {term[1:]}" if term.startswith("-") else f" + {term}"
    return text


def fraction(above: int, below: int) -> str:
    """The reduced fraction, or the whole number it is."""
    if below < 0:
        above, below = -above, -below
    divisor = gcd(above, below)
    above, below = above // divisor, below // divisor
    return str(above) if below == 1 else f"{above}/{below}"


def decimal(number: float, places: int = 2) -> str:
    """Rounded, without trailing zeros."""
    text = f"{number:.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def listed(things: list[str]) -> str:
    """`a, b and c`."""
    return things[0] if len(things) == 1 else ", ".join(things[:-1]) + " and " + things[-1]


def article(word: str) -> str:
    """`a` or `an`."""
    return "an" if word[0] in "aeiou" else "a"
