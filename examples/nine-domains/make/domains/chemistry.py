"""Chemistry: elements, amounts, solutions, reactions."""

from math import gcd
from random import Random

from ..notation import article, decimal
from ..problem import Family, Problem
from .chemistry_facts import (
    ACIDS,
    ACTIVITY,
    ALKANES,
    ANIONS,
    BASES,
    BY_SYMBOL,
    CATIONS,
    COMPOUNDS,
    ELEMENTS,
    MIXTURES,
    STATES,
)


def molar_mass(atoms: tuple[tuple[str, int], ...]) -> int:
    return sum(BY_SYMBOL[symbol].mass * count for symbol, count in atoms)


def about_element(draw: Random) -> Problem:
    e, asked = draw.choice(ELEMENTS), draw.choice(["symbol", "number", "kind"])
    question = {
        "symbol": f"What is the symbol of {e.name}?",
        "number": f"What is the atomic number of {e.name}?",
        "kind": f"What kind of element is {e.name}?",
    }[asked]
    return Problem(
        (e.name, asked),
        (question,),
        f"The element {e.name} has the symbol {e.symbol} and the atomic number {e.number}. "
        f"It is {article(e.kind)} {e.kind}.",
    )


def two_elements(draw: Random) -> Problem:
    a, b = sorted(draw.sample(ELEMENTS, 2))
    same = (
        f"Both are of the kind {a.kind}."
        if a.kind == b.kind
        else f"The first is {article(a.kind)} {a.kind}, the second {article(b.kind)} {b.kind}."
    )
    return Problem(
        (a.name, b.name),
        (f"Compare the elements {a.name} and {b.name}.", f"How do {a.name} and {b.name} differ?"),
        f"An atom of {a.name} ({a.symbol}) has {a.number} protons and one of {b.name} ({b.symbol}) has "
        f"{b.number}. " + same,
    )


def isotope(draw: Random) -> Problem:
    e, extra = draw.choice(ELEMENTS[2:]), draw.randint(-1, 3)
    mass = e.mass + extra
    return Problem(
        (e.name, mass),
        (
            f"How many protons, neutrons and electrons has an atom of {e.name}-{mass}?",
            f"Describe the atom {e.symbol}-{mass}.",
        ),
        f"The atomic number of {e.name} is {e.number}, so it has {e.number} protons and {e.number} "
        "electrons. "
        f"Neutrons: {mass} - {e.number} = {mass - e.number}.",
    )


def mass_of_moles(draw: Random) -> Problem:
    (name, formula, atoms), n = draw.choice(COMPOUNDS), draw.randint(2, 20)
    m = molar_mass(atoms)
    return Problem(
        (formula, n),
        (f"What is the mass of {n} mol of {name}?", f"Find the mass of {n} mol {formula}."),
        f"The molar mass of {formula} is {m} g/mol. Times {n} mol this is {m} * {n} = {m * n} g.",
    )


def moles_of_mass(draw: Random) -> Problem:
    (name, formula, atoms), half = draw.choice(COMPOUNDS), draw.randint(1, 20)
    m = molar_mass(atoms)
    grams = decimal(m * half / 2)
    return Problem(
        (formula, half),
        (
            f"How many moles are {grams} g of {name}?",
            f"Find the amount of substance in {grams} g of {formula}.",
        ),
        f"The molar mass of {formula} is {m} g/mol. So n = {grams}/{m} = {decimal(half / 2)} mol.",
    )


def composition(draw: Random) -> Problem:
    name, formula, atoms = draw.choice(COMPOUNDS)
    symbol, count = draw.choice(atoms)
    part, whole = BY_SYMBOL[symbol].mass * count, molar_mass(atoms)
    return Problem(
        (formula, symbol),
        (
            f"What percentage of {name} is {BY_SYMBOL[symbol].name} by mass?",
            f"Find the mass fraction of {symbol} in {formula}.",
        ),
        f"The molar mass of {formula} is {whole}, of which {symbol} makes {count} * "
        f"{BY_SYMBOL[symbol].mass} = {part}. "
        f"That is {part}/{whole} = {decimal(100 * part / whole, 1)}%.",
    )


def molarity(draw: Random) -> Problem:
    (name, formula, _), c, v = draw.choice(COMPOUNDS), draw.randint(1, 12), draw.choice([2, 4, 5, 10])
    return Problem(
        (formula, c, v),
        (
            f"{decimal(c * v / 10)} mol of {name} are dissolved in {decimal(v / 10)} l. "
            "Find the concentration.",
            f"What is the concentration of {decimal(c * v / 10)} mol {formula} in {decimal(v / 10)} l?",
        ),
        "Concentration is amount over volume: "
        f"c = n/V = {decimal(c * v / 10)}/{decimal(v / 10)} = {c} mol/l.",
    )


def dilution(draw: Random) -> Problem:
    c, factor, v = draw.randint(1, 12), draw.randint(2, 10), draw.randint(1, 30) * 10
    acid = draw.choice(ACIDS)[0]
    return Problem(
        (c, factor, v, acid),
        (
            f"{v} ml of {c * factor} mol/l {acid} are diluted to {v * factor} ml. Find the concentration.",
            f"How strong is {acid} of {c * factor} mol/l when {v} ml become {v * factor} ml?",
        ),
        f"The amount stays the same: c1 V1 = c2 V2. So c2 = {c * factor} * {v} / {v * factor} = {c} mol/l.",
    )


def burn_alkane(draw: Random) -> Problem:
    n, moles = draw.randint(1, 10), draw.randint(1, 9)
    name = ALKANES[n - 1] + "ane"
    h = 2 * n + 2
    formula = f"C{n if n > 1 else ''}H{h}"
    oxygen = 3 * n + 1
    left = f"2 {formula} + {oxygen} O2" if oxygen % 2 else f"{formula} + {oxygen // 2} O2"
    right = f"{2 * n} CO2 + {h} H2O" if oxygen % 2 else f"{n if n > 1 else ''} CO2 + {n + 1} H2O".strip()
    return Problem(
        (n, moles),
        (
            f"How much oxygen burns {moles} mol of {name}? Balance the equation.",
            f"Write the combustion of {name} ({moles} mol) with its oxygen.",
        ),
        f"{left} -> {right}. Each mole needs {decimal(oxygen / 2)} mol of O2, so {moles} mol need "
        f"{decimal(moles * oxygen / 2)} mol.",
    )


def hydrocarbon(draw: Random) -> Problem:
    n, kind = draw.randint(2, 10), draw.choice(["ane", "ene", "yne"])
    h = {"ane": 2 * n + 2, "ene": 2 * n, "yne": 2 * n - 2}[kind]
    bond = {"ane": "single bonds only", "ene": "one double bond", "yne": "one triple bond"}[kind]
    name = ALKANES[n - 1] + kind
    return Problem(
        (name,),
        (f"What is the formula of {name}?", f"How many hydrogen atoms does {name} have?"),
        f"The name tells us that {name} has {n} carbon atoms and {bond}. So it has {h} hydrogen atoms: "
        f"C{n}H{h}.",
    )


def ionic_formula(draw: Random) -> Problem:
    (metal, m, p), (anion, a, q) = draw.choice(CATIONS), draw.choice(ANIONS)
    d = gcd(p, q)
    x, y = q // d, p // d
    formula = f"{m}{x if x > 1 else ''}{a}{y if y > 1 else ''}"
    return Problem(
        (metal, anion),
        (f"What is the formula of {metal} {anion}?", f"Write the formula of {metal} {anion} from its ions."),
        f"The {metal} ion has charge {p}+ and the {anion} ion {q}-. "
        f"The charges cancel with {x} {m} for {y} {a}: "
        f"{formula}.",
    )


def neutralisation(draw: Random) -> Problem:
    (acid, salt), base = draw.choice(ACIDS), draw.choice(BASES)
    metal = base.split()[0]
    return Problem(
        (acid, base),
        (
            f"What forms when {acid} reacts with {base}?",
            f"Name the products of {acid} and {base}.",
            f"Which salt do {base} and {acid} give?",
        ),
        f"An acid and a base give a salt and water. Here {acid} and {base} give {metal} {salt} and water.",
    )


def displacement(draw: Random) -> Problem:
    first, second = draw.sample(range(len(ACTIVITY)), 2)
    a, b = ACTIVITY[first], ACTIVITY[second]
    does = first < second
    return Problem(
        (min(a, b), max(a, b)),
        (f"Does {a} displace {b} from its salt?", f"What happens when {a} is put into a {b} salt solution?"),
        f"In the activity series {a} stands {'above' if does else 'below'} {b}. So {a} is "
        + (f"more reactive and displaces {b}." if does else f"less reactive and cannot displace {b}."),
    )


def acidity(draw: Random) -> Problem:
    tenths = draw.randint(0, 140)
    ph = decimal(tenths / 10, 1)
    thing = draw.choice(["solution", "sample", "liquid", "cleaner", "drink"])
    kind = "acidic" if tenths < 70 else "neutral" if tenths == 70 else "basic"
    sign = "less than" if tenths < 70 else "equal to" if tenths == 70 else "more than"
    return Problem(
        (tenths, thing),
        (f"A {thing} has pH {ph}. Is it acidic or basic?", f"What does a pH of {ph} say about a {thing}?"),
        f"The pH {ph} is {sign} 7, so the {thing} is {kind}. "
        f"Its pOH is 14 - {ph} = {decimal(14 - tenths / 10, 1)}.",
    )


def proton_concentration(draw: Random) -> Problem:
    p, volume = draw.randint(1, 13), draw.randint(2, 40) * 10
    return Problem(
        (p, volume),
        (
            f"{volume} ml of a solution contain H+ at 10^-{p} mol/l. What is the pH?",
            f"Find the pH of {volume} ml with an H+ concentration of 10^-{p} mol/l.",
        ),
        f"The pH is minus the logarithm of the H+ concentration, whatever the volume: pH = {p}. "
        f"The OH- concentration is 10^-{14 - p} mol/l.",
    )


def state_of_matter(draw: Random) -> Problem:
    (name, melts, boils), t = draw.choice(STATES), draw.randint(-12, 24) * 20
    state, why = (
        ("solid", f"below its melting point of {melts}")
        if t < melts
        else ("gas", f"above its boiling point of {boils}")
        if t > boils
        else ("liquid", f"between its melting point {melts} and its boiling point {boils}")
    )
    return Problem(
        (name, t),
        (
            f"In which state is {name} at {t} degrees Celsius?",
            f"Is {name} solid, liquid or gas at {t} degrees Celsius?",
        ),
        f"{t} degrees is {why} degrees. So {name} is a {state}.",
    )


def separation(draw: Random) -> Problem:
    (mixture, way, why), grams = draw.choice(MIXTURES), draw.randint(1, 40) * 5
    return Problem(
        (mixture, grams),
        (f"How can {grams} g of a mixture of {mixture} be separated?", f"Separate {grams} g of {mixture}."),
        f"Use {way}, because {why}. The two parts together still weigh {grams} g.",
    )


def gas_volume(draw: Random) -> Problem:
    n, name = (
        draw.randint(2, 60),
        draw.choice(["oxygen", "nitrogen", "helium", "methane", "hydrogen", "argon"]),
    )
    return Problem(
        (n, name),
        (
            f"What volume do {decimal(n / 4)} mol of {name} fill at 0 degrees Celsius and 1 bar?",
            f"Find the volume of {decimal(n / 4)} mol {name} gas at standard conditions.",
        ),
        f"One mole of any gas fills about 22.4 l. So {decimal(n / 4)} mol of {name} fill "
        f"{decimal(n / 4)} * 22.4 = {decimal(n * 5.6, 1)} l.",
    )


def percent_yield(draw: Random) -> Problem:
    whole, percent = draw.randint(2, 40) * 20, draw.randint(6, 19) * 5
    name = draw.choice(COMPOUNDS)[0]
    return Problem(
        (whole, percent, name),
        (
            f"A reaction could give {whole} g of {name} but gives {whole * percent // 100} g. "
            "Find the yield.",
            f"{whole * percent // 100} g of {name} form instead of {whole} g. What is the percent yield?",
        ),
        f"The yield is the real mass over the possible mass: {whole * percent // 100}/{whole} = {percent}%.",
    )


def limiting_reagent(draw: Random) -> Problem:
    hydrogen, oxygen = draw.randint(1, 20), draw.randint(1, 12)
    short = "hydrogen" if hydrogen < 2 * oxygen else "oxygen" if hydrogen > 2 * oxygen else "neither"
    water = min(hydrogen, 2 * oxygen)
    return Problem(
        (hydrogen, oxygen),
        (
            f"{hydrogen} mol of H2 react with {oxygen} mol of O2. How much water forms?",
            f"Which gas runs out when {hydrogen} mol H2 burn in {oxygen} mol O2?",
        ),
        f"2 H2 + O2 -> 2 H2O. {oxygen} mol O2 need {2 * oxygen} mol H2, and there are {hydrogen}. "
        f"So {short} limits the reaction and {water} mol of water form.",
    )


FAMILIES: tuple[Family, ...] = (
    about_element,
    two_elements,
    isotope,
    mass_of_moles,
    moles_of_mass,
    composition,
    molarity,
    dilution,
    burn_alkane,
    hydrocarbon,
    ionic_formula,
    neutralisation,
    displacement,
    acidity,
    proton_concentration,
    state_of_matter,
    separation,
    gas_volume,
    percent_yield,
    limiting_reagent,
)
