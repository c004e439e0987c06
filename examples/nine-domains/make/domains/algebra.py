"""Algebra: equations, polynomials, sequences, matrices."""

from random import Random

from ..notation import fraction, monomial, plus, polynomial
from ..problem import Family, Problem

NAMES = ("Ann", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gina", "Hugo", "Iris", "Jon")


def not_zero(draw: Random, bound: int) -> int:
    return draw.choice([n for n in range(-bound, bound + 1) if n])


def linear_equation(draw: Random) -> Problem:
    a, x, b = draw.randint(2, 12), not_zero(draw, 12), not_zero(draw, 20)
    c = a * x + b
    left = polynomial([a, b])
    move = "Subtract" if b > 0 else "Add"
    return Problem(
        (a, b, c),
        (
            f"Solve {left} = {c} for x.",
            f"Find x if {left} = {c}.",
            f"What value of x satisfies {left} = {c}?",
        ),
        f"{move} {abs(b)} on both sides: {a}x = {c - b}. Divide by {a}: x = {x}. "
        f"Check: {a} * {x} {plus(b)} = {c}.",
    )


def equation_on_both_sides(draw: Random) -> Problem:
    a, c = sorted(draw.sample(range(2, 12), 2), reverse=True)
    x, b = not_zero(draw, 9), not_zero(draw, 15)
    d = (a - c) * x + b
    left, right = polynomial([a, b]), polynomial([c, d])
    return Problem(
        (a, b, c, d),
        (f"Solve {left} = {right}.", f"For which x is {left} equal to {right}?"),
        f"Bring the x terms to the left: {monomial(a - c, 1)} {plus(b)} = {d}. "
        f"Then {monomial(a - c, 1)} = {d - b}, so x = {x}.",
    )


def quadratic_by_factoring(draw: Random) -> Problem:
    r, s = sorted((not_zero(draw, 9), not_zero(draw, 9)))
    equation = polynomial([1, -r - s, r * s]) + " = 0"
    roots = f"x = {r} or x = {s}" if r != s else f"x = {r}, a double root"
    return Problem(
        (r, s),
        (
            f"Solve {equation} by factoring.",
            f"Find the roots of {equation}.",
            f"Solve the quadratic {equation}.",
        ),
        f"We need two numbers with product {r * s} and sum {-r - s}: they are {-r} and {-s}. "
        f"So (x {plus(-r)})(x {plus(-s)}) = 0, and {roots}.",
    )


def discriminant(draw: Random) -> Problem:
    a, b, c = draw.randint(1, 6), not_zero(draw, 9), not_zero(draw, 9)
    value = b * b - 4 * a * c
    count = "two real roots" if value > 0 else "one real root" if value == 0 else "no real roots"
    sign = "positive" if value > 0 else "zero" if value == 0 else "negative"
    equation = polynomial([a, b, c]) + " = 0"
    return Problem(
        (a, b, c),
        (
            f"How many real roots does {equation} have?",
            f"Use the discriminant to count the real roots of {equation}.",
        ),
        f"The discriminant is b^2 - 4ac = {b * b} - 4 * {a} * {c} = {value}. "
        f"It is {sign}, so the equation has {count}.",
    )


def sum_and_difference(draw: Random) -> Problem:
    x, y = draw.randint(2, 60), draw.randint(1, 40)
    s, d = x + y, x - y
    return Problem(
        (s, d),
        (
            f"Solve the system x + y = {s}, x - y = {d}.",
            f"Two numbers have sum {s} and difference {d}. Find them.",
            f"Find x and y with x + y = {s} and x - y = {d}.",
        ),
        f"Add the equations: 2x = {s + d}, so x = {x}. Then y = {s} - {x} = {y}.",
    )


def system_by_substitution(draw: Random) -> Problem:
    a, b, x, m, n = (
        draw.randint(2, 7),
        draw.randint(2, 7),
        not_zero(draw, 6),
        draw.randint(2, 5),
        not_zero(draw, 8),
    )
    y = m * x + n
    total = a * x + b * y
    return Problem(
        (a, b, m, n, total),
        (
            f"Solve y = {polynomial([m, n])} and {a}x + {b}y = {total}.",
            f"Use substitution: y = {polynomial([m, n])}, {a}x + {b}y = {total}.",
        ),
        f"Put y into the second equation: {a}x + {b}({polynomial([m, n])}) = {total}. "
        f"So {a + b * m}x = {total - b * n}, which gives x = {x} and y = {y}.",
    )


def expand_product(draw: Random) -> Problem:
    (a, b), (c, d) = sorted((draw.randint(1, 7), not_zero(draw, 9)) for _ in range(2))
    first, second = polynomial([a, b]), polynomial([c, d])
    return Problem(
        (a, b, c, d),
        (f"Expand ({first})({second}).", f"Multiply out ({first})({second})."),
        f"Multiply each term by each: {monomial(a * c, 2)} {plus(a * d)}x {plus(b * c)}x {plus(b * d)}. "
        f"Collect the x terms: {polynomial([a * c, a * d + b * c, b * d])}.",
    )


def expand_square(draw: Random) -> Problem:
    a, b = draw.randint(1, 12), not_zero(draw, 12)
    inner = polynomial([a, b])
    return Problem(
        (a, b),
        (f"Expand ({inner})^2.", f"Write ({inner})^2 without brackets.", f"Square the binomial {inner}."),
        f"Use (p + q)^2 = p^2 + 2pq + q^2 with p = {monomial(a, 1)} and q = {b}. "
        f"The result is {polynomial([a * a, 2 * a * b, b * b])}.",
    )


def difference_of_squares(draw: Random) -> Problem:
    a, b = draw.randint(1, 15), draw.randint(1, 20)
    return Problem(
        (a, b),
        (
            f"Factor {polynomial([a * a, 0, -b * b])}.",
            f"Write {polynomial([a * a, 0, -b * b])} as a product.",
        ),
        f"This is a difference of squares: ({monomial(a, 1)})^2 - {b}^2. "
        f"So it equals ({polynomial([a, -b])})({polynomial([a, b])}).",
    )


def complete_the_square(draw: Random) -> Problem:
    p, q = not_zero(draw, 12), not_zero(draw, 20)
    return Problem(
        (p, q),
        (
            f"Complete the square: {polynomial([1, 2 * p, q])}.",
            f"Write {polynomial([1, 2 * p, q])} in vertex form.",
        ),
        f"Half of {2 * p} is {p}, and {p}^2 = {p * p}. "
        f"So the expression is (x {plus(p)})^2 - {p * p} {plus(q)} = (x {plus(p)})^2 {plus(q - p * p)}.",
    )


def evaluate_polynomial(draw: Random) -> Problem:
    a, b, c, x = draw.randint(1, 6), not_zero(draw, 9), not_zero(draw, 9), not_zero(draw, 6)
    f = polynomial([a, b, c])
    return Problem(
        (a, b, c, x),
        (
            f"Evaluate f({x}) for f(x) = {f}.",
            f"Let f(x) = {f}. What is f({x})?",
            f"Find the value of {f} at x = {x}.",
        ),
        f"Put x = {x}: the square is {x * x}, so f({x}) = {a * x * x} {plus(b * x)} {plus(c)} = "
        f"{a * x * x + b * x + c}.",
    )


def arithmetic_sequence(draw: Random) -> Problem:
    first, step, n = draw.randint(-9, 20), draw.randint(2, 12), draw.randint(8, 40)
    shown = ", ".join(str(first + i * step) for i in range(3))
    return Problem(
        (first, step, n),
        (f"What is term {n} of the sequence {shown}, ...?", f"Find the term number {n} of {shown}, ..."),
        f"The common difference is {step}. Term n is {first} + (n - 1) * {step}, "
        f"so term {n} is {first} + {n - 1} * {step} = {first + (n - 1) * step}.",
    )


def geometric_sequence(draw: Random) -> Problem:
    first, ratio, n = draw.randint(1, 9), draw.randint(2, 4), draw.randint(4, 7)
    shown = ", ".join(str(first * ratio**i) for i in range(3))
    return Problem(
        (first, ratio, n),
        (f"What is term {n} of the geometric sequence {shown}, ...?", f"Find term number {n}: {shown}, ..."),
        f"The common ratio is {ratio}. Term n is {first} * {ratio}^(n - 1), "
        f"so term {n} is {first} * {ratio ** (n - 1)} = {first * ratio ** (n - 1)}.",
    )


def powers_of_one_base(draw: Random) -> Problem:
    letter, a, b, c = draw.choice("abxyzt"), draw.randint(3, 12), draw.randint(3, 12), draw.randint(1, 5)
    expression = f"{letter}^{a} * {letter}^{b} / {letter}^{c}"
    return Problem(
        (letter, a, b, c),
        (f"Simplify {expression}.", f"Write {expression} as one power."),
        f"Add the exponents of the product and subtract that of the quotient: "
        f"{a} + {b} - {c} = {a + b - c}. The result is {letter}^{a + b - c}.",
    )


def logarithm(draw: Random) -> Problem:
    base, power, c = draw.randint(2, 7), draw.randint(2, 4), draw.randint(1, 9)
    return Problem(
        (base, power, c),
        (f"Compute log_{base}({base**power}) + {c}.", f"What is log_{base}({base**power}) + {c}?"),
        f"Since {base}^{power} = {base**power}, the logarithm is {power}. Then {power} + {c} = {power + c}.",
    )


def inequality(draw: Random) -> Problem:
    a, bound, b = draw.choice([-6, -5, -4, -3, -2, 2, 3, 4, 5, 6]), not_zero(draw, 9), not_zero(draw, 15)
    c = a * bound + b
    turned = " The sign turns because we divide by a negative number." if a < 0 else ""
    return Problem(
        (a, b, c),
        (f"Solve {polynomial([a, b])} < {c}.", f"Which x satisfy {polynomial([a, b])} < {c}?"),
        f"Move the constant: {a}x < {c - b}. Divide by {a}: x {'>' if a < 0 else '<'} {bound}.{turned}",
    )


def line_through_points(draw: Random) -> Problem:
    m, n, x1 = not_zero(draw, 6), not_zero(draw, 9), draw.randint(-5, 4)
    x2 = x1 + draw.randint(1, 6)
    y1, y2 = m * x1 + n, m * x2 + n
    return Problem(
        (x1, y1, x2, y2),
        (
            f"Find the line through ({x1}, {y1}) and ({x2}, {y2}).",
            f"Which line passes through ({x1}, {y1}) and ({x2}, {y2})?",
        ),
        f"The slope is ({y2} - {y1}) / ({x2} - {x1}) = {m}. "
        f"With y = {monomial(m, 1)} + n and the first point, "
        f"n = {n}. The line is y = {polynomial([m, n])}.",
    )


def remainder_theorem(draw: Random) -> Problem:
    a, b, c, r = draw.randint(1, 5), not_zero(draw, 7), not_zero(draw, 9), not_zero(draw, 4)
    value = a * r * r + b * r + c
    return Problem(
        (a, b, c, r),
        (
            f"What is the remainder when {polynomial([a, b, c])} is divided by x {plus(-r)}?",
            f"Use the remainder theorem: {polynomial([a, b, c])} divided by x {plus(-r)}.",
        ),
        f"By the remainder theorem it is the value at x = {r}: "
        f"{a * r * r} {plus(b * r)} {plus(c)} = {value}.",
    )


def ages(draw: Random) -> Problem:
    older, younger = draw.sample(NAMES, 2)
    y, gap = draw.randint(3, 40), draw.randint(2, 30)
    return Problem(
        (older, younger, gap, y),
        (
            f"{older} is {gap} years older than {younger}. Together they are {2 * y + gap}. "
            f"How old is {younger}?",
            f"The ages of {older} and {younger} add to {2 * y + gap}, and {older} is {gap} years older. "
            f"Find the age of {younger}.",
        ),
        f"Let {younger} be x years old. Then x + (x + {gap}) = {2 * y + gap}, so 2x = {2 * y} and x = {y}. "
        f"{younger} is {y} and {older} is {y + gap}.",
    )


def absolute_value(draw: Random) -> Problem:
    a, b = not_zero(draw, 20), draw.randint(1, 20)
    return Problem(
        (a, b),
        (f"Solve |x {plus(-a)}| = {b}.", f"Find all x with |x {plus(-a)}| = {b}."),
        f"Either x {plus(-a)} = {b} or x {plus(-a)} = -{b}. So x = {a + b} or x = {a - b}.",
    )


def determinant(draw: Random) -> Problem:
    a, b, c, d = (draw.randint(-9, 9) for _ in range(4))
    return Problem(
        (a, b, c, d),
        (
            f"Find the determinant of [[{a}, {b}], [{c}, {d}]].",
            f"Is the matrix [[{a}, {b}], [{c}, {d}]] invertible? Use its determinant.",
        ),
        f"The determinant is ad - bc = {a} * {d} - {b} * {c} = {a * d} {plus(-b * c)} = {a * d - b * c}. "
        f"The matrix is {'invertible' if a * d != b * c else 'not invertible'}.",
    )


def composition(draw: Random) -> Problem:
    a, b, c, d = draw.randint(2, 7), not_zero(draw, 9), draw.randint(2, 7), not_zero(draw, 9)
    return Problem(
        (a, b, c, d),
        (
            f"Let f(x) = {polynomial([a, b])} and g(x) = {polynomial([c, d])}. Find f(g(x)).",
            f"Compute f(g(x)) for f(x) = {polynomial([a, b])}, g(x) = {polynomial([c, d])}.",
        ),
        f"Put g(x) into f: {a}({polynomial([c, d])}) {plus(b)} = {a * c}x {plus(a * d)} {plus(b)} = "
        f"{polynomial([a * c, a * d + b])}.",
    )


def inverse_function(draw: Random) -> Problem:
    a, b = draw.randint(2, 15), not_zero(draw, 20)
    return Problem(
        (a, b),
        (
            f"Find the inverse of f(x) = {polynomial([a, b])}.",
            f"What is the inverse function of {polynomial([a, b])}?",
        ),
        f"Write y = {polynomial([a, b])} and solve for x: {a}x = y {plus(-b)}, so x = (y {plus(-b)})/{a}. "
        f"The inverse is (x {plus(-b)})/{a}.",
    )


def sum_of_roots(draw: Random) -> Problem:
    a, b, c = draw.randint(1, 9), not_zero(draw, 12), not_zero(draw, 12)
    return Problem(
        (a, b, c),
        (
            f"What are the sum and product of the roots of {polynomial([a, b, c])} = 0?",
            f"Without solving {polynomial([a, b, c])} = 0, find the sum and the product of its roots.",
        ),
        f"By Vieta, the sum is -b/a = {fraction(-b, a)} and the product is c/a = {fraction(c, a)}.",
    )


FAMILIES: tuple[Family, ...] = (
    linear_equation,
    equation_on_both_sides,
    quadratic_by_factoring,
    discriminant,
    sum_and_difference,
    system_by_substitution,
    expand_product,
    expand_square,
    difference_of_squares,
    complete_the_square,
    evaluate_polynomial,
    arithmetic_sequence,
    geometric_sequence,
    powers_of_one_base,
    logarithm,
    inequality,
    line_through_points,
    remainder_theorem,
    ages,
    absolute_value,
    determinant,
    composition,
    inverse_function,
    sum_of_roots,
)
