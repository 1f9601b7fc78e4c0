"""The judge of LayerNorm and RMSNorm: it compares with the module in nn."""

import torch
from torch import nn
from torch.overrides import TorchFunctionMode


class Watched(TorchFunctionMode):
    """Sees every function of torch that is called, under any name."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        for kind in ("layer", "rms", "group", "batch", "instance"):
            assert f"{kind}_norm" not in name, (
                f"write it without torch's {name}"
            )
        return func(*args, **(kwargs or {}))


def judge(norm):
    """Raise an AssertionError that says what is wrong; print the checks."""
    torch.manual_seed(0)
    assert isinstance(norm, type) and issubclass(norm, nn.Module), (
        "write a class that inherits from nn.Module"
    )
    assert norm.__name__ in ("LayerNorm", "RMSNorm"), (
        f"the class is {norm.__name__}, not LayerNorm or RMSNorm"
    )
    theirs = getattr(nn, norm.__name__)  # of the same name
    checks = 0

    def compare(what, x, dims=(4,), eps=1e-5, affine=False, atol=1e-5):
        nonlocal checks
        ours, other = norm(dims, eps=eps), theirs(dims, eps=eps).double()
        real, due = (
            {name: tuple(p.shape) for name, p in m.named_parameters()}
            for m in (ours, other)
        )
        assert real == due, f"{norm.__name__}: parameters {real}, not {due}"
        for name, p in other.named_parameters():
            mine = ours.get_parameter(name)
            assert mine.requires_grad, f"{name} is frozen"
            assert (mine == p).all(), (
                f"{name} starts as {mine.tolist()} in a new {norm.__name__}"
            )
            if affine:
                mine.data = nn.init.normal_(p).detach().to(x.dtype)
                p.data.copy_(mine)
        before = x.clone()
        with Watched():
            real = ours(x)
        expected = other(before.double())
        assert torch.equal(x, before), "the input is changed in place"
        assert real.shape == x.shape, f"{tuple(real.shape)}: {what}"
        assert real.dtype == x.dtype, f"{real.dtype} for {x.dtype}"
        assert torch.allclose(real.double(), expected, min(atol, 1e-5), atol), (
            f"{norm.__name__}: {what}"
        )
        assert torch.equal(ours.eval()(x), real), (
            "a second call, in evaluation, gives something else"
        )
        checks += 1

    for shape, dims in (
        ((4,), (4,)),
        ((3, 4), (4,)),
        ((2, 3, 4), (4,)),
        ((2, 5, 3, 4), (3, 4)),
    ):
        x = torch.randn(shape) * 3 + 2
        rows = norm(dims)(x)
        assert isinstance(rows, torch.Tensor), f"{type(rows)} is no tensor"
        rows, size = rows.flatten(-len(dims)), torch.Size(dims).numel()
        if theirs is nn.LayerNorm:
            assert rows.mean(-1).abs().max() < 1e-4, (
                f"input {shape}, shape {dims}: rows of {size} numbers do not "
                "have the mean 0"
            )
        assert abs(rows.square().mean().item() - 1 + 1 / size) > 1e-3, (
            f"the variance of a row of {size} is {size - 1}/{size}, not 1: "
            "divide its squares by D, not by D - 1"
        )
        compare(f"wrong values for input {shape}, shape {dims}", x, dims)
    compare("wrong values for a transposed input", torch.randn(2, 4, 3).mT)
    what = "wrong values for a small variance: add eps to it, under the root"
    for eps in (1e-5, 1e-2):
        compare(what, torch.randn(3, 4) * 1e-2, eps=eps, atol=1e-4)
    what = "normalized * weight (+ bias for LayerNorm)"
    compare(what, torch.randn(2, 3, 4), affine=True)
    compare(what, torch.randn(2, 5, 3, 4), (3, 4), affine=True)
    compare("eps keeps 0 / 0 away", torch.zeros(2, 4), affine=True)
    what = "wrong for a mean of 10,000: subtract the mean, then square"
    compare(what, torch.randn(3, 4) + 10_000, atol=1e-2)
    for dtype, spread in (
        (torch.float16, 300),
        (torch.float16, 10),
        (torch.bfloat16, 300),
        (torch.bfloat16, 30),
    ):
        x = (torch.randn(3, 4) * spread + 3000).to(dtype)
        what = f"wrong values for {dtype} around 3,000: compute in float32"
        compare(what, x, affine=True, atol=3e-2)

    what = "float64 is computed in float32: promote 16 bits only"
    x = torch.randn(3, 4, dtype=torch.float64)
    compare(what, x, atol=1e-12)
    compare(what, x, affine=True, atol=1e-12)

    x, eps = torch.randn(3, 4) * 1e-2, 1e-5 if theirs is nn.LayerNorm else 1e-6
    assert torch.allclose(norm((4,))(x), theirs(4, eps)(x), atol=1e-4), (
        f"{norm.__name__}: eps is {eps} by default"
    )
    x, g = torch.randn(2, 3, 4)
    grads, names = [], [name for name, _ in theirs(4).named_parameters()]
    for module in (norm((4,), 1e-5), theirs((4,), 1e-5)):
        given = [module.get_parameter(name) for name in names]
        given = [x.clone().requires_grad_(), *given]
        real = module(given[0])
        assert real.requires_grad, "the result has no gradient"
        grads.append(
            torch.autograd.grad(real, given, g, materialize_grads=True)
        )
    for name, a, b in zip(("x", *names), *grads, strict=True):
        assert torch.allclose(a, b, atol=1e-5), f"wrong gradient of {name}"
    print(f"{norm.__name__} accepted: {checks + 2} checks")
