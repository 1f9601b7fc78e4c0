"""The judge of the exercise on softmax: it compares with torch over shapes, sizes and types."""

import torch
from torch.overrides import TorchFunctionMode


class Watched(TorchFunctionMode):
    """Sees every function of torch that is called, under any name."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        for kind in ("softmax", "softmin", "logsumexp"):
            assert kind not in name, f"write it without torch's {name}"
        return func(*args, **(kwargs or {}))


def judge(softmax):
    """Raise an AssertionError that says what is wrong; print the number of checks passed."""
    torch.manual_seed(0)
    checks = 0

    shapes = ((4,), 0), ((4, 4), 1), ((3, 5), 0), ((1, 4), 1), ((2, 3, 4), -1)
    for shape, dim in (*shapes, ((2, 3, 4), 1), ((2, 3, 4), 0)):
        x = torch.randn(shape[::-1]).permute(*range(len(shape))[::-1])
        with Watched():
            real = softmax(x.clone(), dim)
        assert isinstance(real, torch.Tensor), f"{type(real)} is no tensor"
        expected = torch.softmax(x, dim)
        assert real.dtype == x.dtype, f"{real.dtype} for an input of {x.dtype}"
        assert real.shape == x.shape, (
            f"shape {tuple(real.shape)} for an input of {shape}"
        )
        sums = real.sum(dim)
        assert torch.allclose(sums, torch.ones_like(sums)), (
            f"sums along dim {dim} of {shape} are not 1: sum along that dim, "
            "with keepdim=True, so that the sums broadcast along it"
        )
        assert torch.allclose(real, expected, atol=1e-6), (
            f"wrong values for dim {dim}"
        )
        checks += 1

    large = torch.tensor([1000.0, 1001.0, 0.0])
    real = softmax(large, 0)
    assert not real.isnan().any(), (
        "nan for scores of 1,000: exp overflows; subtract the maximum"
    )
    assert torch.allclose(real, torch.softmax(large, 0), rtol=1e-4), (
        "wrong values for scores of 1,000: subtract the maximum, clamp nothing"
    )
    rows = torch.tensor([[0.0, 1.0], [-1000.0, -999.0]])
    real = softmax(rows, 1)
    assert not real.isnan().any(), (
        "nan for a row far below another: subtract the maximum of each row, not of all"
    )
    assert torch.allclose(real, torch.softmax(rows, 1), rtol=1e-4), (
        "wrong values for a row far below another: subtract its own maximum"
    )
    checks += 2

    masked = torch.tensor([0.0, float("-inf"), 1.0])
    assert softmax(masked, 0)[1] == 0, (
        "a score of -inf should get the probability 0"
    )
    for dtype, rtol in (
        (torch.float64, 1e-12),
        (torch.float16, 1e-2),
        (torch.bfloat16, 1e-1),
    ):
        x = torch.randn(3, 5).to(dtype)
        real = softmax(x, 1)
        assert real.dtype == dtype, f"{real.dtype} for an input of {dtype}"
        due = torch.softmax(x.double(), 1)
        assert torch.allclose(real.double(), due, rtol), (
            f"wrong values for {dtype}: compute in it, or in a wider one"
        )
    kept = torch.tensor([1.0, 2.0])
    softmax(kept, 0)
    assert kept.tolist() == [1.0, 2.0], "the input was changed in place"
    checks += 3

    rows = torch.randn(3, 4, dtype=torch.float64)
    masked = rows.masked_fill(torch.eye(3, 4).bool(), float("-inf"))
    for x, what in ((rows, ""), (masked, " beside a score of -inf")):
        x.requires_grad_()
        real = softmax(x, 1)
        assert real.requires_grad, "the result has no gradient"
        due, factor = torch.softmax(x, 1), torch.randn_like(x)
        assert torch.allclose(real, due), f"wrong values{what}"
        real, expected = (
            torch.autograd.grad((y * factor).sum(), x)[0] for y in (real, due)
        )
        assert torch.allclose(real, expected, atol=1e-6), (
            f"wrong gradient{what}"
        )
        checks += 1
    print(f"accepted: {checks} checks")
