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

    def compare(what, x, positions, atol=1e-4, **options):
        nonlocal checks
        before = x.clone()
        real = rope(x, positions, **options)
        due = by_complex(x, positions, **options)
        assert torch.equal(x, before), "the input is changed in place"
        assert real.shape == x.shape, f"{tuple(real.shape)}: {what}"
        assert real.dtype == x.dtype, f"{real.dtype} for {x.dtype}"
        assert torch.allclose(real.double(), due, atol=atol), what
        checks += 1

    x, first = torch.randn(7, 8), torch.arange(7)
    real = rope(x, first)
    assert isinstance(real, torch.Tensor), f"{type(real)} is no tensor"
    assert real.shape == x.shape, f"{tuple(real.shape)}, not {tuple(x.shape)}"
    assert torch.equal(real[0], x[0]), "position 0 is changed: angles are 0"
    for name, wrong in (
        ("interleaved pairs", by_complex(x, first, interleaved=True)),
        ("the opposite direction", by_complex(x, -first)),
        ("base**(-i / D)", by_complex(x, first, base=1e2)),
    ):
        assert not torch.allclose(real.double(), wrong, atol=1e-4), (
            f"this is the result of {name}"
        )
    assert torch.allclose(real.norm(dim=-1), x.norm(dim=-1), atol=0.05), (
        "lengths change: a pair is i and i + D/2, with one angle, and "
        "becomes (a cos - b sin, a sin + b cos)"
    )
    what = "wrong angles: pair i at position m turns by m * base**(-2 * i / D)"
    compare(f"{what}, and base is 10,000", x, first, atol=0.05)
    what = "one token at position 9 is wrong: use `positions`, not its index"
    compare(what, x[:1], torch.tensor([9]), atol=0.05)
    what = "position 2, after position 9, is wrong: an earlier call's angles"
    compare(what, x[:1], torch.tensor([2]), atol=0.05)
    what = "position 4001 is wrong: compute the angles in float32"
    compare(what, x[:1], torch.tensor([4001]), atol=0.05)
    compare("wrong values", x, first)
    compare("wrong for x of (B, H, L, D)", torch.randn(2, 3, 7, 8), first)
    what = "wrong for x of (B, H, L, D), where H = L: an angle per position"
    compare(what, torch.randn(2, 7, 7, 8), first)
    compare("wrong for base=500", x, first, base=500.0)
    compare("wrong for interleaved=True", x, first, interleaved=True)
    what = "wrong for interleaved=True, base=500, D = 16, positions from 3 on"
    x16, options = (
        torch.randn(2, 7, 3, 16).transpose(1, 2),  # not contiguous
        {"base": 500.0, "interleaved": True},
    )
    compare(what, x16, first + 3, **options)

    what = "positions 7, 0, 41 are wrong: they need not be consecutive"
    compare(what, x[:3], torch.tensor([7, 0, 41]))
    what = "position 40,000 is wrong: nothing limits the positions"
    compare(what, x[:1], torch.tensor([40_000]), atol=0.05)
    what = "a bfloat16 input is wrong at position 4001"
    compare(what, x[:1].bfloat16(), torch.tensor([4001]), atol=0.05)

    try:  # stands for a GPU: a meta tensor has a device, and no numbers
        place = rope(x.to("meta"), first.to("meta")).device.type
    except RuntimeError as error:
        place = "cpu" if "device cpu" in str(error) else "meta"
    assert place == "meta", "x is not on the CPU, and the angles are"

    x, factor = torch.randn(3, 8, requires_grad=True), torch.randn(3, 8)
    for interleaved in (False, True):
        real, due = (
            call(x, first[:3], interleaved=interleaved)
            for call in (rope, by_complex)
        )
        what = f"interleaved={interleaved}"
        assert real.requires_grad, f"{what}: the result has no gradient"
        got = torch.autograd.grad((real * factor).sum(), x)[0]
        due = torch.autograd.grad((due * factor).sum(), x)[0]
        assert torch.allclose(got, due, atol=1e-4), f"{what}: wrong gradient"
    print(f"accepted: {checks + 8} checks")
