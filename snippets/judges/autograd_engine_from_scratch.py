"""Judge of a scalar autograd engine: compares with torch in float64."""

import sys

import torch


def uneven(a):
    b = a + a
    c = b * b  # b reaches the result by paths of several lengths
    return (c * b + c) * b + b * (c + b * c)


def doubled(a):
    for _ in range(50):  # 2**50 paths, 51 nodes
        a = a + a
    return a


def neuron(w, x, b):
    return ((w * x + b).relu() + b) * w


def judge(Value):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    checks = 0

    def check(what, function, *numbers, hint=""):
        nonlocal checks
        leaves = [Value(number) for number in numbers]
        theirs = [
            torch.tensor(number, dtype=torch.float64, requires_grad=True)
            for number in numbers
        ]
        real, due = function(*leaves), function(*theirs)
        assert abs(real.data - due.item()) <= 1e-9 * abs(due.item()), (
            f"{what} is {due.item():.4g}, not {real.data:.4g}"
        )
        real.backward()
        due.backward()
        for number, leaf, tensor in zip(numbers, leaves, theirs, strict=True):
            assert leaf.data == number, f"{what} changes its input"
            a, b = leaf.grad, tensor.grad.item()
            assert abs(a - b) <= 1e-9 * abs(b), (
                f"{what}: a gradient is {a:.4g}, not {b:.4g}{hint}"
            )
        checks += 1

    def limit(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")
        assert calls < 200_000, (
            "50 doublings take more than 200,000 calls: visit each node once, "
            "not once for each path"
        )

    fresh = Value(2.0)
    assert fresh.data == 2 and fresh.grad == 0, "Value(2.0): data 2, grad 0"
    check("a * b", lambda a, b: a * b, 3.0, 4.0)
    check("a + a", lambda a: a + a, 3.0, hint=": add up what comes from each")
    calls, before = 0, sys.getprofile()
    sys.setprofile(limit)
    try:
        check("50 doublings", doubled, 1.0)
    finally:
        sys.setprofile(before)
    late = ": a node passes its gradient on when all its users have added to it"
    check("a value used at several depths", uneven, 0.7, hint=late)

    check("a.relu()", lambda a: a.relu(), 0.3)
    check("a.relu()", lambda a: a.relu(), -0.3)
    check("a neuron", neuron, 0.5, 1.2, 0.1)

    a = Value(3.0)
    shared = a * a  # two losses on one node
    (shared + shared).backward()
    (shared * shared).backward()
    assert abs(a.grad - 120) <= 1e-9, (
        "two calls on a shared node: leaves add up (12 + 108 = 120, not "
        f"{a.grad:.4g}); nodes in between start again at 0"
    )
    a.backward()
    assert abs(a.grad - 121) <= 1e-9, (
        "backward() of a leaf adds 1 to its grad: 121 behind 120, not "
        f"{a.grad:.4g}"
    )
    print(f"accepted: {checks + 3} checks")
