"""What the biology problems are about: cells, organs, animals, traits, food chains, enzymes, codons."""

from typing import NamedTuple

ORGANELLES = (
    ("nucleus", "stores the DNA and controls the cell"),
    ("mitochondrion", "makes ATP by cell respiration"),
    ("chloroplast", "makes sugar from light, water and carbon dioxide"),
    ("ribosome", "builds proteins from amino acids"),
    ("cell membrane", "controls what enters and leaves the cell"),
    ("cell wall", "gives a plant cell its firm shape"),
    ("vacuole", "stores water and dissolved substances"),
    ("Golgi apparatus", "packs proteins and sends them on"),
    ("lysosome", "breaks down waste with enzymes"),
    ("smooth ER", "makes lipids"),
    ("rough ER", "folds and moves new proteins"),
    ("cytoskeleton", "keeps the shape of the cell and moves its parts"),
    ("centriole", "helps to pull chromosomes apart in division"),
    ("cytoplasm", "holds the organelles and many reactions"),
    ("flagellum", "moves the cell through fluid"),
    ("nucleolus", "makes the parts of ribosomes"),
)
ORGANS = (
    ("heart", "circulatory system", "pumps blood through the body"),
    ("lung", "respiratory system", "takes up oxygen and gives off carbon dioxide"),
    ("stomach", "digestive system", "mixes food with acid and enzymes"),
    ("liver", "digestive system", "makes bile and removes poisons from the blood"),
    ("kidney", "urinary system", "filters the blood and makes urine"),
    ("brain", "nervous system", "processes signals and controls the body"),
    ("skin", "sensory system", "protects the body and feels touch"),
    ("small intestine", "digestive system", "takes up nutrients into the blood"),
    ("large intestine", "digestive system", "takes back water from the waste"),
    ("pancreas", "endocrine system", "makes insulin and digestive enzymes"),
    ("spleen", "immune system", "cleans the blood of old cells"),
    ("bladder", "urinary system", "stores urine"),
    ("spinal cord", "nervous system", "carries signals between brain and body"),
    ("thyroid", "endocrine system", "sets the speed of metabolism"),
    ("bone marrow", "immune system", "makes new blood cells"),
    ("ovary", "reproductive system", "releases egg cells"),
)


class Animal(NamedTuple):
    name: str
    group: str
    food: str
    chromosomes: int


ANIMALS = (
    Animal("dog", "mammal", "omnivore", 78),
    Animal("cat", "mammal", "carnivore", 38),
    Animal("horse", "mammal", "herbivore", 64),
    Animal("cow", "mammal", "herbivore", 60),
    Animal("human", "mammal", "omnivore", 46),
    Animal("mouse", "mammal", "omnivore", 40),
    Animal("rabbit", "mammal", "herbivore", 44),
    Animal("elephant", "mammal", "herbivore", 56),
    Animal("chicken", "bird", "omnivore", 78),
    Animal("pigeon", "bird", "herbivore", 80),
    Animal("frog", "amphibian", "carnivore", 26),
    Animal("newt", "amphibian", "carnivore", 22),
    Animal("alligator", "reptile", "carnivore", 32),
    Animal("carp", "fish", "omnivore", 100),
    Animal("fruit fly", "insect", "herbivore", 8),
    Animal("honey bee", "insect", "herbivore", 32),
    Animal("mosquito", "insect", "omnivore", 6),
)
FEATURES = {
    "mammal": "has hair and feeds its young with milk",
    "bird": "has feathers and lays eggs with a hard shell",
    "amphibian": "has moist skin and lives as a larva in water",
    "reptile": "has dry scales and lays eggs on land",
    "fish": "has fins and breathes with gills",
    "insect": "has six legs and a body of three parts",
}
TRAITS = (
    ("pea", "purple flowers", "white flowers", "P"),
    ("pea", "round seeds", "wrinkled seeds", "R"),
    ("pea", "yellow seeds", "green seeds", "Y"),
    ("pea", "tall stems", "short stems", "T"),
    ("fruit fly", "red eyes", "white eyes", "W"),
    ("fruit fly", "long wings", "short wings", "L"),
    ("mouse", "black fur", "brown fur", "B"),
    ("rabbit", "grey fur", "white fur", "G"),
    ("tomato", "red fruit", "yellow fruit", "F"),
    ("dog", "short hair", "long hair", "H"),
    ("guinea pig", "rough coat", "smooth coat", "S"),
    ("maize", "dark grains", "pale grains", "D"),
)
CHAINS = (
    ("grass", "rabbit", "fox"),
    ("algae", "water flea", "trout", "heron"),
    ("oak leaf", "caterpillar", "robin", "hawk"),
    ("wheat", "mouse", "owl"),
    ("plankton", "krill", "penguin", "seal"),
    ("clover", "snail", "thrush", "cat"),
    ("lettuce", "slug", "hedgehog", "badger"),
    ("nectar", "butterfly", "spider", "toad"),
    ("kelp", "sea urchin", "otter", "shark"),
    ("acorn", "squirrel", "marten", "eagle"),
)
ENZYMES = (
    ("amylase", "starch", "maltose", "saliva"),
    ("pepsin", "protein", "peptides", "the stomach"),
    ("lipase", "fat", "fatty acids and glycerol", "the small intestine"),
    ("lactase", "lactose", "glucose and galactose", "the small intestine"),
    ("trypsin", "protein", "amino acids", "the small intestine"),
    ("maltase", "maltose", "glucose", "the small intestine"),
    ("sucrase", "sucrose", "glucose and fructose", "the small intestine"),
    ("catalase", "hydrogen peroxide", "water and oxygen", "the liver"),
)
CODONS = {
    "AUG": "Met",
    "UUU": "Phe",
    "UUA": "Leu",
    "AUU": "Ile",
    "GUU": "Val",
    "UCU": "Ser",
    "CCU": "Pro",
    "ACU": "Thr",
    "GCU": "Ala",
    "UAU": "Tyr",
    "CAU": "His",
    "CAA": "Gln",
    "AAU": "Asn",
    "AAA": "Lys",
    "GAU": "Asp",
    "GAA": "Glu",
    "UGU": "Cys",
    "UGG": "Trp",
    "CGU": "Arg",
    "GGU": "Gly",
}
SPECIES = ("bacteria", "yeast cells", "algae", "amoebas")
GROUPS = {"A": ("A", "B"), "B": ("B", "A"), "AB": ("A and B", "none"), "0": ("no", "A and B")}
