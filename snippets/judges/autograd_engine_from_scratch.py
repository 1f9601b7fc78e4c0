"""Judge of an autograd engine on tensors: compares with torch in float64."""

import gc
import sys
import weakref

import torch

# Where torch computes gradients.
AUTOGRAD = (
    torch.autograd.backward,
    torch.autograd.functional.vjp,
    torch.func.vjp,
)


def uneven(a):
    b = a + a
    c = b * b  # b reaches the result by paths of several lengths
    return (c * b + c) * b + b * (c + b * c)


def doubled(a, times=50):  # 2**times paths, times + 1 nodes
    for _ in range(times):
        a = a + a
    return a


def chain(a):
    total = a
    for _ in range(10_000):
        total = total + a
    return total


def network(x, y, w1, b1, w2):
    error = (x @ w1 + b1).tanh() @ w2 + y
    return (error * error).sum()


def shared(a, b):  # + hands one gradient to a, to b and to two products
    return ((a + (b + (a * a + b * b))) * a).sum()


def trained(leaf, steps=50):
    """Return the losses of a network that learns exclusive or."""
    torch.manual_seed(0)
    x = leaf(torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]]).double())
    y = leaf(torch.tensor([[0.0], [-1], [-1], [0]]).double())
    sizes, losses = ((2, 8), (8,), (8, 1)), []
    weights = [leaf(torch.randn(s, dtype=torch.float64)) for s in sizes]
    for _ in range(steps):
        loss = network(x, y, *weights)
        loss.backward()
        losses.append(loss.data.item())
        for w in weights:
            w.data = w.data - 0.05 * w.grad
            w.grad = torch.zeros_like(w.data)
    return losses


def judge(Value):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    checks = 0

    def check(what, function, *shapes, hint=""):
        nonlocal checks
        start = [torch.randn(s, dtype=torch.float64) for s in shapes]
        leaves = [Value(t.clone()) for t in start]
        theirs = [t.clone().requires_grad_() for t in start]
        real, due = function(*leaves), function(*theirs)
        assert real.data.dtype == due.dtype, (
            f"{what}: {real.data.dtype} from {due.dtype}"
        )
        assert not real.data.requires_grad, (
            f"{what}: torch records a graph, too: data needs no requires_grad"
        )
        assert torch.allclose(real.data, due), f"{what}: a wrong value"
        for t, leaf in zip(start, leaves, strict=True):
            assert torch.equal(leaf.data, t), f"{what} changes data in place"
        try:
            real.backward()
        except RecursionError as e:
            hint = "recursion gets too deep: a loop with a stack does not"
            raise AssertionError(f"{what}: {hint}") from e
        except RuntimeError as e:
            hint = "a gradient has the shape of its input, and its own memory"
            raise AssertionError(f"{what}: {e}; {hint}") from e
        due.backward()
        for t, leaf, tensor in zip(start, leaves, theirs, strict=True):
            assert leaf.grad.shape == t.shape, (
                f"{what}: the gradient of an input of shape {tuple(t.shape)} "
                f"has the shape {tuple(leaf.grad.shape)}: sum it over the "
                "dimensions along which the input was repeated"
            )
            assert leaf.grad.dtype == t.dtype, (
                f"{what}: a gradient in {leaf.grad.dtype} of a {t.dtype}"
            )
            assert torch.allclose(leaf.grad, tensor.grad), (
                f"{what}: a gradient is {leaf.grad.flatten()[0]:.4g}, not "
                f"{tensor.grad.flatten()[0]:.4g}{hint}"
            )
        checks += 1
        return [tuple(leaf.grad.shape) for leaf in leaves]

    def limit(frame, event, argument):
        nonlocal calls
        calls += event in ("call", "c_call")
        assert frame.f_code.co_filename not in library, (
            "torch's autograd computes a gradient: it serves for arrays alone"
        )
        assert calls < 200_000, (
            "50 doublings take more than 200,000 calls: visit each node once, "
            "not once for each path"
        )

    fresh = Value(2.0)
    assert fresh.data == 2 and fresh.grad == 0, "Value(2.0): data 2, grad 0"
    check("a * b", lambda a, b: a * b, (), ())
    data = weakref.ref((fresh * fresh).data)
    gc.collect()
    assert data() is None, (
        "a result that nobody uses stays in memory: a node may know its "
        "inputs, but no list knows all nodes"
    )
    ones = [Value(torch.ones(2, 2)) for _ in range(5)]
    library = {function.__code__.co_filename for function in AUTOGRAD}
    calls, before = 0, sys.getprofile()
    sys.setprofile(limit)
    try:
        network(*ones).backward()
        doubled(Value(1.0)).backward()
    finally:
        sys.setprofile(before)
    check(
        "a + a", lambda a: a + a, (), hint=": add up what comes from each use"
    )
    check("50 doublings", doubled, ())
    late = ": a node passes its gradient on when all its users have added to it"
    check("a value used at several depths", uneven, (), hint=late)
    hint = ": inputs of + share one gradient tensor, which += changes in place"
    check("(a + (b + (a * a + b * b))) * a", shared, (3,), (3,), hint=hint)
    check("a.tanh()", lambda a: a.tanh(), ())
    check("a.sum()", lambda a: a.sum(), (2, 3))
    check("a + b", lambda a, b: (a + b).sum(), (4, 3), (3,))
    check("a * b", lambda a, b: (a * b).sum(), (4, 1), (1, 3))
    check("a * b", lambda a, b: (a * b).sum(), (2, 4, 3), ())
    check("a.sum() * a", lambda a: (a.sum() * a).sum(), (2, 3))
    sizes = (5, 3), (5, 2), (3, 4), (4,), (4, 2)
    print("a network like torch:", check("a network", network, *sizes))
    check("a chain", chain, ())  # recursion does not get that deep
    print("10,000 additions in a chain like torch")

    a = Value(3.0)
    square = a * a  # two losses on one node
    (square + square).backward()
    (square * square).backward()
    assert a.grad == 120, (
        "two calls on a shared node: leaves add up (12 + 108 = 120, not "
        f"{a.grad:.4g}); nodes in between start again at 0"
    )
    (fresh * fresh).backward()
    assert a.grad == 120, "backward() changes a leaf that it does not depend on"
    a.backward()
    assert a.grad == 121, "backward() of a leaf adds 1 to its grad"
    real, due = trained(Value), trained(torch.Tensor.requires_grad_)
    assert torch.allclose(torch.tensor(real), torch.tensor(due)), (
        "training: other losses than torch"
    )
    print(f"exclusive or, 50 steps like torch: loss {real[0]:.3f} ->", end=" ")
    print(f"{real[-1]:.3f}\naccepted: {checks + 6} checks")
