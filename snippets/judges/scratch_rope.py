"""Judge of rotary position embedding: compares with complex numbers."""

import torch


def by_complex(x, positions, base=1e4, interleaved=False):
    """Rotate pairs as complex numbers, in float64."""
    half = x.shape[-1] // 2
    parts = x.double().unflatten(-1, (half, 2) if interleaved else (2, half))
    parts = parts if interleaved else parts.transpose(-2, -1)
    exponents = torch.arange(half, dtype=torch.float64) / half
    angles = positions.double()[:, None] * base**-exponents
    turned = torch.view_as_complex(parts.contiguous())
    turned = torch.view_as_real(turned * torch.exp(1j * angles))
    turned = turned if interleaved else turned.transpose(-2, -1)
    return turned.flatten(-2)


def judge(rope):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    checks = 0
    positions = torch.arange(7)
    for shape in ((7, 8), (2, 3, 7, 8)):
        x = torch.randn(shape)
        before = x.clone()
        real = rope(x, positions)
        assert real.shape == shape, f"shape {tuple(real.shape)}, not {shape}"
        assert real.dtype == x.dtype, f"{real.dtype} for {x.dtype}"
        assert torch.equal(x, before), "the input was changed in place"
        assert torch.allclose(real[..., 0, :], x[..., 0, :]), (
            "position 0 is changed: its angles are 0"
        )
        for name, other in (
            ("interleaved pairs", by_complex(x, positions, interleaved=True)),
            ("the opposite direction", by_complex(x, -positions)),
            ("base**(-i / D)", by_complex(x, positions, base=1e2)),
        ):
            assert not torch.allclose(real.double(), other, atol=1e-4), (
                f"this is the result of {name}"
            )
        lengths = real.norm(dim=-1), x.norm(dim=-1)
        assert torch.allclose(*lengths, atol=1e-4), (
            "lengths change: a pair is i and i + D/2, with one angle, and "
            "becomes (a cos - b sin, a sin + b cos)"
        )
        expected = by_complex(x, positions)
        assert torch.allclose(real.double(), expected, atol=1e-5), (
            "wrong values"
        )
        real = rope(x, positions, base=500.0)
        expected = by_complex(x, positions, base=500.0)
        assert torch.allclose(real.double(), expected, atol=1e-5), (
            "wrong values for base=500"
        )
        checks += 8

    q, k = torch.randn(2, 1, 8).expand(2, 7, 8).double()
    first, later = (
        (rope(q, p) * rope(k, p - 3)).sum(-1)
        for p in (torch.arange(3, 10), torch.arange(100, 107))
    )
    x = torch.randn(1, 8)
    hundred = torch.tensor([100])
    last = rope(x, hundred).double()
    assert torch.allclose(last, by_complex(x, hundred), atol=1e-4), (
        "one token at position 100 is wrong: use `positions`, not its index"
    )
    gaps, y = torch.tensor([7, 0, 41]), torch.randn(3, 8)
    last = rope(y, gaps).double()
    assert torch.allclose(last, by_complex(y, gaps), atol=1e-4), (
        "positions 7, 0, 41 are wrong: they need not be consecutive"
    )
    assert torch.allclose(first, later, atol=1e-3), (
        "scores of pairs 3 apart differ from position 100 on: not relative"
    )
    far = torch.tensor([4001])  # bfloat16 would round it to 4000
    real = rope(x.bfloat16(), far)
    assert real.dtype == torch.bfloat16, f"{real.dtype} for bfloat16"
    expected = by_complex(x.bfloat16(), far)
    assert torch.allclose(real.double(), expected, atol=0.05), (
        "bfloat16 at position 4001: compute the angles in float32"
    )
    x, factor = torch.randn(3, 8, requires_grad=True), torch.randn(3, 8)
    ids = torch.arange(3)
    real = rope(x, ids)
    assert real.requires_grad, "the result has no gradient"
    got = torch.autograd.grad((real * factor).sum(), x)[0]
    due = torch.autograd.grad((by_complex(x, ids) * factor).sum(), x)[0]
    assert torch.allclose(got, due, atol=1e-4), "wrong gradient"
    print(f"accepted: {checks + 6} checks")
