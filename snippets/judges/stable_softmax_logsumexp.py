"""The judge of the exercise on softmax: it compares with torch over shapes, sizes and types."""

import torch


def judge(softmax):
    """Raise an AssertionError that says what is wrong; print the number of checks passed."""
    torch.manual_seed(0)
    checks = 0

    for shape, dim in (((4,), 0), ((4, 4), 1), ((3, 5), 0), ((2, 3, 4), -1)):
        x = torch.randn(shape)
        real = softmax(x.clone(), dim)
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
    assert torch.allclose(real, torch.softmax(large, 0)), (
        "wrong values for scores of 1,000"
    )
    rows = torch.tensor([[0.0, 1.0], [-1000.0, -999.0]])
    real = softmax(rows, 1)
    assert not real.isnan().any(), (
        "nan for a row far below another: subtract the maximum of each row, not of all"
    )
    assert torch.allclose(real, torch.softmax(rows, 1)), (
        "wrong values for a row far below another: subtract its own maximum"
    )
    checks += 2

    masked = torch.tensor([0.0, float("-inf"), 1.0])
    assert softmax(masked, 0)[1] == 0, (
        "a score of -inf should get the probability 0"
    )
    for dtype in (torch.float64, torch.float16, torch.bfloat16):
        real = softmax(torch.tensor([1.0, 2.0], dtype=dtype), 0)
        assert real.dtype == dtype, f"{real.dtype} for an input of {dtype}"
    kept = torch.tensor([1.0, 2.0])
    softmax(kept, 0)
    assert kept.tolist() == [1.0, 2.0], "the input was changed in place"
    checks += 3

    x = torch.randn(3, 4, dtype=torch.float64, requires_grad=True)
    real = softmax(x, 1)
    assert real.requires_grad, "the result has no gradient"
    factor = torch.randn_like(x)
    real, expected = (
        torch.autograd.grad((y * factor).sum(), x)[0]
        for y in (real, torch.softmax(x, 1))
    )
    assert torch.allclose(real, expected, atol=1e-6), "wrong gradient"
    checks += 1
    print(f"accepted: {checks} checks")
