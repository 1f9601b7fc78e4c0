"""Judge of a custom autograd.Function: compares with autograd's own result."""

import torch
import torch.nn.functional as F
from torch.utils._python_dispatch import TorchDispatchMode


class Log(TorchDispatchMode):
    """Keep the names of all operations."""

    def __init__(self):
        super().__init__()
        self.names = []

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        self.names.append(str(function))
        return function(*args, **(kwargs or {}))


def check_forward(SiLU, x):
    what = f"for {x.dtype} and shape {tuple(x.shape)}, strides {x.stride()}"
    kept = x.detach().clone()
    try:
        y = SiLU.apply(x)
    except (RuntimeError, TypeError, ValueError, IndexError) as error:
        raise AssertionError(f"{what}: {error}") from error
    assert torch.equal(x, kept), f"{what}: forward changes x in place"
    assert y.dtype == x.dtype, f"{what}: the output is {y.dtype}"
    assert y.shape == x.shape, f"{what}: an output of shape {tuple(y.shape)}"
    loose = {} if x.dtype.itemsize > 2 else {"rtol": 0.02, "atol": 0.01}
    assert torch.allclose(y, F.silu(x), **loose), (
        f"{what}: the output differs from F.silu"
    )


def judge(SiLU):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    assert issubclass(SiLU, torch.autograd.Function), (
        "SiLU is no subclass of torch.autograd.Function"
    )
    x = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    check_forward(SiLU, x)
    for dtype in (torch.float32, torch.float16, torch.bfloat16):
        check_forward(SiLU, x.detach().to(dtype))
    for other in (x[0, 0], x[:0], x.T, torch.randn(2, 3, 4)):
        check_forward(SiLU, other.detach().requires_grad_())
    checks = 8

    ones = torch.ones_like(x)
    for factor in (ones, torch.randn_like(x)):
        given = factor.clone()
        with Log() as log:
            (real,) = torch.autograd.grad(SiLU.apply(x), x, given)
        for name in log.names:
            assert "_backward" not in name, (
                f"{name} is torch's own derivative: write the formula"
            )
        assert torch.equal(given, factor), (
            "backward changes grad_output in place: others may hold it, too"
        )
        (due,) = torch.autograd.grad(F.silu(x), x, factor)
        hint = "" if factor is ones else ": multiply by grad_output"
        assert torch.allclose(real, due), f"wrong gradient of x{hint}"
        assert torch.allclose(real, due, rtol=1e-9, atol=1e-12), (
            "the gradient of a float64 tensor has the precision of float32"
        )
        checks += 1

    y, _ = SiLU.apply(x), SiLU.apply(x + 1)
    (real,) = torch.autograd.grad(y, x, ones)
    assert torch.allclose(real, torch.autograd.grad(F.silu(x), x, ones)[0]), (
        "a second call before backward makes the gradient of the first wrong: "
        "keep tensors with ctx.save_for_backward, not on the class"
    )
    checks += 1

    far = torch.tensor([-1000.0, 0.0, 1000.0], requires_grad=True)
    y = SiLU.apply(far)
    (slopes,) = torch.autograd.grad(y.sum(), far)
    for values, due in ((y, [0.0, 0.0, 1000.0]), (slopes, [0.0, 0.5, 1.0])):
        what = "values" if values is y else "slopes"
        assert torch.allclose(values, torch.tensor(due)), (
            f"{what} {values.tolist()} at -1000, 0 and 1000, not {due}: "
            "torch.sigmoid does not overflow, and nothing divides by x"
        )
        checks += 1

    changed = x.clone()
    y = SiLU.apply(changed)
    changed.detach().mul_(2)
    try:
        (real,) = torch.autograd.grad(y.sum(), x)
    except RuntimeError:
        pass  # refused
    else:
        (due,) = torch.autograd.grad(F.silu(x).sum(), x)
        assert torch.allclose(real, due), (
            "x was changed after the forward pass, and the gradient is wrong "
            "without an error: keep tensors with ctx.save_for_backward"
        )
    checks += 1

    def second(function):
        loss = function(x).square().sum()  # so grad_output has a graph
        slope = torch.autograd.grad(loss, x, create_graph=True)[0]
        return torch.autograd.grad(slope.sum(), x)[0]

    due = second(F.silu)
    try:
        real = second(SiLU.apply)
    except RuntimeError as error:
        assert "does not require grad" not in str(error), (
            "the gradient has no graph, so beside another term the second "
            "derivative is lost without an error: mark backward "
            "@once_differentiable"
        )
    else:
        assert torch.allclose(real, due), (
            "the second derivative is wrong without an error: compute what "
            "depends on x in backward, or mark it @once_differentiable"
        )
    print(f"accepted: {checks + 1} checks")
