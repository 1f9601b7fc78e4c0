"""Figures that depend on the device: times, bandwidth, memory.

    measured("ms", claim="compiled < eager", eager=3.21, compiled=1.07)

Such figures are never output, which must be the same everywhere: they are kept as data beside the
page, with the device they were measured on, and what the page concludes from them is a claim that
is checked.
"""

import ast
import itertools
import json
import math
import numbers
import operator
import os
import re

FILE = "MEASURED_FILE"  # environment variable: where the site's own runs want the data
DIGITS = 3
UNIT = re.compile(r"[A-Za-zµ%][A-Za-z0-9µ%/² ]{0,19}")
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
GRAMMAR = "a claim has the given names, numbers, + - * /, comparisons, and, or, not, parentheses"
OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def measured(unit: str, claim: str, **values: float) -> None:
    """Record `values`, rounded to three significant digits, and check `claim`; once per program.

    Args:
        unit: of all values, such as "ms", "GB/s", "MiB", "x".
        claim: what the figures show, an expression that is true of them: "compiled < eager",
            "pinned > 1.2 * pageable".
        values: the figures by name; the names become the labels of the table's rows, underscores
            turned to blanks.

    Raises:
        ValueError: the unit, a name, a figure or the claim is not of the form above.
        AssertionError: the claim is false.
        RuntimeError: something was recorded before.
    """
    kept = {name: rounded(value) for name, value in values.items()}
    data = {"unit": unit, "claim": claim, "values": kept}
    if not holds(data):
        figures = ", ".join(f"{name}={value}" for name, value in kept.items())
        raise AssertionError(
            f"the claim is false: {claim}, with {figures} ({unit})"
        )
    if FILE not in os.environ:
        print(table(data))
        return
    try:
        with open(os.environ[FILE], "x", encoding="utf-8") as file:
            json.dump(data, file)
    except FileExistsError:
        raise RuntimeError(
            "measured() was called before: put all figures into one call"
        ) from None


def holds(data: dict) -> bool:
    """Whether the claim of `data` ({"unit", "claim", "values"}) is true of its values.

    Raises:
        ValueError: a part of it is not of the form that `measured` takes; the message says which.
    """
    if not isinstance(data, dict) or set(data) != {"unit", "claim", "values"}:
        raise ValueError("measured data has unit, claim and values")
    unit, claim, values = data["unit"], data["claim"], data["values"]
    if not isinstance(unit, str) or not UNIT.fullmatch(unit):
        what = (
            "write up to 20 letters, digits, blanks and / % ² µ, such as 'GB/s'"
        )
        raise ValueError(f"unit {unit!r}: {what}")
    if not isinstance(values, dict) or not values:
        raise ValueError("no figures: give each by name, such as eager=3.21")
    for name, value in values.items():
        if not isinstance(name, str) or not NAME.fullmatch(name):
            raise ValueError(
                f"name {name!r}: letters, digits and underscores become a row's label"
            )
        if rounded(value) != value:
            raise ValueError(
                f"{name}={value!r} has more than {DIGITS} significant digits"
            )
    if not isinstance(claim, str):
        raise ValueError(f"claim {claim!r}: {GRAMMAR}")
    try:
        tree = ast.parse(claim.strip(), mode="eval").body
        true = truth(tree, values)
    except (
        SyntaxError,
        ZeroDivisionError,
        OverflowError,
        RecursionError,
    ) as error:
        raise ValueError(f"claim {claim!r}: {error}; {GRAMMAR}") from None
    if not any(isinstance(node, ast.Name) for node in ast.walk(tree)):
        raise ValueError(
            f"claim {claim!r} says nothing of the figures; use their names"
        )
    return true


def truth(node: ast.expr, values: dict[str, float]) -> bool:
    """Return whether a part of a claim is true; a bare number is neither true nor false."""
    value = evaluate(node, values)
    if not isinstance(value, bool):
        what = "is neither true nor false; compare it, as in 'compiled < eager'"
        raise ValueError(f"{ast.unparse(node)!r} in the claim {what}")
    return value


def evaluate(node: ast.expr, values: dict[str, float]) -> float | bool:
    """Return the value of an expression in `GRAMMAR`; nothing is called or looked up elsewhere."""
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(
            number, bool
        ):
            return number
        case ast.Name(id=name):
            if name not in values:
                raise ValueError(
                    f"the claim names {name!r}; the figures are {', '.join(values)}"
                )
            return values[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in OPERATORS:
            return OPERATORS[type(op)](
                evaluate(left, values), evaluate(right, values)
            )
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -evaluate(operand, values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return not truth(operand, values)
        case ast.BoolOp(op=op, values=parts):
            truths = [truth(part, values) for part in parts]
            return all(truths) if isinstance(op, ast.And) else any(truths)
        case ast.Compare(ops=ops) if {
            type(op) for op in ops
        } <= OPERATORS.keys():
            terms = [
                evaluate(term, values)
                for term in (node.left, *node.comparators)
            ]
            pairs = zip(ops, itertools.pairwise(terms), strict=True)
            return all(OPERATORS[type(op)](*pair) for op, pair in pairs)
    raise ValueError(f"the claim has {ast.unparse(node)!r}; {GRAMMAR}")


def rounded(value: float) -> float:
    """Return a finite number with three significant digits; an int stays an int."""
    if (
        isinstance(value, bool)
        or not isinstance(value, numbers.Real)
        or not math.isfinite(value)
    ):
        raise ValueError(
            f"figure {value!r}: give a finite int or float (of a tensor, its .item())"
        )
    number = float(f"{float(value):.{DIGITS}g}")
    return int(number) if isinstance(value, numbers.Integral) else number


def written(value: float) -> str:
    """Return a rounded figure as it is shown: 1,230 and 12.3 and 0.00123."""
    if isinstance(value, int):
        return f"{value:,}"
    places = (
        max(0, DIGITS - 1 - math.floor(math.log10(abs(value)))) if value else 0
    )
    return f"{value:,.{places}f}"


def table(data: dict) -> str:
    """Return measured data as plain text, for a run outside the site's build."""
    rows = [
        (name.replace("_", " "), written(value))
        for name, value in data["values"].items()
    ]
    width = max(len(name) for name, _ in rows)
    lines = [f"{name:<{width}}  {value} {data['unit']}" for name, value in rows]
    return "\n".join([*lines, f"holds: {data['claim']}"])
