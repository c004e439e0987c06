"""Number theory: divisibility, primes, congruences, bases."""

from math import gcd
from random import Random

from ..notation import listed
from ..problem import Family, Problem

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
PRIMES = tuple(p for p in range(3, 100) if all(p % d for d in range(2, p)))


def factors_of(n: int) -> list[tuple[int, int]]:
    """Primes with their powers."""
    found, p = [], 2
    while n > 1:
        power = 0
        while n % p == 0:
            n, power = n // p, power + 1
        if power:
            found.append((p, power))
        p += 1
    return found


def product_of(factors: list[tuple[int, int]]) -> str:
    return " * ".join(str(p) if power == 1 else f"{p}^{power}" for p, power in factors)


def coprime_pair(draw: Random, lowest: int, highest: int) -> tuple[int, int]:
    while True:
        a, n = draw.randint(2, highest), draw.randint(lowest, highest)
        if a < n and gcd(a, n) == 1:
            return a, n


def euclid(draw: Random) -> Problem:
    d = draw.randint(1, 15)
    a, b = sorted((d * draw.randint(5, 24), d * draw.randint(2, 19)), reverse=True)
    steps: list[str] = []
    x, y = a, b
    while y and len(steps) < 5:
        steps.append(f"{x} = {x // y} * {y} + {x % y}")
        x, y = y, x % y
    return Problem(
        (a, b),
        (
            f"Find gcd({a}, {b}) with the Euclidean algorithm.",
            f"What is the greatest common divisor of {a} and {b}?",
        ),
        f"Divide with remainder: {', '.join(steps)}. So the gcd is {gcd(a, b)}.",
    )


def least_common_multiple(draw: Random) -> Problem:
    a, b = sorted(draw.sample(range(4, 60), 2))
    g = gcd(a, b)
    return Problem(
        (a, b),
        (f"Find the least common multiple of {a} and {b}.", f"Compute lcm({a}, {b})."),
        f"The gcd is {g}. So lcm = {a} * {b} / {g} = {a * b // g}.",
    )


def factorisation(draw: Random) -> Problem:
    n = draw.randint(24, 900)
    found = factors_of(n)
    prime = len(found) == 1 and found[0][1] == 1
    return Problem(
        (n,),
        (
            f"Factor {n} into primes.",
            f"Write {n} as a product of primes.",
            f"Find the prime factorization of {n}.",
        ),
        f"No prime up to its square root divides {n}, so {n} is a prime."
        if prime
        else f"Divide by the smallest prime {found[0][0]}: {n} = {found[0][0]} * {n // found[0][0]}. "
        f"Go on in this way: {n} = {product_of(found)}.",
    )


def primality(draw: Random) -> Problem:
    n = draw.randint(50, 999) | 1
    tried = [p for p in PRIMES if p * p <= n]
    divisor = next((p for p in tried if n % p == 0), None)
    return Problem(
        (n,),
        (f"Is {n} a prime number?", f"Decide whether {n} is prime."),
        f"None of the primes up to {tried[-1]} divides {n}, and the next prime squared is larger. "
        f"So {n} is prime."
        if divisor is None
        else f"{n} = {divisor} * {n // divisor}, so {divisor} divides it. So {n} is not prime.",
    )


def remainder(draw: Random) -> Problem:
    a, n = draw.randint(50, 999), draw.randint(3, 29)
    return Problem(
        (a, n),
        (f"What is {a} mod {n}?", f"Find the remainder of {a} divided by {n}.", f"Reduce {a} modulo {n}."),
        f"{n} goes {a // n} times into {a}: {n} * {a // n} = {n * (a // n)}. "
        f"The remainder is {a} - {n * (a // n)} = {a % n}.",
    )


def power_by_squaring(draw: Random) -> Problem:
    a, n = draw.randint(2, 12), draw.randint(7, 40)
    s2 = a * a % n
    s4 = s2 * s2 % n
    e = draw.choice([4, 5, 6, 8])
    last = {4: s4, 5: s4 * a % n, 6: s4 * s2 % n, 8: s4 * s4 % n}[e]
    return Problem(
        (a, e, n),
        (f"Compute {a}^{e} mod {n}.", f"Find the remainder of {a}^{e} modulo {n} by squaring."),
        f"Square twice: {a}^2 = {s2} and {a}^4 = {s4} mod {n}. With these, {a}^{e} = {last} mod {n}.",
    )


def modular_inverse(draw: Random) -> Problem:
    a, n = coprime_pair(draw, 5, 43)
    x = pow(a, -1, n)
    return Problem(
        (a, n),
        (f"Find the inverse of {a} modulo {n}.", f"Which x satisfies {a}x = 1 mod {n}?"),
        f"Since gcd({a}, {n}) = 1 the inverse exists. {a} * {x} = {a * x} = {a * x // n} * {n} + 1, "
        f"so the inverse is {x}.",
    )


def divisor_count(draw: Random) -> Problem:
    n = draw.randint(12, 700)
    found = factors_of(n)
    number = 1
    for _, power in found:
        number *= power + 1
    product = " * ".join(f"({power} + 1)" for _, power in found)
    return Problem(
        (n,),
        (f"How many divisors does {n} have?", f"Count the positive divisors of {n}."),
        f"{n} = {product_of(found)}. Add one to each exponent and multiply: {product} = {number}.",
    )


def divisor_sum(draw: Random) -> Problem:
    n = draw.randint(6, 130)
    divisors = [d for d in range(1, n + 1) if n % d == 0]
    while len(divisors) > 8:
        n -= 1
        divisors = [d for d in range(1, n + 1) if n % d == 0]
    proper = sum(divisors) - n
    kind = "perfect" if proper == n else "abundant" if proper > n else "deficient"
    return Problem(
        (n,),
        (f"Is {n} perfect, abundant or deficient?", f"Find the sum of the divisors of {n}."),
        f"The divisors are {listed([str(d) for d in divisors])}. They add to {sum(divisors)}. "
        f"Without {n} the sum is {proper}, so {n} is {kind}.",
    )


def totient(draw: Random) -> Problem:
    n = draw.randint(8, 300)
    found = factors_of(n)
    value, terms = n, []
    for p, _ in found:
        value = value // p * (p - 1)
        terms.append(f"(1 - 1/{p})")
    return Problem(
        (n,),
        (f"Compute Euler's phi of {n}.", f"How many numbers up to {n} are coprime to {n}?"),
        f"{n} = {product_of(found)}. So phi({n}) = {n} * {' * '.join(terms)} = {value}.",
    )


def linear_congruence(draw: Random) -> Problem:
    a, n = coprime_pair(draw, 5, 31)
    b = draw.randint(1, n - 1)
    inverse = pow(a, -1, n)
    return Problem(
        (a, b, n),
        (f"Solve {a}x = {b} mod {n}.", f"Find x with {a}x congruent to {b} modulo {n}."),
        f"The inverse of {a} mod {n} is {inverse}. Multiply: x = {inverse} * {b} = {inverse * b} = "
        f"{inverse * b % n} mod {n}.",
    )


def chinese_remainder(draw: Random) -> Problem:
    m, n = coprime_pair(draw, 4, 13)
    x = draw.randint(1, m * n - 1)
    return Problem(
        (x % m, m, x % n, n),
        (
            f"Find x with x = {x % m} mod {m} and x = {x % n} mod {n}.",
            f"Solve x = {x % m} (mod {m}), x = {x % n} (mod {n}).",
        ),
        f"The moduli are coprime, so there is one solution mod {m * n}. "
        f"Step from {x % n} by {n} until the remainder mod {m} is {x % m}: x = {x}.",
    )


def last_digit(draw: Random) -> Problem:
    a, e = draw.randint(2, 49), draw.randint(7, 99)
    cycle = [pow(a, i, 10) for i in range(1, 5)]
    length = next(i for i in (1, 2, 4) if pow(a, i + 1, 10) == a % 10)
    shown = ", ".join(map(str, cycle[:length]))
    return Problem(
        (a, e),
        (f"What is the last digit of {a}^{e}?", f"Find {a}^{e} mod 10."),
        f"The last digits of the powers repeat: {shown}. The exponent {e} leaves {e % length} mod {length}, "
        f"so the last digit is {pow(a, e, 10)}.",
    )


def digit_rule(draw: Random) -> Problem:
    n, d = draw.randint(1000, 9999), draw.choice([3, 9, 11])
    digits = [int(c) for c in str(n)]
    value = digits[0] - digits[1] + digits[2] - digits[3] if d == 11 else sum(digits)
    name = "alternating digit sum" if d == 11 else "digit sum"
    return Problem(
        (n, d),
        (f"Is {n} divisible by {d}? Use the digits.", f"Use a digit rule to test {n} for {d}."),
        f"The {name} of {n} is {value}. It is {'' if value % d == 0 else 'not '}divisible by {d}, "
        f"so {n} is {'' if value % d == 0 else 'not '}divisible by {d}.",
    )


def to_binary(draw: Random) -> Problem:
    n, base = draw.randint(9, 250), draw.choice([2, 3, 5, 8])
    digits, rest = "", n
    while rest:
        digits, rest = str(rest % base) + digits, rest // base
    return Problem(
        (n, base),
        (f"Write {n} in base {base}.", f"Convert {n} to base {base}."),
        f"Divide by {base} again and again and read the remainders backwards. "
        f"So {n} is {digits} in base {base}.",
    )


def from_base(draw: Random) -> Problem:
    base = draw.choice([2, 3, 4, 5, 7, 8])
    digits = [draw.randint(1, base - 1)] + [draw.randint(0, base - 1) for _ in range(3)]
    terms = [digit * base ** (3 - i) for i, digit in enumerate(digits)]
    shown = "".join(map(str, digits))
    return Problem(
        (shown, base),
        (f"What number is {shown} in base {base}?", f"Convert {shown} from base {base} to decimal."),
        f"Add the place values: {' + '.join(map(str, terms))} = {sum(terms)}.",
    )


def fermat(draw: Random) -> Problem:
    p = draw.choice(PRIMES[1:])
    a, extra = draw.randint(2, p - 1), draw.randint(0, 2)
    turns = draw.randint(1, 9)
    e = turns * (p - 1) + extra
    return Problem(
        (a, e, p),
        (f"Use Fermat's little theorem: {a}^{e} mod {p}.", f"Find {a}^{e} mod {p} with Fermat's theorem."),
        f"{p} is prime, so {a}^{p - 1} = 1 mod {p}. Since {e} = {turns} * {p - 1} + {extra}, "
        f"the result is {a}^{extra} = {pow(a, extra, p)} mod {p}.",
    )


def trailing_zeros(draw: Random) -> Problem:
    n = draw.randint(10, 400)
    counts, power = [], 5
    while power <= n:
        counts.append(n // power)
        power *= 5
    return Problem(
        (n,),
        (f"How many zeros end {n} factorial?", f"Count the trailing zeros of {n}!."),
        f"Count the factors 5: {' + '.join(map(str, counts))} = {sum(counts)}. "
        f"So {n}! ends in {sum(counts)} zeros.",
    )


def order(draw: Random) -> Problem:
    a, n = coprime_pair(draw, 5, 23)
    powers = [a % n]
    while powers[-1] != 1 and len(powers) < 8:
        powers.append(powers[-1] * a % n)
    shown = ", ".join(map(str, powers))
    end = (
        f"so the order is {len(powers)}"
        if powers[-1] == 1
        else "and 1 is not among them, so the order is above 8"
    )
    return Problem(
        (a, n),
        (f"What is the order of {a} modulo {n}?", f"Find the smallest e with {a}^e = 1 mod {n}."),
        f"The powers of {a} mod {n} are {shown}, {end}.",
    )


def diophantine(draw: Random) -> Problem:
    a, b = sorted(draw.sample(range(4, 40), 2))
    g, c = gcd(a, b), draw.randint(5, 60)
    solvable = c % g == 0
    return Problem(
        (a, b, c),
        (f"Does {a}x + {b}y = {c} have integer solutions?", f"Is {a}x + {b}y = {c} solvable in integers?"),
        f"The gcd of {a} and {b} is {g}. It {'divides' if solvable else 'does not divide'} {c}, "
        f"so there are {'' if solvable else 'no '}integer solutions.",
    )


def weekday(draw: Random) -> Problem:
    start, n = draw.randrange(7), draw.randint(10, 400)
    return Problem(
        (start, n),
        (
            f"Today is {DAYS[start]}. Which day is it in {n} days?",
            f"{n} days after a {DAYS[start]}: which weekday?",
        ),
        f"Weeks have 7 days, and {n} mod 7 = {n % 7}. So count {n % 7} days on from {DAYS[start]}: "
        f"it is {DAYS[(start + n) % 7]}.",
    )


def consecutive_sum(draw: Random) -> Problem:
    kind, first, count = draw.choice(["integers", "even", "odd"]), draw.randint(3, 60), draw.choice([3, 5])
    step = 1 if kind == "integers" else 2
    first = first if kind == "integers" else 2 * first + (kind == "odd")
    run = [first + i * step for i in range(count)]
    name = "integers" if kind == "integers" else f"{kind} numbers"
    return Problem(
        (kind, first, count),
        (
            f"{count} consecutive {name} add to {sum(run)}. Find them.",
            f"Find {count} consecutive {name} with sum {sum(run)}.",
        ),
        f"The middle one is the mean: {sum(run)}/{count} = {run[count // 2]}. "
        f"The numbers are {listed([str(n) for n in run])}.",
    )


FAMILIES: tuple[Family, ...] = (
    euclid,
    least_common_multiple,
    factorisation,
    primality,
    remainder,
    power_by_squaring,
    modular_inverse,
    divisor_count,
    divisor_sum,
    totient,
    linear_congruence,
    chinese_remainder,
    last_digit,
    digit_rule,
    to_binary,
    from_base,
    fermat,
    trailing_zeros,
    order,
    diophantine,
    weekday,
    consecutive_sum,
)
