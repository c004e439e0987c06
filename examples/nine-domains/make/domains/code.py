"""Code: small Python functions, what programs print, and mended mistakes."""

from random import Random

from ..problem import Family, Problem

NAMES = ("xs", "numbers", "values", "items", "data", "scores", "prices", "ages", "sizes", "points")
TEXTS = (
    "hello",
    "python",
    "banana",
    "merge",
    "planet",
    "window",
    "orange",
    "garden",
    "silver",
    "rocket",
    "letter",
)
CLASSES = (
    ("Point", "x", "y"),
    ("Book", "title", "pages"),
    ("User", "name", "age"),
    ("Item", "price", "count"),
    ("Song", "artist", "length"),
    ("City", "name", "people"),
    ("Box", "width", "height"),
    ("Car", "maker", "year"),
    ("Pixel", "row", "column"),
    ("Team", "coach", "wins"),
)
# what the elements become: words, expression
MAPS = (
    ("squares", "x * x"),
    ("cubes", "x ** 3"),
    ("doubles", "2 * x"),
    ("absolute values", "abs(x)"),
    ("halves", "x / 2"),
    ("negatives", "-x"),
    ("remainders by 7", "x % 7"),
    ("values plus one", "x + 1"),
)
# which elements count: words, condition
TESTS = (
    ("even", "x % 2 == 0"),
    ("odd", "x % 2 == 1"),
    ("positive", "x > 0"),
    ("negative", "x < 0"),
    ("nonzero", "x != 0"),
    ("large", "x > 100"),
    ("small", "x < 10"),
)
# how they are put together: words, call
FOLDS = (("sum", "sum"), ("largest", "max"), ("smallest", "min"), ("sorted list", "sorted"), ("set", "set"))
UNITS = (
    ("miles", "km", "1.609"),
    ("inches", "cm", "2.54"),
    ("feet", "metres", "0.3048"),
    ("pounds", "kg", "0.4536"),
    ("hours", "seconds", "3600"),
    ("days", "hours", "24"),
    ("gallons", "litres", "3.785"),
    ("weeks", "days", "7"),
    ("ounces", "grams", "28.35"),
    ("bytes", "bits", "8"),
)
METHODS = ("upper", "title", "capitalize", "swapcase")


def fenced(code: str) -> str:
    return f"```python\n{code}\n```"


def map_and_fold(draw: Random) -> Problem:
    (fold, call), (mapped, expression), name = draw.choice(FOLDS), draw.choice(MAPS), draw.choice(NAMES)
    return Problem(
        (fold, mapped, name),
        (
            f"Write a function that returns the {fold} of the {mapped} of {name}.",
            f"In Python, compute the {fold} of the {mapped} in a list {name}.",
        ),
        fenced(f"def solve({name}):\n    return {call}({expression} for x in {name})")
        + f"\nThe generator gives the {mapped} and {call} joins them.",
    )


def filter_list(draw: Random) -> Problem:
    (kind, test), (mapped, expression), name = draw.choice(TESTS), draw.choice(MAPS), draw.choice(NAMES)
    return Problem(
        (kind, mapped, name),
        (
            f"Write a list comprehension with the {mapped} of the {kind} elements of {name}.",
            f"Make a list of the {mapped} of all {kind} numbers in {name}.",
        ),
        fenced(f"result = [{expression} for x in {name} if {test}]")
        + f"\nThe condition keeps only {kind} elements.",
    )


def counting_loop(draw: Random) -> Problem:
    (kind, test), name, counter = (
        draw.choice(TESTS),
        draw.choice(NAMES),
        draw.choice(["count", "total", "n", "found"]),
    )
    return Problem(
        (kind, name, counter),
        (
            f"Count the {kind} elements of {name} with a loop and a variable {counter}.",
            f"Write a for loop that counts {kind} numbers of {name} in {counter}.",
        ),
        fenced(f"{counter} = 0\nfor x in {name}:\n    if {test}:\n        {counter} += 1"),
    )


def print_comprehension(draw: Random) -> Problem:
    (_, expression), stop, start = draw.choice(MAPS[:3] + MAPS[6:]), draw.randint(4, 8), draw.randint(0, 3)
    printed = [eval(expression, {"x": x}) for x in range(start, stop)]
    return Problem(
        (expression, start, stop),
        (
            f"What does print([{expression} for x in range({start}, {stop})]) print?",
            f"Give the output of print([{expression} for x in range({start}, {stop})]).",
        ),
        f"The variable x runs from {start} to {stop - 1}, and each value becomes {expression}. "
        f"It prints {printed}.",
    )


def print_slice(draw: Random) -> Problem:
    text, a, b, step = draw.choice(TEXTS), draw.randint(0, 2), draw.randint(3, 6), draw.choice([1, 1, 2])
    part = f"[{a}:{b}]" if step == 1 else f"[{a}:{b}:2]"
    return Problem(
        (text, part),
        (f'What is "{text}"{part} in Python?', f'Evaluate the slice "{text}"{part}.'),
        f"The slice starts at index {a} and stops before {b}{', in steps of 2' if step == 2 else ''}. "
        f'The result is "{text[a:b:step]}".',
    )


def print_method(draw: Random) -> Problem:
    text, method, count = draw.choice(TEXTS), draw.choice(METHODS), draw.randint(2, 3)
    result = getattr(text, method)() * count
    return Problem(
        (text, method, count),
        (
            f'What does print("{text}".{method}() * {count}) show?',
            f'Give the output of print("{text}".{method}() * {count}).',
        ),
        f'The method {method} gives "{getattr(text, method)()}", and * {count} repeats it: {result}.',
    )


def trace_loop(draw: Random) -> Problem:
    start, step, stop = draw.randint(0, 9), draw.randint(2, 9), draw.randint(12, 40)
    x, seen = start, []
    while x < stop:
        x += step
        seen.append(x)
    shown = seen if len(seen) < 7 else [*seen[:3], "...", seen[-1]]
    return Problem(
        (start, step, stop),
        (
            f"x = {start}\nwhile x < {stop}:\n    x += {step}\nWhat is x at the end?",
            f"Trace this loop: x = {start}; while x < {stop}: x += {step}.",
        ),
        f"x takes the values {', '.join(map(str, shown))}. The loop stops when x is not less than {stop}, "
        f"so x = {seen[-1]}.",
    )


def integer_division(draw: Random) -> Problem:
    a, b = draw.randint(20, 200), draw.randint(3, 19)
    return Problem(
        (a, b),
        (f"What are {a} // {b} and {a} % {b} in Python?", f"Evaluate divmod({a}, {b})."),
        f"{b} goes {a // b} times into {a}, so {a} // {b} is {a // b}. The rest is {a} % {b} = {a % b}. "
        f"So divmod gives ({a // b}, {a % b}).",
    )


def bits(draw: Random) -> Problem:
    a, b, sign = draw.randint(1, 31), draw.randint(1, 31), draw.choice("&|^")
    result = {"&": a & b, "|": a | b, "^": a ^ b}[sign]
    name = {"&": "and", "|": "or", "^": "xor"}[sign]
    return Problem(
        (sign, max(a, b), min(a, b)),
        (f"Evaluate {a} {sign} {b} in Python.", f"What is the value of {a} {sign} {b}?"),
        f"In binary this is {a:05b} {name} {b:05b}. The result is {result:05b}, which is {result}.",
    )


def small_class(draw: Random) -> Problem:
    (name, first, second), default = draw.choice(CLASSES), draw.randint(0, 30)
    return Problem(
        (name, default),
        (
            f"Write a dataclass {name} with {first} and {second} (default {default}).",
            f"Define {name} as a dataclass: fields {first} and {second}, {second} = {default} by default.",
        ),
        fenced(f"@dataclass\nclass {name}:\n    {first}: str\n    {second}: int = {default}"),
    )


def class_method(draw: Random) -> Problem:
    (name, _, field), amount = draw.choice(CLASSES), draw.randint(1, 40)
    verb = draw.choice(["add", "grow", "raise_by", "change"])
    return Problem(
        (name, verb, amount),
        (
            f"Give class {name} a method {verb} that adds {amount} to {field}.",
            f"Write the method {verb} of {name}: it increases {field} by {amount}.",
        ),
        fenced(
            f"class {name}:\n    def {verb}(self):\n        self.{field} += {amount}\n        return self"
        ),
    )


def sort_by_key(draw: Random) -> Problem:
    (_, first, second), name = draw.choice(CLASSES), draw.choice(NAMES)
    field, backwards = draw.choice([first, second]), draw.random() < 0.5
    order = "descending" if backwards else "ascending"
    more = ", reverse=True" if backwards else ""
    return Problem(
        (field, name, order),
        (
            f"Sort a list of dicts {name} by {field} in {order} order.",
            f"How do I sort {name} by the key {field}, {order}?",
        ),
        fenced(f'{name}.sort(key=lambda row: row["{field}"]{more})')
        + f"\nThe key function returns {field} of each row.",
    )


def count_words(draw: Random) -> Problem:
    name, thing = (
        draw.choice(["counts", "table", "seen", "histogram"]),
        draw.choice(["words", "letters", "lines"]),
    )
    source = draw.choice(["text", "message", "page", "note"])
    split = {"words": f"{source}.split()", "letters": source, "lines": f"{source}.splitlines()"}[thing]
    return Problem(
        (name, thing, source),
        (
            f"Count the {thing} of {source} in a dict {name}.",
            f"Build a dict {name} with how often {thing} are in {source}.",
        ),
        fenced(f"{name} = {{}}\nfor part in {split}:\n    {name}[part] = {name}.get(part, 0) + 1"),
    )


def convert_units(draw: Random) -> Problem:
    (source, target, factor), amount = draw.choice(UNITS), draw.randint(2, 60)
    return Problem(
        (source, amount),
        (
            f"Write a function that converts {source} to {target} and call it with {amount}.",
            f"Convert {amount} {source} to {target} with a Python function.",
        ),
        fenced(f"def to_{target}({source}):\n    return {source} * {factor}\n\nprint(to_{target}({amount}))"),
    )


def recursive(draw: Random) -> Problem:
    kind, step, base = draw.choice(["sum", "product"]), draw.randint(1, 4), draw.randint(1, 9)
    sign, unit = ("+", 0) if kind == "sum" else ("*", 1)
    return Problem(
        (kind, step, base),
        (
            f"Write a recursive {kind} of n, n - {step}, ... that stops below {base}.",
            f"Define f(n) recursively as the {kind} of n, n - {step} and so on while n >= {base}.",
        ),
        fenced(f"def f(n):\n    if n < {base}:\n        return {unit}\n    return n {sign} f(n - {step})"),
    )


def mend_index(draw: Random) -> Problem:
    name, offset = draw.choice(NAMES), draw.randint(1, 5)
    verb = draw.choice(["print", "check", "use", "show", "store"])
    return Problem(
        (name, verb, offset),
        (
            f"Mend the error: for i in range(len({name}) + {offset}): {verb}({name}[i])",
            f"Why does for i in range(len({name}) + {offset}): {verb}({name}[i]) fail?",
        ),
        f"The index i runs past the end of {name}, which raises IndexError. Leave out the + {offset}:\n"
        + fenced(f"for item in {name}:\n    {verb}(item)"),
    )


def guard_errors(draw: Random) -> Problem:
    error, action = draw.choice(
        [
            ("ValueError", "int(text)"),
            ("KeyError", "table[key]"),
            ("ZeroDivisionError", "total / count"),
            ("FileNotFoundError", "open(path)"),
            ("IndexError", "row[place]"),
            ("TypeError", "len(thing)"),
        ]
    )
    fallback, target = (
        draw.choice(["None", "0", "-1", '""', "[]"]),
        draw.choice(["result", "value", "answer", "found"]),
    )
    return Problem(
        (error, fallback, target),
        (
            f"Set {target} = {action}, but use {fallback} on {error}.",
            f"Catch {error} in {target} = {action} and fall back to {fallback}.",
        ),
        fenced(f"try:\n    {target} = {action}\nexcept {error}:\n    {target} = {fallback}"),
    )


def enumerate_list(draw: Random) -> Problem:
    name, start = draw.choice(NAMES), draw.randint(0, 20)
    label = draw.choice(["row", "line", "place", "number"])
    return Problem(
        (name, start, label),
        (
            f"Print each element of {name} with its {label}, counted from {start}.",
            f"Loop over {name} with enumerate from {start} and print {label} and element.",
        ),
        fenced(f"for {label}, item in enumerate({name}, start={start}):\n    print({label}, item)"),
    )


def set_result(draw: Random) -> Problem:
    a, b = (set(draw.sample(range(10), 4)) for _ in range(2))
    sign = draw.choice(["&", "|", "-"])
    result = sorted({"&": a & b, "|": a | b, "-": a - b}[sign])
    meaning = {"&": "in both sets", "|": "in either set", "-": "only in the first set"}[sign]
    return Problem(
        (sign, str(sorted(a)), str(sorted(b))),
        (
            f"Evaluate sorted({set_text(a)} {sign} {set_text(b)}).",
            f"What does sorted({set_text(a)} {sign} {set_text(b)}) return?",
        ),
        f"The operator {sign} keeps what is {meaning}. The result is {result}.",
    )


def set_text(numbers: set[int]) -> str:
    return "{" + ", ".join(map(str, sorted(numbers))) + "}"


def function_with_test(draw: Random) -> Problem:
    (mapped, expression), value = draw.choice(MAPS[:3] + MAPS[5:]), draw.randint(2, 40)
    name = draw.choice(["f", "g", "step", "change"])
    return Problem(
        (name, expression, value),
        (
            f"Write {name}(x) for {mapped} and test it with {value}.",
            f"Define {name}(x) = {expression} in Python with one assert at {value}.",
        ),
        fenced(
            f"def {name}(x):\n    return {expression}\n\n"
            f"assert {name}({value}) == {eval(expression, {'x': value})}"
        ),
    )


FAMILIES: tuple[Family, ...] = (
    map_and_fold,
    filter_list,
    counting_loop,
    print_comprehension,
    print_slice,
    print_method,
    trace_loop,
    integer_division,
    bits,
    small_class,
    class_method,
    sort_by_key,
    count_words,
    convert_units,
    recursive,
    mend_index,
    guard_errors,
    enumerate_list,
    set_result,
    function_with_test,
)
