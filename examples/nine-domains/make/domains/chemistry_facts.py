"""What the chemistry problems are about: elements, compounds, ions, acids, states, mixtures."""

from typing import NamedTuple


class Element(NamedTuple):
    name: str
    symbol: str
    number: int
    mass: int
    kind: str


ELEMENTS = (
    Element("hydrogen", "H", 1, 1, "nonmetal"),
    Element("helium", "He", 2, 4, "noble gas"),
    Element("lithium", "Li", 3, 7, "alkali metal"),
    Element("beryllium", "Be", 4, 9, "alkaline earth metal"),
    Element("boron", "B", 5, 11, "metalloid"),
    Element("carbon", "C", 6, 12, "nonmetal"),
    Element("nitrogen", "N", 7, 14, "nonmetal"),
    Element("oxygen", "O", 8, 16, "nonmetal"),
    Element("fluorine", "F", 9, 19, "halogen"),
    Element("neon", "Ne", 10, 20, "noble gas"),
    Element("sodium", "Na", 11, 23, "alkali metal"),
    Element("magnesium", "Mg", 12, 24, "alkaline earth metal"),
    Element("aluminium", "Al", 13, 27, "metal"),
    Element("silicon", "Si", 14, 28, "metalloid"),
    Element("phosphorus", "P", 15, 31, "nonmetal"),
    Element("sulfur", "S", 16, 32, "nonmetal"),
    Element("argon", "Ar", 18, 40, "noble gas"),
    Element("potassium", "K", 19, 39, "alkali metal"),
    Element("calcium", "Ca", 20, 40, "alkaline earth metal"),
    Element("titanium", "Ti", 22, 48, "transition metal"),
    Element("chromium", "Cr", 24, 52, "transition metal"),
    Element("manganese", "Mn", 25, 55, "transition metal"),
    Element("iron", "Fe", 26, 56, "transition metal"),
    Element("cobalt", "Co", 27, 59, "transition metal"),
    Element("copper", "Cu", 29, 64, "transition metal"),
    Element("zinc", "Zn", 30, 65, "transition metal"),
    Element("bromine", "Br", 35, 80, "halogen"),
    Element("silver", "Ag", 47, 108, "transition metal"),
    Element("tin", "Sn", 50, 119, "metal"),
    Element("iodine", "I", 53, 127, "halogen"),
    Element("barium", "Ba", 56, 137, "alkaline earth metal"),
    Element("gold", "Au", 79, 197, "transition metal"),
    Element("lead", "Pb", 82, 207, "metal"),
)
BY_SYMBOL = {element.symbol: element for element in ELEMENTS}

# name, formula, its atoms
COMPOUNDS = (
    ("water", "H2O", (("H", 2), ("O", 1))),
    ("carbon dioxide", "CO2", (("C", 1), ("O", 2))),
    ("ammonia", "NH3", (("N", 1), ("H", 3))),
    ("methane", "CH4", (("C", 1), ("H", 4))),
    ("sodium hydroxide", "NaOH", (("Na", 1), ("O", 1), ("H", 1))),
    ("sulfuric acid", "H2SO4", (("H", 2), ("S", 1), ("O", 4))),
    ("nitric acid", "HNO3", (("H", 1), ("N", 1), ("O", 3))),
    ("calcium carbonate", "CaCO3", (("Ca", 1), ("C", 1), ("O", 3))),
    ("magnesium oxide", "MgO", (("Mg", 1), ("O", 1))),
    ("iron oxide", "Fe2O3", (("Fe", 2), ("O", 3))),
    ("copper oxide", "CuO", (("Cu", 1), ("O", 1))),
    ("glucose", "C6H12O6", (("C", 6), ("H", 12), ("O", 6))),
    ("ethanol", "C2H6O", (("C", 2), ("H", 6), ("O", 1))),
    ("sulfur dioxide", "SO2", (("S", 1), ("O", 2))),
    ("silicon dioxide", "SiO2", (("Si", 1), ("O", 2))),
    ("aluminium oxide", "Al2O3", (("Al", 2), ("O", 3))),
    ("potassium bromide", "KBr", (("K", 1), ("Br", 1))),
    ("calcium fluoride", "CaF2", (("Ca", 1), ("F", 2))),
    ("acetic acid", "C2H4O2", (("C", 2), ("H", 4), ("O", 2))),
    ("zinc sulfide", "ZnS", (("Zn", 1), ("S", 1))),
)
CATIONS = (
    ("sodium", "Na", 1),
    ("potassium", "K", 1),
    ("lithium", "Li", 1),
    ("silver", "Ag", 1),
    ("calcium", "Ca", 2),
    ("magnesium", "Mg", 2),
    ("zinc", "Zn", 2),
    ("barium", "Ba", 2),
    ("copper", "Cu", 2),
    ("aluminium", "Al", 3),
)
ANIONS = (
    ("chloride", "Cl", 1),
    ("bromide", "Br", 1),
    ("iodide", "I", 1),
    ("fluoride", "F", 1),
    ("oxide", "O", 2),
    ("sulfide", "S", 2),
    ("nitride", "N", 3),
)
ACIDS = (
    ("hydrochloric acid", "chloride"),
    ("nitric acid", "nitrate"),
    ("sulfuric acid", "sulfate"),
    ("phosphoric acid", "phosphate"),
    ("acetic acid", "acetate"),
    ("hydrobromic acid", "bromide"),
)
BASES = (
    "sodium hydroxide",
    "potassium hydroxide",
    "calcium hydroxide",
    "lithium hydroxide",
    "barium hydroxide",
)
ACTIVITY = (
    "potassium",
    "sodium",
    "calcium",
    "magnesium",
    "aluminium",
    "zinc",
    "iron",
    "tin",
    "lead",
    "copper",
    "silver",
)
# substance, melting point, boiling point
STATES = (
    ("water", 0, 100),
    ("ethanol", -114, 78),
    ("mercury", -39, 357),
    ("oxygen", -218, -183),
    ("bromine", -7, 59),
    ("iodine", 114, 184),
    ("sulfur", 115, 445),
    ("ammonia", -78, -33),
    ("benzene", 6, 80),
    ("lead", 327, 1749),
    ("sodium", 98, 883),
    ("acetone", -95, 56),
)
MIXTURES = (
    ("sand and water", "filtration", "the sand stays in the filter"),
    ("salt and water", "evaporation", "the water leaves and the salt stays"),
    ("alcohol and water", "distillation", "alcohol boils at a lower temperature"),
    ("iron and sulfur", "a magnet", "only iron is magnetic"),
    ("oil and water", "a separating funnel", "the oil floats on the water"),
    ("the dyes of ink", "chromatography", "the dyes move at different speeds"),
    ("cream and milk", "a centrifuge", "the parts have different densities"),
    ("iodine and sand", "sublimation", "iodine turns to vapour when it is warmed"),
    ("nitrogen and oxygen", "distillation of liquid air", "nitrogen boils first"),
    ("salt and sand", "dissolving and filtration", "only the salt dissolves"),
)
ALKANES = ("meth", "eth", "prop", "but", "pent", "hex", "hept", "oct", "non", "dec")
