"""Analysis: derivatives, integrals, limits, series, differential equations."""

from random import Random

from ..notation import decimal, fraction, monomial, plus, polynomial
from ..problem import Family, Problem
from .algebra import not_zero


def derive(factors: list[int]) -> list[int]:
    degree = len(factors) - 1
    return [factor * (degree - i) for i, factor in enumerate(factors[:-1])]


def times_x(factor: int) -> str:
    """`ax` inside a function: `x`, `-x`, `3x`."""
    return monomial(factor, 1)


def power_rule(draw: Random) -> Problem:
    factors = [not_zero(draw, 7) for _ in range(draw.choice([3, 4]))]
    f, df = polynomial(factors), polynomial(derive(factors))
    return Problem(
        tuple(factors),
        (f"Differentiate f(x) = {f}.", f"Find the derivative of {f}.", f"What is f'(x) if f(x) = {f}?"),
        f"Use the power rule on each term: the derivative of x^n is n x^(n-1). So f'(x) = {df}.",
    )


def second_derivative(draw: Random) -> Problem:
    factors = [not_zero(draw, 6) for _ in range(4)]
    once = derive(factors)
    return Problem(
        tuple(factors),
        (
            f"Find the second derivative of {polynomial(factors)}.",
            f"Differentiate {polynomial(factors)} twice.",
        ),
        f"The first derivative is {polynomial(once)}. Differentiate again: {polynomial(derive(once))}.",
    )


def product_rule(draw: Random) -> Problem:
    n, a = draw.randint(2, 9), not_zero(draw, 9)
    return Problem(
        (n, a),
        (
            f"Differentiate x^{n} e^({times_x(a)}).",
            f"Use the product rule on f(x) = x^{n} e^({times_x(a)}).",
        ),
        f"The product rule gives {monomial(n, n - 1)} e^({times_x(a)}) {plus(a)}x^{n} e^({times_x(a)}). "
        f"Factor it: x^{n - 1} e^({times_x(a)}) ({n} {plus(a)}x).",
    )


def chain_rule(draw: Random) -> Problem:
    a, b, n = draw.randint(2, 9), not_zero(draw, 9), draw.randint(3, 9)
    inner = polynomial([a, b])
    return Problem(
        (a, b, n),
        (f"Differentiate ({inner})^{n}.", f"Use the chain rule to find the derivative of ({inner})^{n}."),
        f"The outer derivative is {n}({inner})^{n - 1} and the inner derivative is {a}. "
        f"By the chain rule the derivative is {n * a}({inner})^{n - 1}.",
    )


def derivative_of_wave(draw: Random) -> Problem:
    name, c, a, b = draw.choice(["sin", "cos"]), draw.randint(2, 9), draw.randint(2, 9), not_zero(draw, 6)
    inner = polynomial([a, b])
    other, sign = ("cos", "") if name == "sin" else ("sin", "-")
    return Problem(
        (name, c, a, b),
        (f"Differentiate {c} {name}({inner}).", f"What is the derivative of {c} {name}({inner})?"),
        f"The derivative of {name} is {sign}{other}, and the inner derivative is {a}. "
        f"So the derivative is {sign}{c * a} {other}({inner}).",
    )


def derivative_of_logarithm(draw: Random) -> Problem:
    a, b = draw.randint(1, 12), draw.randint(1, 20)
    inner = polynomial([a, 0, b])
    return Problem(
        (a, b),
        (f"Differentiate ln({inner}).", f"Find the derivative of f(x) = ln({inner})."),
        f"The derivative of ln(u) is u'/u. Here u = {inner} and u' = {2 * a}x, so f'(x) = "
        f"{2 * a}x/({inner}).",
    )


def quotient_rule(draw: Random) -> Problem:
    a, b, c, d = draw.randint(1, 6), not_zero(draw, 7), draw.randint(1, 6), not_zero(draw, 7)
    top, bottom = polynomial([a, b]), polynomial([c, d])
    return Problem(
        (a, b, c, d),
        (f"Differentiate ({top})/({bottom}).", f"Use the quotient rule on ({top})/({bottom})."),
        f"The quotient rule gives ({a}({bottom}) - {c}({top}))/({bottom})^2. "
        f"The x terms cancel: {a * d - b * c}/({bottom})^2.",
    )


def indefinite_integral(draw: Random) -> Problem:
    a, b, c = draw.randint(1, 9), not_zero(draw, 9), not_zero(draw, 9)
    f = polynomial([3 * a, 2 * b, c])
    return Problem(
        (a, b, c),
        (f"Find the integral of {f}.", f"Integrate f(x) = {f}.", f"Find an antiderivative of {f}."),
        f"Integrate term by term: the integral of x^n is x^(n+1)/(n+1). "
        f"The result is {polynomial([a, b, c, 0])} + C.",
    )


def definite_integral(draw: Random) -> Problem:
    a, b, top = draw.randint(1, 6), not_zero(draw, 9), draw.randint(1, 6)
    f = polynomial([3 * a, b])
    value = fraction(3 * a * top * top + 2 * b * top, 2)
    return Problem(
        (a, b, top),
        (f"Compute the integral of {f} from 0 to {top}.", f"Integrate {f} over [0, {top}]."),
        f"An antiderivative is F(x) = {fraction(3 * a, 2)} x^2 {plus(b)}x. "
        f"Then F({top}) - F(0) = {fraction(3 * a * top * top, 2)} {plus(b * top)} = {value}.",
    )


def integral_of_exponential(draw: Random) -> Problem:
    a, c, top = draw.randint(2, 9), draw.randint(1, 9), draw.randint(1, 9)
    return Problem(
        (a, c, top),
        (
            f"Compute the integral of {c * a} e^({a}x) from 0 to {top}.",
            f"Integrate {c * a} e^({a}x) over [0, {top}].",
        ),
        f"An antiderivative is {monomial(c, 1, 'e')}^({a}x). "
        f"At {top} it is {monomial(c, 1, 'e')}^{a * top} and at 0 "
        f"it is {c}. The integral is {monomial(c, 1, 'e')}^{a * top} - {c}.",
    )


def limit_at_infinity(draw: Random) -> Problem:
    a, b, c, d = draw.randint(1, 12), not_zero(draw, 9), draw.randint(1, 12), not_zero(draw, 9)
    expression = f"({polynomial([a, b, 0])})/({polynomial([c, 0, d])})"
    return Problem(
        (a, b, c, d),
        (
            f"Find the limit of {expression} as x goes to infinity.",
            f"What does {expression} tend to for large x?",
        ),
        f"Divide top and bottom by x^2. The terms {b}/x and {d}/x^2 go to 0, so the limit is {a}/{c} = "
        f"{fraction(a, c)}.",
    )


def limit_by_cancelling(draw: Random) -> Problem:
    a, b = not_zero(draw, 12), not_zero(draw, 12)
    expression = f"({polynomial([1, b - a, -a * b])})/(x {plus(-a)})"
    return Problem(
        (a, b),
        (
            f"Find the limit of {expression} as x goes to {a}.",
            f"Evaluate the limit of {expression} at x = {a}.",
        ),
        f"The top factors as (x {plus(-a)})(x {plus(b)}). Cancel x {plus(-a)}: "
        f"the limit is {a} {plus(b)} = {a + b}.",
    )


def limit_of_sine(draw: Random) -> Problem:
    a, b = draw.randint(2, 20), draw.randint(2, 20)
    return Problem(
        (a, b),
        (
            f"Find the limit of sin({a}x)/({b}x) as x goes to 0.",
            f"What is the limit of sin({a}x)/({b}x) at 0?",
        ),
        f"Near 0, sin({a}x) behaves like {a}x. "
        f"By the rule of l'Hopital the limit is {a}/{b} = {fraction(a, b)}.",
    )


def limit_to_e(draw: Random) -> Problem:
    a, b = draw.randint(1, 15), draw.randint(1, 15)
    return Problem(
        (a, b),
        (f"Find the limit of (1 + {a}/n)^({b}n).", f"What does (1 + {a}/n)^({b}n) tend to as n grows?"),
        f"The limit of (1 + {a}/n)^n is e^{a}. Raise it to the power {b}: the limit is e^{a * b}.",
    )


def extremum(draw: Random) -> Problem:
    a, h, k = not_zero(draw, 6), not_zero(draw, 8), not_zero(draw, 12)
    factors = [a, -2 * a * h, a * h * h + k]
    kind = "minimum" if a > 0 else "maximum"
    return Problem(
        (a, h, k),
        (
            f"Find the extremum of f(x) = {polynomial(factors)}.",
            f"Where does {polynomial(factors)} have its {kind}?",
        ),
        f"Set f'(x) = {polynomial(derive(factors))} = 0, so x = {h}. The second derivative is {2 * a}, "
        f"so it is a {kind} with value f({h}) = {k}.",
    )


def tangent(draw: Random) -> Problem:
    c, b, a = draw.randint(1, 5), not_zero(draw, 7), not_zero(draw, 6)
    value, slope = c * a * a + b * a, 2 * c * a + b
    return Problem(
        (c, b, a),
        (
            f"Find the tangent to y = {polynomial([c, b, 0])} at x = {a}.",
            f"What is the tangent line of {polynomial([c, b, 0])} at the point x = {a}?",
        ),
        f"At x = {a} the value is {value} and the slope is y' = {2 * c} * {a} {plus(b)} = {slope}. "
        f"The tangent is y = {polynomial([slope, value - slope * a])}.",
    )


def geometric_series(draw: Random) -> Problem:
    first, q = draw.randint(1, 30), draw.randint(2, 12)
    return Problem(
        (first, q),
        (
            f"Sum the series {first} + {first}/{q} + {first}/{q * q} + ...",
            f"What is the sum of the geometric series with first term {first} and ratio 1/{q}?",
        ),
        f"The ratio is r = 1/{q}, less than 1, so the sum is a/(1 - r) = {first}/(1 - 1/{q}) = "
        f"{fraction(first * q, q - 1)}.",
    )


def taylor(draw: Random) -> Problem:
    name, a = draw.choice(["e^", "sin", "cos", "ln"]), draw.randint(2, 15)
    known, terms = {
        "e^": ("e^u = 1 + u + u^2/2", f"1 + {a}x + {fraction(a * a, 2)} x^2"),
        "sin": ("sin u = u - u^3/6", f"{a}x - {fraction(a**3, 6)} x^3"),
        "cos": ("cos u = 1 - u^2/2", f"1 - {fraction(a * a, 2)} x^2"),
        "ln": ("ln(1 + u) = u - u^2/2", f"{a}x - {fraction(a * a, 2)} x^2"),
    }[name]
    f = f"ln(1 + {a}x)" if name == "ln" else f"{name}({a}x)"
    return Problem(
        (name, a),
        (f"Give the first Taylor terms of {f} at 0.", f"Expand {f} around x = 0 to the first terms."),
        f"Start from {known} + ... and put u = {a}x. So {f} = {terms} + ...",
    )


def growth_equation(draw: Random) -> Problem:
    k, c = not_zero(draw, 12), draw.randint(1, 20)
    verb = "grows" if k > 0 else "decays"
    return Problem(
        (k, c),
        (
            f"Solve y' = {monomial(k, 1, 'y')} with y(0) = {c}.",
            f"Find y if y' = {monomial(k, 1, 'y')} and y(0) = {c}.",
        ),
        f"The solutions are y = C e^({times_x(k)}). From y(0) = {c} we get C = {c}, "
        f"so y = {c} e^({times_x(k)}). It {verb} with x.",
    )


def ratio_test(draw: Random) -> Problem:
    p, a = draw.randint(1, 9), draw.randint(2, 15)
    upside = draw.random() < 0.5
    term = f"{a}^n/n^{p}" if upside else f"n^{p}/{a}^n"
    limit, verdict = (
        (str(a), "larger than 1, so the series diverges")
        if upside
        else (
            f"1/{a}",
            "less than 1, so the series converges",
        )
    )
    return Problem(
        (p, a, int(upside)),
        (f"Does the sum of {term} converge?", f"Use the ratio test on the series with terms {term}."),
        f"The ratio of two terms in a row tends to {limit}, because ((n + 1)/n)^{p} tends to 1. "
        f"This is {verdict}.",
    )


def newton_step(draw: Random) -> Problem:
    a, x = draw.randint(2, 60), draw.randint(2, 8)
    return Problem(
        (a, x),
        (
            f"Do one Newton step for x^2 = {a} from x = {x}.",
            f"Approximate sqrt({a}) by one Newton step from {x}.",
        ),
        f"The step is x - (x^2 - {a})/(2x) = {x} - ({x * x - a})/{2 * x} = {fraction(x * x + a, 2 * x)}, "
        f"about {decimal((x * x + a) / (2 * x))}.",
    )


def parts(draw: Random) -> Problem:
    c, a = draw.randint(1, 12), draw.randint(2, 12)
    return Problem(
        (c, a),
        (
            f"Integrate {monomial(c, 1)} e^({a}x) by parts.",
            f"Find the integral of {monomial(c, 1)} e^({a}x).",
        ),
        f"Take u = {monomial(c, 1)} and dv = e^({a}x) dx, so v = e^({a}x)/{a}. "
        f"The integral is {fraction(c, a)} x e^({a}x) - {fraction(c, a * a)} e^({a}x) + C.",
    )


def area_between(draw: Random) -> Problem:
    a, c = draw.randint(1, 12), draw.randint(1, 6)
    return Problem(
        (a, c),
        (
            f"Find the area between y = {times_x(a)} and y = {monomial(c, 2)}.",
            f"What area do the curves y = {monomial(c, 2)} and y = {times_x(a)} enclose?",
        ),
        f"They meet at x = 0 and x = {fraction(a, c)}. "
        f"Integrate {times_x(a)} - {monomial(c, 2)} between these "
        f"points: the area is {fraction(a**3, 6 * c * c)}.",
    )


def mean_value(draw: Random) -> Problem:
    a, b = sorted(draw.sample(range(-9, 13), 2))
    c = draw.randint(1, 5)
    return Problem(
        (a, b, c),
        (
            f"Find the point of the mean value theorem for {monomial(c, 2)} on [{a}, {b}].",
            f"Where is the slope of {monomial(c, 2)} equal to its mean slope on [{a}, {b}]?",
        ),
        f"The mean slope is {c}({b * b} - {a * a})/({b - a}) = {c * (a + b)}. "
        f"Set {2 * c}x = {c * (a + b)}: x = {fraction(a + b, 2)}.",
    )


FAMILIES: tuple[Family, ...] = (
    power_rule,
    second_derivative,
    product_rule,
    chain_rule,
    derivative_of_wave,
    derivative_of_logarithm,
    quotient_rule,
    indefinite_integral,
    definite_integral,
    integral_of_exponential,
    limit_at_infinity,
    limit_by_cancelling,
    limit_of_sine,
    limit_to_e,
    extremum,
    tangent,
    geometric_series,
    taylor,
    growth_equation,
    ratio_test,
    newton_step,
    parts,
    area_between,
    mean_value,
)
