"""The judge of the exercise on layer norm: it compares with torch's own."""

import torch
import torch.nn.functional as F


def judge(layer_norm):
    """Raise an AssertionError that says what is wrong; print the checks."""
    torch.manual_seed(0)
    ones, zeros = torch.ones(4), torch.zeros(4)
    checks = 0

    for shape in ((4,), (3, 4), (2, 3, 4), (2, 5, 3, 4)):
        x = torch.randn(shape) * 3 + 2
        real = layer_norm(x.clone(), ones, zeros)
        assert real.shape == x.shape, (
            f"shape {tuple(real.shape)} for an input of {shape}"
        )
        assert real.mean(-1).abs().max() < 1e-4, (
            f"input {shape}: the means along the last dimension are not 0"
        )
        variance = real.var(-1, correction=0).mean().item()
        assert abs(variance - 0.75) > 1e-3, (
            "the variance of a row of 4 is 3/4, not 1: "
            "divide its squares by D, not by D - 1"
        )
        assert abs(variance - 1) < 1e-2, (
            f"the variance of a row is {variance:.2f}, not 1 "
            "(with weights of 1): divide by the standard deviation"
        )
        checks += 1

    for eps in (1e-5, 1e-2):
        small = torch.randn(3, 4) * 1e-2
        real = layer_norm(small, ones, zeros, eps=eps)
        expected = F.layer_norm(small, (4,), ones, zeros, eps)
        assert torch.allclose(real, expected, atol=1e-4), (
            f"wrong values for a small variance and eps={eps}: "
            "add eps to the variance, under the root"
        )
    x, weight, bias = torch.randn(2, 3, 4), torch.randn(4), torch.randn(4)
    kept = [t.clone() for t in (x, weight, bias)]
    real = layer_norm(x, weight, bias)
    assert all(map(torch.equal, (x, weight, bias), kept)), (
        "an argument was changed in place"
    )
    assert torch.allclose(real, F.layer_norm(x, (4,), *kept[1:]), atol=1e-5), (
        "wrong values with a weight and a bias: normalized * weight + bias"
    )
    real = layer_norm(torch.full((2, 4), 3.0), weight, bias)
    assert torch.allclose(real, bias.expand(2, 4)), (
        "a row of equal numbers should give the bias: eps keeps 0 / 0 away"
    )
    checks += 4

    far = torch.randn(3, 4) + 10_000
    expected = F.layer_norm(far.double(), (4,)).float()
    assert torch.allclose(layer_norm(far, ones, zeros), expected, atol=1e-2), (
        "wrong values for a mean of 10,000: subtract the mean, then square"
    )
    for dtype in (torch.float16, torch.bfloat16):
        x = (torch.randn(3, 4) * 300 + 3000).to(dtype)
        real = layer_norm(x, ones.to(dtype), zeros.to(dtype))
        assert real.dtype == dtype, f"{real.dtype} for an input of {dtype}"
        expected = F.layer_norm(x.double(), (4,))
        assert torch.allclose(real.double(), expected, rtol=0, atol=1e-2), (
            f"wrong values for {dtype}, numbers around 3,000: "
            "compute in float32"
        )
    checks += 3

    given = [torch.randn(s) for s in ((3, 4), 4, 4)]
    given = [t.requires_grad_() for t in given]
    factor = torch.randn(3, 4)
    real = (layer_norm(*given) * factor).sum()
    expected = (F.layer_norm(given[0], (4,), *given[1:]) * factor).sum()
    assert real.requires_grad, "the result has no gradient"
    real = torch.autograd.grad(real, given, materialize_grads=True)
    expected = torch.autograd.grad(expected, given)
    names = ("x (mean and variance depend on it too)", "weight", "bias")
    for name, a, b in zip(names, real, expected, strict=True):
        assert torch.allclose(a, b, rtol=0, atol=1e-5), (
            f"wrong gradient of {name}"
        )
    checks += 1
    print(f"accepted: {checks} checks")
