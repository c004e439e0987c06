"""Discrete mathematics: counting, graphs, logic, recurrences, chance."""

from math import comb, factorial, perm
from random import Random

from ..notation import fraction, plus
from ..problem import Family, Problem

WORDS = (
    "LEVEL",
    "BANANA",
    "APPLE",
    "LETTER",
    "BALLOON",
    "COFFEE",
    "TREE",
    "PEPPER",
    "SUMMER",
    "GOOSE",
    "KAYAK",
    "EERIE",
    "RIVER",
    "SEVEN",
    "MAMMAL",
    "NOON",
    "COCOA",
    "PAPAYA",
    "ARENA",
    "TATTOO",
    "EMBER",
    "DADDY",
)
GROUPS = ("students", "players", "books", "cards", "people", "flowers", "coins", "songs")
SUBJECTS = ("chess", "tennis", "piano", "French", "Latin", "dance", "judo", "drawing")


def combinations(draw: Random) -> Problem:
    n, k, things = draw.randint(4, 14), draw.randint(2, 4), draw.choice(GROUPS)
    return Problem(
        (n, k, things),
        (
            f"In how many ways can {k} of {n} {things} be chosen?",
            f"How many groups of {k} can be formed from {n} {things}?",
        ),
        f"The order does not matter, so the number is C({n}, {k}) = {perm(n, k)}/{factorial(k)} = "
        f"{comb(n, k)}.",
    )


def arrangements(draw: Random) -> Problem:
    n, k, things = draw.randint(4, 12), draw.randint(2, 4), draw.choice(GROUPS)
    factors = " * ".join(str(n - i) for i in range(k))
    return Problem(
        (n, k, things),
        (
            f"In how many orders can {k} of {n} {things} be placed in a row?",
            f"How many ordered rows of {k} can be made from {n} different {things}?",
        ),
        f"The order matters. There are {n} choices for the first place and one less each time: "
        f"{factors} = {perm(n, k)}.",
    )


def words(draw: Random) -> Problem:
    word = draw.choice(WORDS)
    counts = {letter: word.count(letter) for letter in sorted(set(word))}
    below = " * ".join(f"{count}!" for count in counts.values() if count > 1)
    number = factorial(len(word))
    for count in counts.values():
        number //= factorial(count)
    return Problem(
        (word,),
        (f"How many ways are there to arrange the letters of {word}?", f"Count the anagrams of {word}."),
        f"There are {len(word)} letters with repeats. The number is {len(word)}!/({below}) = {number}.",
    )


def subsets(draw: Random) -> Problem:
    n, k = draw.randint(3, 14), draw.randint(1, 3)
    return Problem(
        (n, k),
        (
            f"How many subsets of a set with {n} elements have at least {k} elements?",
            f"A set has {n} elements. Count its subsets with {k} or more elements.",
        ),
        f"There are 2^{n} = {2**n} subsets in all. Those with fewer than {k} elements number "
        f"{sum(comb(n, i) for i in range(k))}, so {2**n - sum(comb(n, i) for i in range(k))} remain.",
    )


def handshakes(draw: Random) -> Problem:
    n, things = (
        draw.randint(5, 60),
        draw.choice(["guests shake hands", "teams play each other", "towns are joined"]),
    )
    return Problem(
        (n, things),
        (
            f"{n} {things}, each pair once. How many pairs are there?",
            f"If {n} {things} in pairs, how many pairs?",
        ),
        f"Each of {n} meets {n - 1} others, and each pair is counted twice: "
        f"{n} * {n - 1} / 2 = {comb(n, 2)}.",
    )


def inclusion_exclusion(draw: Random) -> Problem:
    first, second = sorted(draw.sample(SUBJECTS, 2))
    a, b = draw.randint(12, 40), draw.randint(12, 40)
    both = draw.randint(2, 11)
    return Problem(
        (first, second, a, b, both),
        (
            f"{a} pupils like {first}, {b} like {second}, {both} like both. How many like at least one?",
            f"In a class {a} do {first}, {b} do {second} and {both} do both. How many do one or the other?",
        ),
        f"By inclusion and exclusion: |A or B| = |A| + |B| - |A and B| = {a} + {b} - {both} = "
        f"{a + b - both}.",
    )


def pigeonhole(draw: Random) -> Problem:
    boxes, each = draw.randint(3, 30), draw.randint(2, 7)
    thing = draw.choice(["socks of colour", "balls in box", "letters in slot", "birthdays in month"])
    left, right = thing.split()[0], thing.split()[-1]
    return Problem(
        (boxes, each, thing),
        (
            f"There are {boxes} kinds of {right}. How many {left} force {each} of the same {right}?",
            f"How many {left} are needed so that {each} share one of {boxes} {right}s?",
        ),
        f"By the pigeonhole principle, {boxes} * {each - 1} = {boxes * (each - 1)} could still avoid it. "
        f"One more forces it: {boxes * (each - 1) + 1}.",
    )


def truth_value(draw: Random) -> Problem:
    p, q, r = (draw.random() < 0.5 for _ in range(3))
    name, value = draw.choice(
        [
            ("(p and q) or r", (p and q) or r),
            ("(p or q) and r", (p or q) and r),
            ("p implies (q and r)", (not p) or (q and r)),
            ("(p implies q) or r", (not p) or q or r),
            ("not p and (q or r)", (not p) and (q or r)),
            ("(p or not q) and not r", (p or not q) and not r),
            ("p iff (q or r)", p == (q or r)),
        ]
    )
    inner = {
        "(p and q) or r": f"p and q is {str(p and q).lower()}",
        "(p or q) and r": f"p or q is {str(p or q).lower()}",
        "p implies (q and r)": f"q and r is {str(q and r).lower()}",
        "(p implies q) or r": f"p implies q is {str((not p) or q).lower()}",
        "not p and (q or r)": f"q or r is {str(q or r).lower()}",
        "(p or not q) and not r": f"p or not q is {str(p or not q).lower()}",
        "p iff (q or r)": f"q or r is {str(q or r).lower()}",
    }[name]
    given = f"p {str(p).lower()}, q {str(q).lower()}, r {str(r).lower()}"
    return Problem(
        (name, int(p), int(q), int(r)),
        (f"With {given}: is {name} true?", f"Find the truth value of {name} for {given}."),
        f"First, {inner}. With this the whole statement {name} is {str(value).lower()}.",
    )


def degree_sum(draw: Random) -> Problem:
    n, d = draw.randint(4, 40), draw.randint(2, 9)
    possible = n > d and n * d % 2 == 0
    reason = (
        f"The degrees add to {n} * {d} = {n * d}, twice the number of edges, so there are {n * d // 2} edges."
        if possible
        else f"No such graph exists: the degree sum {n} * {d} = {n * d} is odd."
        if n > d
        else f"No such graph exists: a vertex has at most {n - 1} neighbours."
    )
    return Problem(
        (n, d),
        (
            f"A graph has {n} vertices, each of degree {d}. How many edges does it have?",
            f"How many edges has a {d}-regular graph on {n} vertices?",
        ),
        reason,
    )


def recurrence(draw: Random) -> Problem:
    a0, p, q = draw.randint(0, 6), draw.randint(2, 4), draw.choice([-3, -2, -1, 1, 2, 3, 4, 5])
    terms = [a0]
    for _ in range(3):
        terms.append(p * terms[-1] + q)
    steps = ", ".join(f"a({i}) = {p} * {terms[i - 1]} {plus(q)} = {terms[i]}" for i in (1, 2, 3))
    return Problem(
        (a0, p, q),
        (
            f"Let a(0) = {a0} and a(n) = {p} a(n-1) {plus(q)}. Find a(3).",
            f"Compute a(3) of the recurrence a(n) = {p} a(n-1) {plus(q)} with a(0) = {a0}.",
        ),
        f"Step by step: {steps}.",
    )


def set_operations(draw: Random) -> Problem:
    a, b = (frozenset(draw.sample(range(1, 13), draw.randint(3, 5))) for _ in range(2))
    shown_a, shown_b = ("{" + ", ".join(map(str, sorted(s))) + "}" for s in (a, b))
    name, result, meaning = draw.choice(
        [
            ("union", a | b, "in A or in B"),
            ("intersection", a & b, "in both A and B"),
            ("difference A minus B", a - b, "in A but not in B"),
        ]
    )
    return Problem(
        (name, shown_a, shown_b),
        (
            f"Let A = {shown_a} and B = {shown_b}. Find the {name}.",
            f"What is the {name} for A = {shown_a}, B = {shown_b}?",
        ),
        f"We collect the elements that are {meaning}: {{{', '.join(map(str, sorted(result)))}}}. "
        f"It has {len(result)} elements.",
    )


def graph_edges(draw: Random) -> Problem:
    kind = draw.choice(["complete", "bipartite", "tree", "cycle"])
    n, m = draw.randint(4, 40), draw.randint(3, 20)
    question, rule, count = {
        "complete": (f"the complete graph on {n} vertices", f"n(n - 1)/2 = {n} * {n - 1} / 2", comb(n, 2)),
        "bipartite": (f"the complete bipartite graph K({n}, {m})", f"m * n = {n} * {m}", n * m),
        "tree": (f"a tree with {n} vertices", f"n - 1 = {n} - 1", n - 1),
        "cycle": (f"a cycle with {n} vertices", f"n = {n}", n),
    }[kind]
    return Problem(
        (kind, n, m if kind == "bipartite" else 0),
        (f"How many edges does {question} have?", f"Count the edges of {question}."),
        f"For {question} the number of edges is {rule}. The answer is {count}.",
    )


def two_dice(draw: Random) -> Problem:
    sides, total = draw.choice([4, 6, 8, 10, 12]), draw.randint(3, 22)
    total = min(total, 2 * sides - 1)
    ways = sum(1 for i in range(1, sides + 1) if 1 <= total - i <= sides)
    return Problem(
        (sides, total),
        (
            f"Two dice with {sides} sides are thrown. What is the probability of the sum {total}?",
            f"How likely is the sum {total} with two {sides}-sided dice?",
        ),
        f"There are {sides} * {sides} = {sides * sides} outcomes, and {ways} of them have sum {total}. "
        f"The probability is {fraction(ways, sides * sides)}.",
    )


def binary_tree(draw: Random) -> Problem:
    h, branches = draw.randint(2, 9), draw.randint(2, 4)
    total = (branches ** (h + 1) - 1) // (branches - 1)
    return Problem(
        (h, branches),
        (
            f"How many nodes has a full tree of height {h} with {branches} children at each inner node?",
            f"A full {branches}-ary tree has height {h}. Count its leaves and nodes.",
        ),
        f"Level i has {branches}^i nodes, so there are {branches}^{h} = {branches**h} leaves. "
        f"All levels together have {total} nodes.",
    )


def stars_and_bars(draw: Random) -> Problem:
    n, k = draw.randint(3, 15), draw.randint(2, 5)
    thing = draw.choice(["sweets", "apples", "balls", "euros"])
    return Problem(
        (n, k, thing),
        (
            f"In how many ways can {n} equal {thing} be shared among {k} children?",
            f"Count the ways to give {n} identical {thing} to {k} people.",
        ),
        f"Use stars and bars: {n} stars and {k - 1} bars, so C({n + k - 1}, {k - 1}) = "
        f"{comb(n + k - 1, k - 1)}.",
    )


def lattice_paths(draw: Random) -> Problem:
    a, b = draw.randint(2, 9), draw.randint(2, 9)
    return Problem(
        (max(a, b), min(a, b)),
        (
            f"How many lattice paths go from (0, 0) to ({a}, {b}) with steps right and up?",
            f"Count the shortest ways from (0, 0) to ({a}, {b}) on a grid.",
        ),
        f"A path has {a + b} steps, and we choose which {a} go right: C({a + b}, {a}) = {comb(a + b, a)}.",
    )


def functions(draw: Random) -> Problem:
    a, b = draw.randint(2, 7), draw.randint(2, 9)
    if draw.random() < 0.5:
        answer = f"there are {perm(b, a)} such maps" if b >= a else "there are none, as B is too small"
        return Problem(
            ("injective", a, b),
            (f"How many injective maps go from {a} elements to {b} elements?",),
            f"The images must differ. We choose them in order from {b}: {answer}.",
        )
    return Problem(
        ("all", a, b),
        (f"How many maps go from a set of {a} to a set of {b} elements?",),
        f"Each of {a} elements has {b} possible images, so there are {b}^{a} = {b**a} maps.",
    )


def passwords(draw: Random) -> Problem:
    letters, digits = draw.randint(1, 3), draw.randint(1, 4)
    alphabet = draw.randint(3, 12)
    return Problem(
        (letters, digits, alphabet),
        (
            f"A code has {letters} letters from {alphabet} and then {digits} digits. "
            "How many codes are there?",
            f"Count the codes with {letters} letters (out of {alphabet}) followed by {digits} digits.",
        ),
        f"Multiply the choices: {alphabet}^{letters} = {alphabet**letters} for the letters and "
        f"10^{digits} for the "
        f"digits, so {alphabet**letters * 10**digits} codes.",
    )


def planar_faces(draw: Random) -> Problem:
    v = draw.randint(5, 40)
    e = draw.randint(v, 3 * v - 6)
    return Problem(
        (v, e),
        (
            f"A connected planar graph has {v} vertices and {e} edges. How many faces?",
            f"Use Euler's formula for {v} vertices and {e} edges.",
        ),
        f"By Euler's formula v - e + f = 2, so f = 2 - {v} + {e} = {2 - v + e} faces.",
    )


def hamming_distance(draw: Random) -> Problem:
    a, b = ("".join(draw.choice("01") for _ in range(7)) for _ in range(2))
    places = [str(i + 1) for i in range(7) if a[i] != b[i]]
    where = f"at places {', '.join(places)}" if places else "nowhere"
    return Problem(
        (min(a, b), max(a, b)),
        (f"Find the Hamming distance of {a} and {b}.", f"In how many places do {a} and {b} differ?"),
        f"Compare bit by bit: they differ {where}. The distance is {len(places)}.",
    )


FAMILIES: tuple[Family, ...] = (
    combinations,
    arrangements,
    words,
    subsets,
    handshakes,
    inclusion_exclusion,
    pigeonhole,
    truth_value,
    degree_sum,
    recurrence,
    set_operations,
    graph_edges,
    two_dice,
    binary_tree,
    stars_and_bars,
    lattice_paths,
    functions,
    passwords,
    planar_faces,
    hamming_distance,
)
