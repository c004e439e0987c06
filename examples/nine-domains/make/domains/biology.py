"""Biology: cells, genes, bodies, animals, ecosystems."""

from random import Random

from ..notation import article, decimal, fraction, listed
from ..problem import Family, Problem
from .biology_facts import (
    ANIMALS,
    CHAINS,
    CODONS,
    ENZYMES,
    FEATURES,
    GROUPS,
    ORGANELLES,
    ORGANS,
    SPECIES,
    TRAITS,
)


def strand(draw: Random, length: int) -> str:
    return "".join(draw.choice("ACGT") for _ in range(length))


def complement(draw: Random) -> Problem:
    dna = strand(draw, 6)
    other = dna.translate(str.maketrans("ACGT", "TGCA"))
    return Problem(
        (dna,),
        (f"What is the complement of the DNA strand {dna}?", f"Pair the bases of the DNA {dna}."),
        f"In DNA, A pairs with T and C pairs with G. The complement of {dna} is {other}.",
    )


def transcription(draw: Random) -> Problem:
    dna = strand(draw, 6)
    rna = dna.translate(str.maketrans("ACGT", "UGCA"))
    return Problem(
        (dna,),
        (f"Transcribe the DNA template {dna} into mRNA.", f"Which mRNA is made from the DNA template {dna}?"),
        "Pair each base, with U in place of T: A gives U, T gives A, C gives G, G gives C. "
        f"The mRNA is {rna}.",
    )


def translation(draw: Random) -> Problem:
    codons = draw.sample(sorted(CODONS), 2)
    rna = "AUG" + "".join(codons)
    return Problem(
        (rna,),
        (f"Translate the mRNA {rna}.", f"Which amino acids does the mRNA {rna} code for?"),
        f"Read three bases at a time: AUG is Met, {codons[0]} is {CODONS[codons[0]]} and {codons[1]} is "
        f"{CODONS[codons[1]]}. The chain is {'-'.join(['Met', *(CODONS[c] for c in codons)])}.",
    )


def punnett(draw: Random) -> Problem:
    plant, strong, weak, letter = draw.choice(TRAITS)
    a, b = letter, letter.lower()
    first, second = sorted(draw.choice([a + a, a + b, b + b]) for _ in range(2))
    children = [x + y if x <= y else y + x for x in first for y in second]
    shown = sum(1 for child in children if a in child)
    return Problem(
        (plant, letter, first, second),
        (
            f"In the {plant}, {strong} ({a}) dominate {weak} ({b}). Cross {first} with {second}.",
            f"What young does the cross {first} x {second} give in the {plant}, if {a} ({strong}) is "
            "dominant?",
        ),
        f"The Punnett square gives {', '.join(children)}. So {fraction(shown, 4)} show {strong} and "
        f"{fraction(4 - shown, 4)} show {weak}.",
    )


def energy_in_chain(draw: Random) -> Problem:
    chain, energy = draw.choice(CHAINS), draw.randint(1, 90) * 1000
    level = draw.randint(1, len(chain) - 1)
    left = energy // 10**level
    return Problem(
        (chain[0], energy, level),
        (
            f"{chain[0].capitalize()} hold {energy} kJ. "
            f"How much reaches the {chain[level]} in {' -> '.join(chain)}?",
            f"In the chain {' -> '.join(chain)} the first level has {energy} kJ. "
            f"What is left for the {chain[level]}?",
        ),
        f"About 10% of the energy passes to the next level. The {chain[level]} is {level} "
        f"step{'s' if level > 1 else ''} up, so {left} kJ remain.",
    )


def role_in_chain(draw: Random) -> Problem:
    chain = draw.choice(CHAINS)
    i = draw.randrange(len(chain))
    role = ("producer", "primary consumer", "secondary consumer", "top consumer")[i]
    eats = "makes its own food from light" if i == 0 else f"eats the {chain[i - 1]}"
    return Problem(
        (*chain, i),
        (
            f"What is the role of the {chain[i]} in the food chain {' -> '.join(chain)}?",
            f"Describe the {chain[i]} in {' -> '.join(chain)}.",
        ),
        f"The {chain[i]} {eats}. In this chain it is a {role}.",
    )


def hardy_weinberg(draw: Random) -> Problem:
    hundredths, animal = draw.randint(5, 95), draw.choice(ANIMALS).name
    p = hundredths / 100
    q = 1 - p
    return Problem(
        (hundredths, animal),
        (
            f"An allele has frequency {decimal(p)} in a {animal} population. Find the genotype frequencies.",
            f"Use Hardy-Weinberg for the {animal} with p = {decimal(p)}.",
        ),
        f"With q = 1 - p = {decimal(q)}: p^2 = {decimal(p * p, 4)}, 2pq = {decimal(2 * p * q, 4)} and "
        f"q^2 = {decimal(q * q, 4)}.",
    )


def doubling(draw: Random) -> Problem:
    start, minutes, rounds = draw.randint(1, 40) * 10, draw.choice([15, 20, 30, 40, 60]), draw.randint(2, 7)
    kind = draw.choice(SPECIES)
    return Problem(
        (start, minutes, rounds, kind),
        (
            f"{start} {kind} double every {minutes} minutes. "
            f"How many are there after {rounds * minutes} minutes?",
            f"How many cells grow from {start} {kind} in {rounds * minutes} minutes with doubling time "
            f"{minutes}?",
        ),
        f"In {rounds * minutes} minutes they double {rounds} times. "
        f"So there are {start} * 2^{rounds} = {start * 2**rounds} {kind}.",
    )


def magnification(draw: Random) -> Problem:
    times, real = draw.choice([40, 100, 200, 400, 500, 1000]), draw.randint(2, 90)
    thing = draw.choice(["cell", "pollen grain", "hair", "nucleus", "mite"])
    return Problem(
        (times, real, thing),
        (
            f"A {thing} of {real} micrometres is seen at {times} times. How large is the image?",
            f"How big is the image of a {thing} ({real} micrometres) magnified {times} times?",
        ),
        f"Image size is real size times magnification: {real} * {times} = {real * times} micrometres, "
        f"or {decimal(real * times / 1000)} mm.",
    )


def organelle(draw: Random) -> Problem:
    name, job = draw.choice(ORGANELLES)
    return Problem(
        (name,),
        (f"What does the {name} do?", f"What is the job of the {name} in a cell?", f"Explain the {name}."),
        f"The {name} is a part of the cell. It {job}.",
    )


def two_organelles(draw: Random) -> Problem:
    first, second = sorted(draw.sample(ORGANELLES, 2))
    return Problem(
        (first[0], second[0]),
        (f"Compare the {first[0]} and the {second[0]}.", f"How do {first[0]} and {second[0]} differ?"),
        f"The {first[0]} {first[1]}. In contrast, the {second[0]} {second[1]}.",
    )


def two_organs(draw: Random) -> Problem:
    first, second = sorted(draw.sample(ORGANS, 2))
    link = (
        f"Both belong to the {first[1]}."
        if first[1] == second[1]
        else f"They belong to the {first[1]} and the {second[1]}."
    )
    return Problem(
        (first[0], second[0]),
        (f"What do the {first[0]} and the {second[0]} do?", f"Explain the {first[0]} and the {second[0]}."),
        f"The {first[0]} {first[2]}, and the {second[0]} {second[2]}. {link}",
    )


def animal_class(draw: Random) -> Problem:
    a, asked = draw.choice(ANIMALS), draw.choice(["class", "food", "chromosomes"])
    question = {
        "class": f"To which class of animals does the {a.name} belong?",
        "food": f"Is the {a.name} a herbivore, a carnivore or an omnivore?",
        "chromosomes": f"How many chromosomes are in a sperm cell of the {a.name}?",
    }[asked]
    solution = {
        "class": f"The {a.name} {FEATURES[a.group]}. So it belongs to the class {a.group}.",
        "food": f"The {a.name} is {article(a.food)} {a.food}. It is a kind of {a.group}.",
        "chromosomes": f"Body cells of the {a.name} have {a.chromosomes} chromosomes. "
        "A sperm cell has half of them: "
        f"{a.chromosomes // 2}.",
    }[asked]
    return Problem((a.name, asked), (question,), solution)


def two_animals(draw: Random) -> Problem:
    a, b = sorted(draw.sample(ANIMALS, 2))
    shared = (
        f"Both are of the class {a.group}: each {FEATURES[a.group]}."
        if a.group == b.group
        else f"The {a.name} is {article(a.group)} {a.group} and {FEATURES[a.group]}. "
        f"The {b.name} {FEATURES[b.group]}."
    )
    return Problem(
        (a.name, b.name),
        (f"Compare the {a.name} with the {b.name}.", f"Are the {a.name} and the {b.name} of one class?"),
        shared,
    )


def base_counts(draw: Random) -> Problem:
    percent, source = draw.randint(11, 39), draw.choice(ANIMALS).name
    return Problem(
        (percent, source),
        (
            f"The DNA of a {source} has {percent}% adenine. How much guanine does it have?",
            f"Use Chargaff's rule: {percent}% of the bases in the DNA of a {source} are A. Find G.",
        ),
        f"A and T are equal, so they make {2 * percent}%. G and C share the other {100 - 2 * percent}%, "
        f"so guanine is {50 - percent}%.",
    )


def heart(draw: Random) -> Problem:
    beats, volume = draw.randint(50, 180), draw.choice([60, 65, 70, 75, 80, 90])
    return Problem(
        (beats, volume),
        (
            f"A heart beats {beats} times a minute and pumps {volume} ml each time. Find its output.",
            f"What is the cardiac output at {beats} beats a minute and {volume} ml a beat?",
        ),
        f"The output is rate times stroke volume: {beats} * {volume} = {beats * volume} ml a minute, "
        f"or {decimal(beats * volume / 1000)} l.",
    )


def digestion(draw: Random) -> Problem:
    (name, food, product, place), degrees = draw.choice(ENZYMES), draw.randint(20, 75)
    state = "works well" if 33 <= degrees <= 42 else "works slowly" if degrees < 33 else "loses its shape"
    return Problem(
        (name, degrees),
        (
            f"What does {name} do at {degrees} degrees Celsius?",
            f"Describe the enzyme {name} at {degrees} degrees.",
        ),
        f"The enzyme {name} from {place} splits {food} into {product}. At {degrees} degrees it {state}.",
    )


def recapture(draw: Random) -> Problem:
    marked, seen, again = draw.randint(2, 30) * 10, draw.randint(3, 12) * 10, draw.choice([2, 4, 5, 10])
    animal = draw.choice(["snails", "beetles", "fish", "mice", "crabs", "woodlice"])
    return Problem(
        (marked, seen, again, animal),
        (
            f"{marked} {animal} are marked. Later {seen} are caught and {again} have marks. "
            "Estimate the population.",
            f"Estimate how many {animal} there are: "
            f"{marked} marked, {seen} caught later, {again} of them marked.",
        ),
        "The estimate is marked times caught over recaptured: "
        f"{marked} * {seen} / {again} = {marked * seen // again}.",
    )


def gene_length(draw: Random) -> Problem:
    amino = draw.randint(20, 900)
    return Problem(
        (amino,),
        (
            f"How many mRNA bases code for a protein of {amino} amino acids?",
            f"A protein has {amino} amino acids. How long is its coding mRNA?",
        ),
        f"Each amino acid needs a codon of 3 bases: 3 * {amino} = {3 * amino}. With the stop codon it is "
        f"{3 * amino + 3} bases.",
    )


def cube_cell(draw: Random) -> Problem:
    side, grown = sorted(draw.sample(range(1, 30), 2))
    return Problem(
        (side, grown),
        (
            f"A cube cell grows from side {side} to {grown}. How does its surface to volume ratio change?",
            f"Compare the surface to volume ratio of cube cells with sides {side} and {grown}.",
        ),
        f"The ratio of a cube is 6/side. It falls from {fraction(6, side)} to {fraction(6, grown)}, "
        f"so the larger cell takes up food less well.",
    )


def blood(draw: Random) -> Problem:
    giver, taker, rh = (
        draw.choice(sorted(GROUPS)),
        draw.choice(sorted(GROUPS)),
        draw.choice(["+-", "-+", "++", "--"]),
    )
    group = giver in ("0", taker) or taker == "AB"
    factor = rh != "+-"
    bad = listed(
        [name for name, fits in (("blood group", group), ("Rh factor", factor)) if not fits] or ["nothing"]
    )
    return Problem(
        (giver, taker, rh),
        (
            f"Can a donor with blood {giver}{rh[0]} give to a patient with {taker}{rh[1]}?",
            f"Is blood {giver}{rh[0]} safe for a person with {taker}{rh[1]}?",
        ),
        f"Group {giver} carries {GROUPS[giver][0]} antigens and group {taker} has {GROUPS[taker][1]} "
        "antibodies. "
        + (
            "Group and Rh factor fit, so it is safe."
            if group and factor
            else f"The {bad} does not fit: not safe."
        ),
    )


FAMILIES: tuple[Family, ...] = (
    complement,
    transcription,
    translation,
    punnett,
    energy_in_chain,
    role_in_chain,
    hardy_weinberg,
    doubling,
    magnification,
    organelle,
    two_organelles,
    two_organs,
    animal_class,
    two_animals,
    base_counts,
    heart,
    digestion,
    recapture,
    gene_length,
    cube_cell,
    blood,
)
