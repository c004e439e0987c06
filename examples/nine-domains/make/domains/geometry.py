"""Geometry: plane figures, solids, coordinates."""

from random import Random

from ..notation import decimal, fraction, plus
from ..problem import Family, Problem

TRIPLES = ((3, 4, 5), (5, 12, 13), (8, 15, 17), (7, 24, 25), (20, 21, 29), (9, 40, 41), (12, 35, 37))
UNITS = ("cm", "m", "mm", "km")
SHAPES = (
    (3, "triangle"),
    (4, "quadrilateral"),
    (5, "pentagon"),
    (6, "hexagon"),
    (7, "heptagon"),
    (8, "octagon"),
    (9, "nonagon"),
    (10, "decagon"),
    (12, "dodecagon"),
    (15, "polygon with 15 sides"),
    (18, "polygon with 18 sides"),
    (20, "polygon with 20 sides"),
)


def triangle_area(draw: Random) -> Problem:
    base, height, unit = draw.randint(3, 40), draw.randint(3, 40), draw.choice(UNITS)
    return Problem(
        (base, height, unit),
        (
            f"A triangle has base {base} {unit} and height {height} {unit}. Find its area.",
            f"What is the area of a triangle with base {base} {unit} and height {height} {unit}?",
        ),
        "The area is half of base times height: "
        f"{base} * {height} / 2 = {decimal(base * height / 2)} {unit}^2.",
    )


def hypotenuse(draw: Random) -> Problem:
    (a, b, c), n = draw.choice(TRIPLES), draw.randint(1, 12)
    a, b, c = a * n, b * n, c * n
    return Problem(
        (a, b),
        (
            f"The legs of a right triangle are {a} and {b}. How long is the hypotenuse?",
            f"Find the hypotenuse of a right triangle with legs {a} and {b}.",
        ),
        f"By the theorem of Pythagoras c^2 = {a}^2 + {b}^2 = {a * a} + {b * b} = {c * c}, so c = {c}.",
    )


def missing_leg(draw: Random) -> Problem:
    (a, b, c), n = draw.choice(TRIPLES), draw.randint(1, 12)
    a, b, c = (a * n, b * n, c * n) if draw.random() < 0.5 else (b * n, a * n, c * n)
    return Problem(
        (a, c),
        (
            f"A right triangle has hypotenuse {c} and one leg {a}. Find the other leg.",
            f"A ladder of length {c} stands with its foot {a} from a wall. How high does it reach?",
        ),
        f"By Pythagoras b^2 = {c}^2 - {a}^2 = {c * c} - {a * a} = {b * b}, so b = {b}.",
    )


def circle(draw: Random) -> Problem:
    r, unit = draw.randint(2, 60), draw.choice(UNITS)
    return Problem(
        (r, unit),
        (
            f"Find the area and circumference of a circle with radius {r} {unit}.",
            f"A circle has radius {r} {unit}. What are its circumference and its area?",
        ),
        f"The circumference is 2 pi r = {2 * r} pi {unit}, and the area is pi r^2 = {r * r} pi {unit}^2.",
    )


def rectangle(draw: Random) -> Problem:
    a, b, unit = draw.randint(3, 50), draw.randint(2, 40), draw.choice(UNITS)
    return Problem(
        (max(a, b), min(a, b), unit),
        (
            f"A rectangle is {a} {unit} long and {b} {unit} wide. Find its perimeter and area.",
            f"Find the area and the perimeter of a rectangle with sides {a} {unit} and {b} {unit}.",
        ),
        f"The perimeter is 2 * ({a} + {b}) = {2 * (a + b)} {unit}. The area is {a} * {b} = {a * b} {unit}^2.",
    )


def distance(draw: Random) -> Problem:
    (a, b, c), x, y = draw.choice(TRIPLES), draw.randint(-9, 9), draw.randint(-9, 9)
    return Problem(
        (x, y, x + a, y + b),
        (
            f"Find the distance between ({x}, {y}) and ({x + a}, {y + b}).",
            f"How far is ({x}, {y}) from ({x + a}, {y + b})?",
        ),
        f"The differences are {a} and {b}. The distance is sqrt({a * a} + {b * b}) = sqrt({c * c}) = {c}.",
    )


def midpoint(draw: Random) -> Problem:
    x1, y1, x2, y2 = (draw.randint(-15, 15) for _ in range(4))
    return Problem(
        (*min((x1, y1), (x2, y2)), *max((x1, y1), (x2, y2))),
        (
            f"Find the midpoint of ({x1}, {y1}) and ({x2}, {y2}).",
            f"Which point lies halfway between ({x1}, {y1}) and ({x2}, {y2})?",
        ),
        f"Take the mean of the coordinates: x = ({x1} {plus(x2)})/2 = {fraction(x1 + x2, 2)} and "
        f"y = ({y1} {plus(y2)})/2 = {fraction(y1 + y2, 2)}.",
    )


def third_angle(draw: Random) -> Problem:
    a, b = draw.randint(20, 90), draw.randint(15, 85)
    c = 180 - a - b
    kind = "obtuse" if max(a, b, c) > 90 else "right" if max(a, b, c) == 90 else "acute"
    return Problem(
        (max(a, b), min(a, b)),
        (
            f"Two angles of a triangle are {a} and {b} degrees. Find the third.",
            f"A triangle has angles of {a} and {b} degrees. What is its last angle?",
        ),
        f"The angles of a triangle add to 180 degrees: 180 - {a} - {b} = {c} degrees. "
        f"The triangle is {kind}.",
    )


def polygon_angles(draw: Random) -> Problem:
    n, name = draw.choice(SHAPES)
    asked = draw.choice(["sum", "each", "exterior", "diagonals"])
    total = 180 * (n - 2)
    question, solution = {
        "sum": (
            f"What is the sum of the interior angles of a {name}?",
            f"The sum is 180 * (n - 2) = 180 * {n - 2} = {total} degrees.",
        ),
        "each": (
            f"How large is each interior angle of a regular {name}?",
            f"The sum is 180 * {n - 2} = {total} degrees. Each of {n} angles is {total}/{n} = "
            f"{fraction(total, n)} degrees.",
        ),
        "exterior": (
            f"How large is each exterior angle of a regular {name}?",
            f"The exterior angles add to 360 degrees, so each is 360/{n} = {fraction(360, n)} degrees.",
        ),
        "diagonals": (
            f"How many diagonals does a {name} have?",
            f"There are n(n - 3)/2 = {n} * {n - 3} / 2 = {n * (n - 3) // 2} diagonals.",
        ),
    }[asked]
    return Problem((n, asked), (question,), solution)


def trapezoid(draw: Random) -> Problem:
    a, b, h = draw.randint(5, 30), draw.randint(3, 20), draw.randint(2, 16)
    return Problem(
        (max(a, b), min(a, b), h),
        (
            f"A trapezoid has parallel sides {a} and {b} and height {h}. Find its area.",
            f"What is the area of a trapezoid with parallel sides {a}, {b} and height {h}?",
        ),
        f"The mean of the parallel sides is ({a} + {b})/2 = {fraction(a + b, 2)}. "
        f"Times the height: {fraction(a + b, 2)} * {h} = {fraction((a + b) * h, 2)}.",
    )


def round_solid(draw: Random) -> Problem:
    solid, r, h = draw.choice(["cylinder", "cone"]), draw.randint(2, 15), draw.randint(3, 30)
    third, below = ("", 1) if solid == "cylinder" else ("/3", 3)
    return Problem(
        (solid, r, h),
        (
            f"Find the volume of a {solid} with radius {r} and height {h}.",
            f"A {solid} has radius {r} and height {h}. What is its volume?",
        ),
        f"The volume is pi r^2 h{third} = pi * {r * r} * {h}{third} = {fraction(r * r * h, below)} pi.",
    )


def sphere(draw: Random) -> Problem:
    r, unit = draw.randint(2, 40), draw.choice(UNITS)
    return Problem(
        (r, unit),
        (
            f"Find the surface and the volume of a sphere of radius {r} {unit}.",
            f"A ball has radius {r} {unit}. How large are its surface and volume?",
        ),
        f"The surface is 4 pi r^2 = {4 * r * r} pi {unit}^2. "
        f"The volume is 4/3 pi r^3 = {fraction(4 * r**3, 3)} pi {unit}^3.",
    )


def box(draw: Random) -> Problem:
    a, b, c = sorted((draw.randint(2, 20) for _ in range(3)), reverse=True)
    return Problem(
        (a, b, c),
        (
            f"A box measures {a} by {b} by {c}. Find its volume and surface.",
            f"What are the surface and the volume of a box with edges {a}, {b} and {c}?",
        ),
        f"The volume is {a} * {b} * {c} = {a * b * c}. The surface is "
        f"2 * ({a * b} + {a * c} + {b * c}) = {2 * (a * b + a * c + b * c)}.",
    )


def similar_triangles(draw: Random) -> Problem:
    n, a, b = draw.randint(2, 9), draw.randint(2, 20), draw.randint(2, 20)
    return Problem(
        (n, a, b),
        (
            f"Two triangles are similar. Sides {a} and {a * n} match. Which side matches {b}?",
            f"A tree casts a shadow of {a * n} m while a pole of {b} m casts {a} m. How tall is the tree?",
        ),
        f"The scale factor is {a * n}/{a} = {n}. So the length we look for is {n} * {b} = {n * b}.",
    )


def sector(draw: Random) -> Problem:
    angle, r = draw.choice([30, 36, 40, 45, 60, 72, 90, 120, 135, 150, 240, 270]), draw.randint(2, 30)
    return Problem(
        (angle, r),
        (
            f"A sector has angle {angle} degrees and radius {r}. Find its arc and area.",
            f"Find the arc length and area of a circle sector of {angle} degrees with radius {r}.",
        ),
        f"It is {fraction(angle, 360)} of the circle. "
        f"The arc is {fraction(2 * r * angle, 360)} pi and the area is "
        f"{fraction(r * r * angle, 360)} pi.",
    )


def shoelace(draw: Random) -> Problem:
    x1, y1, x2, y2 = (draw.randint(-6, 9) for _ in range(4))
    double = abs(x1 * y2 - x2 * y1)
    return Problem(
        (*min((x1, y1), (x2, y2)), *max((x1, y1), (x2, y2))),
        (
            f"Find the area of the triangle (0, 0), ({x1}, {y1}), ({x2}, {y2}).",
            f"A triangle has corners (0, 0), ({x1}, {y1}) and ({x2}, {y2}). What is its area?",
        ),
        f"Use the shoelace formula: |{x1} * {y2} - {x2} * {y1}| / 2 = {double}/2 = {fraction(double, 2)}.",
    )


def circle_equation(draw: Random) -> Problem:
    a, b, r = draw.randint(1, 12), draw.randint(1, 12), draw.randint(2, 15)
    a, b = draw.choice([a, -a]), draw.choice([b, -b])
    return Problem(
        (a, b, r),
        (
            f"Find centre and radius of (x {plus(-a)})^2 + (y {plus(-b)})^2 = {r * r}.",
            f"Which circle is (x {plus(-a)})^2 + (y {plus(-b)})^2 = {r * r}?",
        ),
        f"Compare with (x - a)^2 + (y - b)^2 = r^2: the centre is ({a}, {b}) and r^2 = {r * r}, so r = {r}.",
    )


def diagonals_of_rhombus(draw: Random) -> Problem:
    figure, d, e = draw.choice(["rhombus", "kite"]), draw.randint(4, 40), draw.randint(4, 40)
    return Problem(
        (figure, max(d, e), min(d, e)),
        (
            f"A {figure} has diagonals {d} and {e}. Find its area.",
            f"What is the area of a {figure} whose diagonals are {d} and {e}?",
        ),
        f"The diagonals of a {figure} are perpendicular, so the area is half their product: "
        f"{d} * {e} / 2 = {fraction(d * e, 2)}.",
    )


def perpendicular_vectors(draw: Random) -> Problem:
    a, b, c, d = (draw.randint(-9, 9) for _ in range(4))
    if draw.random() < 0.4:
        c, d = -b, a
    dot = a * c + b * d
    return Problem(
        (*min((a, b), (c, d)), *max((a, b), (c, d))),
        (
            f"Are the vectors ({a}, {b}) and ({c}, {d}) perpendicular?",
            f"Find the dot product of ({a}, {b}) and ({c}, {d}).",
        ),
        f"The dot product is {a} * {c} + {b} * {d} = {dot}. "
        f"It is {'' if dot == 0 else 'not '}zero, so the vectors are "
        f"{'' if dot == 0 else 'not '}perpendicular.",
    )


def inscribed_angle(draw: Random) -> Problem:
    angle = draw.randint(10, 89)
    asked = draw.choice(["central", "inscribed"])
    known, rule = {
        "central": (angle, f"twice the inscribed angle: 2 * {angle} = {2 * angle}"),
        "inscribed": (2 * angle, f"half the central angle: {2 * angle}/2 = {angle}"),
    }[asked]
    other = "inscribed" if asked == "central" else "central"
    return Problem(
        (asked, known),
        (
            f"An {other} angle over an arc is {known} degrees. Find the {asked} angle.",
            f"Over the same arc the {other} angle is {known} degrees. What is the {asked} angle?",
        ),
        f"Over the same arc the {asked} angle is {rule} degrees.",
    )


def moved_point(draw: Random) -> Problem:
    x, y = draw.randint(-15, 15), draw.randint(-15, 15)
    move, rule, image = draw.choice(
        [
            ("reflected in the x axis", "changes the sign of y", (x, -y)),
            ("reflected in the y axis", "changes the sign of x", (-x, y)),
            ("rotated by 90 degrees about the origin", "takes (x, y) to (-y, x)", (-y, x)),
            ("rotated by 180 degrees about the origin", "changes both signs", (-x, -y)),
            ("reflected in the line y = x", "swaps the coordinates", (y, x)),
        ]
    )
    return Problem(
        (move, x, y),
        (
            f"The point ({x}, {y}) is {move}. Where does it go?",
            f"Find the image of ({x}, {y}) when it is {move}.",
        ),
        f"A point that is {move} follows one rule: the move {rule}. The image is ({image[0]}, {image[1]}).",
    )


def pyramid(draw: Random) -> Problem:
    a, h = draw.randint(2, 30), draw.randint(3, 30)
    return Problem(
        (a, h),
        (
            f"A pyramid has a square base of side {a} and height {h}. Find its volume.",
            f"What is the volume of a square pyramid with side {a} and height {h}?",
        ),
        f"The base area is {a}^2 = {a * a}. The volume is a third of base times height: "
        f"{a * a} * {h} / 3 = {fraction(a * a * h, 3)}.",
    )


def scaled_figure(draw: Random) -> Problem:
    n, area = draw.randint(2, 12), draw.randint(3, 60)
    return Problem(
        (n, area),
        (
            f"A figure of area {area} is enlarged by the factor {n}. What is the new area?",
            f"All lengths of a figure with area {area} are multiplied by {n}. Find its area now.",
        ),
        f"Areas grow with the square of the factor: {n}^2 = {n * n}. The new area is {n * n} * {area} = "
        f"{n * n * area}.",
    )


FAMILIES: tuple[Family, ...] = (
    triangle_area,
    hypotenuse,
    missing_leg,
    circle,
    rectangle,
    distance,
    midpoint,
    third_angle,
    polygon_angles,
    trapezoid,
    round_solid,
    sphere,
    box,
    similar_triangles,
    sector,
    shoelace,
    circle_equation,
    diagonals_of_rhombus,
    perpendicular_vectors,
    inscribed_angle,
    moved_point,
    pyramid,
    scaled_figure,
)
