"""What the physics problems are about: quantities, laws, materials, things that move."""

# quantity, symbol, unit, what it measures
QUANTITIES = (
    ("force", "F", "newton", "how strongly something pushes or pulls"),
    ("energy", "E", "joule", "the ability to do work"),
    ("power", "P", "watt", "how fast energy is transferred"),
    ("pressure", "p", "pascal", "the force on each unit of area"),
    ("charge", "Q", "coulomb", "how much electricity a body carries"),
    ("current", "I", "ampere", "how much charge flows each second"),
    ("voltage", "U", "volt", "the energy given to each unit of charge"),
    ("resistance", "R", "ohm", "how much a conductor hinders current"),
    ("frequency", "f", "hertz", "how many oscillations happen each second"),
    ("temperature", "T", "kelvin", "how hot a body is"),
    ("mass", "m", "kilogram", "how much matter a body has"),
    ("time", "t", "second", "how long something lasts"),
    ("length", "l", "metre", "how far apart two points are"),
    ("capacitance", "C", "farad", "how much charge is stored for each volt"),
    ("magnetic flux density", "B", "tesla", "how strong a magnetic field is"),
    ("luminous intensity", "J", "candela", "how bright a source is in one direction"),
    ("activity", "A", "becquerel", "how many nuclei decay each second"),
    ("inductance", "L", "henry", "the voltage caused by a changing current"),
)
LAWS = (
    (
        "Newton's first law",
        "a body keeps its velocity unless a net force acts on it",
        "a puck gliding on ice",
    ),
    (
        "Newton's second law",
        "the net force equals mass times acceleration",
        "a loaded cart that speeds up slowly",
    ),
    ("Newton's third law", "every force has an equal and opposite partner", "a rocket pushing gas backwards"),
    ("Hooke's law", "the force of a spring grows with its extension", "a spring balance"),
    ("Ohm's law", "current is proportional to voltage", "a resistor on a battery"),
    ("Archimedes' principle", "lift equals the weight of the displaced fluid", "a ship floating on water"),
    ("Boyle's law", "pressure times volume of a gas stays constant at fixed temperature", "a bicycle pump"),
    ("Snell's law", "light bends when it passes into another medium", "a straw that looks broken in water"),
    ("the law of reflection", "the angle of reflection equals the angle of incidence", "a plane mirror"),
    ("conservation of energy", "energy changes its form but its total stays the same", "a swinging pendulum"),
    (
        "conservation of momentum",
        "the total momentum of a closed system stays the same",
        "two colliding balls",
    ),
    (
        "Kepler's third law",
        "the square of the period grows as the cube of the orbit",
        "the planets of the sun",
    ),
    ("Faraday's law", "a changing magnetic flux induces a voltage", "a bicycle dynamo"),
    (
        "Coulomb's law",
        "the force between charges falls with the square of the distance",
        "two charged balloons",
    ),
    (
        "Lenz's law",
        "an induced current opposes the change that causes it",
        "a magnet falling slowly in a copper pipe",
    ),
    (
        "the second law of thermodynamics",
        "heat flows by itself from hot to cold",
        "coffee that cools in a cup",
    ),
)
HEAT = (
    ("water", 4200),
    ("copper", 390),
    ("iron", 450),
    ("aluminium", 900),
    ("oil", 2000),
    ("glass", 800),
    ("lead", 130),
)
METALS = (
    ("gold", 19.3),
    ("iron", 7.9),
    ("lead", 11.3),
    ("copper", 8.9),
    ("aluminium", 2.7),
    ("silver", 10.5),
)
MOVERS = ("car", "train", "runner", "cyclist", "boat", "bird", "plane", "tram")
BODIES = ("cart", "ball", "stone", "crate", "sled", "trolley", "box", "skater")
