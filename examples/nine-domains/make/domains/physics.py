"""Physics: mechanics, electricity, heat, waves, and the quantities they speak of."""

from random import Random

from ..notation import decimal
from ..problem import Family, Problem
from .physics_facts import BODIES, HEAT, LAWS, METALS, MOVERS, QUANTITIES


def newton(draw: Random) -> Problem:
    m, a, body = draw.randint(2, 90), draw.randint(2, 15), draw.choice(BODIES)
    return Problem(
        (m, a, body),
        (
            f"What force gives a {body} of {m} kg an acceleration of {a} m/s^2?",
            f"A {body} of mass {m} kg accelerates at {a} m/s^2. Find the net force.",
        ),
        f"Newton's second law says F = m a. So F = {m} kg * {a} m/s^2 = {m * a} N.",
    )


def kinetic_energy(draw: Random) -> Problem:
    m, v, body = draw.randint(1, 40) * 2, draw.randint(2, 30), draw.choice(BODIES)
    return Problem(
        (m, v, body),
        (
            f"Find the kinetic energy of a {body} of {m} kg at {v} m/s.",
            f"A {body} with mass {m} kg moves at {v} m/s. What is its kinetic energy?",
        ),
        f"The kinetic energy is E = m v^2 / 2 = {m} * {v * v} / 2 = {m * v * v // 2} J.",
    )


def potential_energy(draw: Random) -> Problem:
    m, h, body = draw.randint(2, 80), draw.randint(2, 50), draw.choice(BODIES)
    return Problem(
        (m, h, body),
        (
            f"A {body} of {m} kg is lifted by {h} m. How much potential energy does it gain?",
            f"Find the potential energy of a {body} of {m} kg at a height of {h} m (g = 10 m/s^2).",
        ),
        f"The potential energy is E = m g h. With g = 10 m/s^2, E = {m} * 10 * {h} = {m * 10 * h} J.",
    )


def travel(draw: Random) -> Problem:
    v, t, mover = draw.randint(3, 60), draw.randint(3, 60), draw.choice(MOVERS)
    asked = draw.choice(["distance", "speed", "time"])
    question, solution = {
        "distance": (
            f"A {mover} moves at {v} m/s for {t} s. How far does it go?",
            f"Distance is speed times time: {v} * {t} = {v * t} m.",
        ),
        "speed": (
            f"A {mover} covers {v * t} m in {t} s. What is its speed?",
            f"Speed is distance over time: {v * t}/{t} = {v} m/s, which is {decimal(v * 3.6)} km/h.",
        ),
        "time": (
            f"How long does a {mover} need for {v * t} m at {v} m/s?",
            f"Time is distance over speed: {v * t}/{v} = {t} s.",
        ),
    }[asked]
    return Problem((asked, v, t, mover), (question,), solution)


def acceleration(draw: Random) -> Problem:
    v0, a, t, mover = draw.randint(0, 20), draw.randint(1, 6), draw.randint(2, 12), draw.choice(MOVERS)
    v1 = v0 + a * t
    return Problem(
        (v0, a, t, mover),
        (
            f"A {mover} speeds up from {v0} m/s to {v1} m/s in {t} s. Find its acceleration.",
            f"In {t} s the speed of a {mover} grows from {v0} m/s to {v1} m/s. What is the acceleration?",
        ),
        f"Acceleration is the change of speed over time: ({v1} - {v0})/{t} = {a} m/s^2.",
    )


def ohm(draw: Random) -> Problem:
    r, i = draw.randint(2, 60), draw.randint(1, 12)
    asked = draw.choice(["current", "voltage", "resistance"])
    question, solution = {
        "current": (f"What current flows through {r} ohm at {r * i} V?", f"I = U/R = {r * i}/{r} = {i} A"),
        "voltage": (f"What voltage drives {i} A through {r} ohm?", f"U = R I = {r} * {i} = {r * i} V"),
        "resistance": (f"Which resistor carries {i} A at {r * i} V?", f"R = U/I = {r * i}/{i} = {r} ohm"),
    }[asked]
    return Problem((asked, r, i), (question,), f"Use Ohm's law, U = R I. Here {solution}.")


def electric_power(draw: Random) -> Problem:
    u, i, hours = draw.choice([6, 9, 12, 24, 110, 230]), draw.randint(1, 15), draw.randint(1, 12)
    thing = draw.choice(["heater", "lamp", "motor", "kettle", "charger"])
    return Problem(
        (u, i, hours, thing),
        (
            f"A {thing} draws {i} A at {u} V for {hours} h. Find its power and the energy used.",
            f"What power does a {thing} take at {u} V and {i} A, and what energy in {hours} h?",
        ),
        f"The power is P = U I = {u} * {i} = {u * i} W. "
        f"In {hours} h it uses {u * i} * {hours} = {u * i * hours} Wh.",
    )


def density(draw: Random) -> Problem:
    (name, rho), volume = draw.choice(METALS), draw.randint(2, 60)
    return Problem(
        (name, volume),
        (
            f"What is the mass of {volume} cm^3 of {name}?",
            f"Find the mass of a piece of {name} with volume {volume} cm^3 (density {rho} g/cm^3).",
        ),
        f"Mass is density times volume. For {name} the density is {rho} g/cm^3: "
        f"{rho} * {volume} = {decimal(rho * volume)} g.",
    )


def momentum(draw: Random) -> Problem:
    m, v, t = draw.randint(2, 90), draw.randint(2, 30), draw.choice([2, 4, 5, 10])
    body = draw.choice(BODIES)
    return Problem(
        (m, v, t, body),
        (
            f"A {body} of {m} kg at {v} m/s is stopped in {t} s. Find its momentum and the mean force.",
            f"What mean force stops a {body} of {m} kg moving at {v} m/s within {t} s?",
        ),
        f"The momentum is p = m v = {m} * {v} = {m * v} kg m/s. "
        f"The mean force is p/t = {m * v}/{t} = {decimal(m * v / t)} N.",
    )


def resistors(draw: Random) -> Problem:
    a, b, way = draw.randint(2, 60), draw.randint(2, 60), draw.choice(["series", "parallel"])
    solution = (
        f"In series resistances add: {a} + {b} = {a + b} ohm."
        if way == "series"
        else f"In parallel R = a b/(a + b) = {a * b}/{a + b} = {decimal(a * b / (a + b))} ohm."
    )
    return Problem(
        (way, max(a, b), min(a, b)),
        (
            f"Resistors of {a} ohm and {b} ohm are in {way}. Find the total resistance.",
            f"What is the resistance of {a} ohm and {b} ohm in {way}?",
        ),
        solution + f" This is {'more' if way == 'series' else 'less'} than either of them.",
    )


def wave(draw: Random) -> Problem:
    f, length = draw.randint(2, 90), draw.randint(2, 30)
    kind = draw.choice(["water wave", "sound wave", "wave on a rope"])
    return Problem(
        (f, length, kind),
        (
            f"A {kind} has frequency {f} Hz and wavelength {length} m. How fast is it?",
            f"Find the speed of a {kind} with {f} Hz and a wavelength of {length} m.",
        ),
        f"The speed of a wave is frequency times wavelength: {f} * {length} = {f * length} m/s. "
        f"Its period is 1/{f} s.",
    )


def spring(draw: Random) -> Problem:
    k, x = draw.randint(5, 90) * 10, draw.randint(2, 30)
    return Problem(
        (k, x),
        (
            f"A spring with constant {k} N/m is stretched by {x} cm. Find the force and energy.",
            f"What force stretches a spring of {k} N/m by {x} cm, and what energy does it store?",
        ),
        f"With x = {decimal(x / 100)} m, Hooke's law gives F = k x = {decimal(k * x / 100)} N. "
        f"The energy is k x^2 / 2 = {decimal(k * x * x / 20000)} J.",
    )


def pressure(draw: Random) -> Problem:
    force, area = draw.randint(2, 90) * 10, draw.choice([2, 4, 5, 8, 10, 20])
    return Problem(
        (force, area),
        (
            f"A force of {force} N acts on {area} m^2. What is the pressure?",
            f"Find the pressure of {force} N spread over {area} m^2.",
        ),
        f"Pressure is force over area: p = {force}/{area} = {decimal(force / area)} Pa.",
    )


def depth(draw: Random) -> Problem:
    h, fluid = draw.randint(2, 90), draw.choice([("water", 1000), ("oil", 900), ("sea water", 1030)])
    return Problem(
        (h, fluid[0]),
        (
            f"What pressure does {fluid[0]} add at a depth of {h} m?",
            f"How large is the pressure of {fluid[0]} {h} m below the surface?",
        ),
        f"Use p = rho g h with rho = {fluid[1]} kg/m^3 and g = 10 m/s^2: "
        f"p = {fluid[1]} * 10 * {h} = {fluid[1] * 10 * h} Pa.",
    )


def free_fall(draw: Random) -> Problem:
    t, body = draw.randint(1, 20), draw.choice(BODIES)
    return Problem(
        (t, body),
        (
            f"A {body} falls freely for {t} s. How far does it fall and how fast is it?",
            f"Find the speed and the depth of fall of a {body} after {t} s of free fall.",
        ),
        f"With g = 10 m/s^2 the speed is v = g t = {10 * t} m/s. The distance is g t^2 / 2 = {5 * t * t} m.",
    )


def heating(draw: Random) -> Problem:
    (name, c), m, rise = draw.choice(HEAT), draw.randint(1, 12), draw.randint(2, 12) * 5
    return Problem(
        (name, m, rise),
        (
            f"How much heat warms {m} kg of {name} by {rise} K?",
            f"Find the energy needed to heat {m} kg of {name} by {rise} degrees.",
        ),
        f"Use Q = c m T. For {name} c = {c} J/(kg K), so Q = {c} * {m} * {rise} = {c * m * rise} J.",
    )


def torque(draw: Random) -> Problem:
    f1, d1, n = draw.randint(2, 40), draw.randint(1, 12), draw.randint(2, 4)
    return Problem(
        (f1, d1, n),
        (
            f"A seesaw has {f1 * n} N at {d1} m on one side. What force balances it at {d1 * n} m?",
            f"A lever carries {f1 * n} N at {d1} m from the pivot. Find the balancing force at {d1 * n} m.",
        ),
        f"Torques must be equal: {f1 * n} * {d1} = F * {d1 * n}. So F = {f1 * n * d1}/{d1 * n} = {f1} N.",
    )


def collision(draw: Random) -> Problem:
    m1, m2, v1 = draw.randint(1, 12), draw.randint(1, 12), draw.randint(2, 20)
    body = draw.choice(BODIES)
    return Problem(
        (m1, m2, v1, body),
        (
            f"A {body} of {m1} kg at {v1} m/s hits one of {m2} kg at rest and sticks. Find the speed.",
            f"Two bodies stick together: a {body} of {m1} kg at {v1} m/s and {m2} kg at rest. "
            "How fast are they?",
        ),
        f"Momentum is conserved: {m1} * {v1} = ({m1} + {m2}) v. "
        f"So v = {m1 * v1}/{m1 + m2} = {decimal(m1 * v1 / (m1 + m2))} m/s.",
    )


def efficiency(draw: Random) -> Problem:
    total, percent = draw.randint(2, 50) * 100, draw.randint(2, 19) * 5
    thing = draw.choice(["motor", "lamp", "pump", "engine", "solar cell", "boiler"])
    return Problem(
        (total, percent, thing),
        (
            f"A {thing} takes {total} J and gives {total * percent // 100} J of useful energy. "
            "Find its efficiency.",
            f"Of {total} J a {thing} uses {total * percent // 100} J well. How efficient is it?",
        ),
        "Efficiency is useful energy over total energy: "
        f"{total * percent // 100}/{total} = {decimal(percent / 100)}, "
        f"or {percent}%. The other {100 - percent}% is lost as heat.",
    )


def gas(draw: Random) -> Problem:
    p, v, n = draw.randint(1, 12), draw.randint(2, 30), draw.randint(2, 6)
    return Problem(
        (p, v, n),
        (
            f"A gas at {p} bar fills {v * n} l. What is the pressure in {v} l at the same temperature?",
            f"{v * n} l of gas at {p} bar are squeezed into {v} l. Find the new pressure.",
        ),
        f"By Boyle's law p V stays constant: {p} * {v * n} = p * {v}. So p = {p * n} bar.",
    )


def unit_of(draw: Random) -> Problem:
    name, symbol, unit, meaning = draw.choice(QUANTITIES)
    asked = draw.choice(["unit", "meaning", "symbol"])
    question = {
        "unit": f"What is the unit of {name}?",
        "meaning": f"What does {name} measure?",
        "symbol": f"Which symbol stands for {name}?",
    }[asked]
    return Problem(
        (name, asked),
        (question,),
        f"The {name} tells us {meaning}. Its symbol is {symbol} and its unit is the {unit}.",
    )


def state_law(draw: Random) -> Problem:
    name, text, example = draw.choice(LAWS)
    asked = draw.choice(["state", "example"])
    question = {"state": f"State {name}.", "example": f"Give an example of {name}."}[asked]
    return Problem((name, asked), (question,), f"It says that {text}. An example is {example}.")


def two_quantities(draw: Random) -> Problem:
    first, second = sorted(draw.sample(QUANTITIES, 2))
    return Problem(
        (first[0], second[0]),
        (
            f"What is the difference between {first[0]} and {second[0]}?",
            f"Compare {first[0]} with {second[0]}.",
        ),
        f"The {first[0]} is measured in {first[2]} and tells us {first[3]}. "
        f"The {second[0]} is measured in {second[2]} and tells us {second[3]}.",
    )


def pendulum_swings(draw: Random) -> Problem:
    swings, seconds = draw.randint(2, 60), draw.randint(2, 60)
    thing = draw.choice(["pendulum", "spring", "wheel", "rotor"])
    return Problem(
        (swings, seconds, thing),
        (
            f"A {thing} makes {swings} turns in {seconds} s. Find its frequency and period.",
            f"What are period and frequency of a {thing} with {swings} turns in {seconds} s?",
        ),
        f"The frequency is {swings}/{seconds} = {decimal(swings / seconds)} Hz. "
        f"The period is {seconds}/{swings} = {decimal(seconds / swings)} s.",
    )


FAMILIES: tuple[Family, ...] = (
    newton,
    kinetic_energy,
    potential_energy,
    travel,
    acceleration,
    ohm,
    electric_power,
    density,
    momentum,
    resistors,
    wave,
    spring,
    pressure,
    depth,
    free_fall,
    heating,
    torque,
    collision,
    efficiency,
    gas,
    unit_of,
    state_law,
    two_quantities,
    pendulum_swings,
)
