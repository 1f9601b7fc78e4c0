"""Judge of rotary position embedding: compares with complex numbers."""

import torch


def by_complex(x, positions, interleaved, base):
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
        for inter in (True, False):
            case = f"for interleaved={inter}"
            x = torch.randn(shape)
            before = x.clone()
            real = rope(x, positions, interleaved=inter)
            assert real.shape == shape, f"shape {tuple(real.shape)} {case}"
            assert real.dtype == x.dtype, f"{real.dtype} for {x.dtype}"
            assert torch.equal(x, before), "the input was changed in place"
            assert torch.allclose(real[..., 0, :], x[..., 0, :]), (
                f"position 0 is changed {case}: its angles are 0"
            )
            lengths = real.norm(dim=-1), x.norm(dim=-1)
            assert torch.allclose(*lengths, atol=1e-4), (
                f"lengths change {case}: a pair is (2i, 2i+1) if interleaved, "
                "else (i, i+D/2); its two members need the same angle"
            )
            for name, other in (
                ("the other layout", by_complex(x, positions, not inter, 1e4)),
                (
                    "the opposite direction",
                    by_complex(x, -positions, inter, 1e4),
                ),
                ("base**(-i/D)", by_complex(x, positions, inter, 1e2)),
            ):
                assert not torch.allclose(real.double(), other, atol=1e-4), (
                    f"{case}: this is the result of {name}"
                )
            expected = by_complex(x, positions, inter, 1e4)
            assert torch.allclose(real.double(), expected, atol=1e-5), (
                f"wrong values {case}"
            )
            real = rope(x, positions, interleaved=inter, base=500.0)
            expected = by_complex(x, positions, inter, 500.0)
            assert torch.allclose(real.double(), expected, atol=1e-5), (
                f"wrong values for base=500 {case}"
            )
            checks += 9

    for inter in (True, False):
        q, k = torch.randn(2, 1, 8).expand(2, 7, 8).double()
        scores = [
            (rope(q, p, interleaved=inter) * rope(k, p - 3, interleaved=inter))
            for p in (torch.arange(3, 10), torch.arange(100, 107))
        ]
        first, later = (s.sum(-1) for s in scores)
        assert torch.allclose(first, first[:1].expand(7), atol=1e-3), (
            "scores of pairs 3 apart differ: not relative"
        )
        assert torch.allclose(first, later, atol=1e-3), (
            "scores of pairs 3 apart differ from position 100 on: not relative"
        )
        x = torch.randn(1, 8)
        last = rope(x, torch.tensor([100]), interleaved=inter)
        expected = by_complex(x, torch.tensor([100]), inter, 1e4)
        assert torch.allclose(last.double(), expected, atol=1e-4), (
            "one token at position 100 is wrong: use `positions`, not its index"
        )
        far = torch.tensor([4001])  # bfloat16 would round it to 4000
        real = rope(x.bfloat16(), far, interleaved=inter)
        assert real.dtype == torch.bfloat16, f"{real.dtype} for bfloat16"
        expected = by_complex(x.bfloat16(), far, inter, 1e4)
        assert torch.allclose(real.double(), expected, atol=0.05), (
            "bfloat16 at position 4001: compute the angles in float32"
        )
        checks += 5
    x, factor = torch.randn(3, 8, requires_grad=True), torch.randn(3, 8)
    ids = torch.arange(3)
    real = rope(x, ids)
    assert real.requires_grad, "the result has no gradient"
    got = torch.autograd.grad((real * factor).sum(), x)[0]
    due = (by_complex(x, ids, True, 1e4) * factor).sum()
    due = torch.autograd.grad(due, x)[0]
    assert torch.allclose(got, due, atol=1e-4), "wrong gradient"
    print(f"accepted: {checks + 1} checks")
