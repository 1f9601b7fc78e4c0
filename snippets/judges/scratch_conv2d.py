"""Judge of a 2-D convolution: compares with F.conv2d."""

import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode


class Watched(TorchFunctionMode):
    """Sees every function of torch that is called, under any name."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        assert "conv" not in name, f"write it without torch's {name}"
        return func(*args, **(kwargs or {}))


def judge(conv2d):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    checks = 0

    def check(what, x, weight, bias=None, hint="wrong values", **settings):
        nonlocal checks
        due = F.conv2d(x, weight, bias, **settings)
        given = {"x": x, "weight": weight, "bias": bias}
        kept = {k: t.clone() for k, t in given.items() if t is not None}
        real = conv2d(x, weight, bias, **settings)
        for name, before in kept.items():
            same = torch.equal(given[name], before)
            assert same, f"{what}: {name} is changed in place"
        assert real.shape == due.shape, (
            f"{what}: shape {tuple(real.shape)} instead of {tuple(due.shape)}: "
            "a side is (size + 2 * padding - kernel) // stride + 1"
        )
        assert torch.allclose(real, due), f"{what}: {hint}"
        assert torch.allclose(real, due, rtol=1e-9, atol=1e-9), (
            f"{what}: nearly right, as if float32 were used for float64"
        )
        checks += 1

    def random(*shape):
        return torch.randn(shape, dtype=torch.float64)

    x, weight = random(1, 1, 5, 5), random(1, 1, 3, 3)
    with Watched():  # it slows loops: this once
        real = conv2d(x, weight)
    assert real.shape == (1, 1, 3, 3), (
        f"5 x 5 with a kernel of 3 x 3 gives {tuple(real.shape[2:])}, not "
        "(3, 3): a side is (size - kernel) // stride + 1"
    )
    assert real.dtype == x.dtype, f"{real.dtype} for an x of {x.dtype}"
    flipped = F.conv2d(x, weight.flip(2, 3))
    assert not torch.allclose(real, flipped), (
        "the kernel is flipped: layers compute a cross-correlation"
    )
    assert not torch.allclose(real, F.conv2d(x, weight.transpose(2, 3))), (
        "height and width of the kernel are swapped"
    )
    check("one channel", x, weight)
    rgb, two, kernels = (
        random(*shape) for shape in ((1, 3, 5, 5), (2, 3, 6, 6), (4, 3, 3, 3))
    )
    hint = "sum over the input channels, each with its own part of the kernel"
    check("three channels in", rgb, kernels[:1], hint=hint)
    hint = (
        "a value stands in a wrong place or comes from a wrong kernel; "
        "does a view split what should be transposed?"
    )
    check("four channels out", rgb, kernels, hint=hint)
    check("a batch of two", two, kernels)
    hint = "the bias has one number per output channel: (O, 1, 1)"
    check("bias", two, kernels, random(4), hint=hint)
    check("5 x 8, kernel 2 x 3", random(2, 3, 5, 8), random(4, 3, 2, 3))
    hint = "wrong where x and weight are not contiguous, here transposed"
    check("5 x 8", random(2, 3, 8, 5).mT, random(4, 3, 3, 2).mT, hint=hint)
    check("kernel 1 x 1", random(2, 3, 4, 4), random(5, 3, 1, 1))

    x, weight, bias = random(2, 3, 7, 10), random(4, 3, 3, 2), random(4)
    hint = "zeros go around the image, on all four sides, and the bias is added"
    for padding in (1, 2):
        what = f"padding={padding}"
        check(what, x, weight, bias, hint=hint, padding=padding)
    hint = "window (i, j) begins at (i * stride, j * stride)"
    for stride in (2, 3, 4):
        check(f"stride={stride}", x, weight, bias, hint=hint, stride=stride)
    check("stride and padding", x, weight, bias, stride=2, padding=1)

    bias.zero_()  # as many layers begin
    inputs = [t.requires_grad_() for t in (x, weight, bias)]
    real = conv2d(*inputs, stride=2, padding=1)
    assert real.requires_grad, "the result has no gradient"
    due = F.conv2d(*inputs, stride=2, padding=1)
    pairs = (
        torch.autograd.grad(t.sin().sum(), inputs, allow_unused=True)
        for t in (real, due)
    )
    for name, a, b in zip(("x", "weight", "bias"), *pairs, strict=True):
        assert a is not None, f"no gradient reaches {name}"
        assert torch.allclose(a, b), f"wrong gradient of {name}"
        checks += 1
    print(f"accepted: {checks + 3} checks")
