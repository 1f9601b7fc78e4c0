"""Judge of attention: compares with F.scaled_dot_product_attention."""

import torch
import torch.nn.functional as F


def judge(attention):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    checks = 0

    def weights(q, k, **arguments):
        """The weights that a solution uses: its output for v = identity."""
        return attention(q, k, torch.eye(k.shape[-2]), **arguments)

    for lead in ((), (2,), (2, 3)):
        q, k = torch.randn(*lead, 3, 4), torch.randn(*lead, 5, 4)
        v = torch.randn(*lead, 5, 6)
        before, shape = [q.clone(), k.clone(), v.clone()], (*lead, 3, 6)
        real = attention(q, k, v).shape
        assert real == shape, f"shape {tuple(real)} instead of {shape}"
        assert all(map(torch.equal, before, (q, k, v))), (
            "an input was changed in place"
        )
        checks += 2

    q, k = torch.randn(3, 4), torch.randn(5, 4)
    sums = weights(q, k).sum(-1)
    assert torch.allclose(sums, torch.ones(3)), (
        "a query's weights do not sum to 1: softmax goes along the keys"
    )
    q, k = torch.eye(16)[:1], torch.eye(16)[:2]  # products: 1 and 0
    one, zero = weights(q, k)[0].tolist()
    scale = torch.tensor(one / zero).log().item()
    assert abs(scale - 16**-0.5) < 1e-4, (
        f"for E = 16 the products are multiplied by {scale:.2f}, not 0.25"
    )
    q, k = torch.full((1, 4), 100.0), torch.tensor([[90.0] * 4, [100.0] * 4])
    assert not weights(q, k).isnan().any(), "nan for scores of 20,000"
    checks += 3

    for length, keys in ((5, 5), (3, 5)):
        real = weights(
            torch.randn(length, 4), torch.randn(keys, 4), causal=True
        )
        assert not real.isnan().any(), (
            "causal: weights of nan: a query has to see its own position"
        )
        later = real.triu(1).max().item()
        assert later == 0, (
            f"causal: weight {later:.2f} for a later key: set its score to -inf"
            + "; query i sees the keys 0 to i if L < S, too" * (length < keys)
        )
        assert torch.allclose(real.sum(-1), torch.ones(length)), (
            f"causal: query 0 has weights that sum to {real[0].sum():.2f}: "
            "mask before the softmax"
        )
        checks += 1

    real = weights(q.repeat(2, 1), -k, causal=True)  # scores to -20,000
    assert real.flatten()[0] == 1, (
        "causal: a later key outweighs a score of -18,000: set its to -inf"
    )
    checks += 1

    x = torch.randn(2, 5, 8).bfloat16()
    real = attention(x, x, x, causal=True)
    assert real.dtype == x.dtype, f"{real.dtype} for inputs of {x.dtype}"
    expected = F.scaled_dot_product_attention(x, x, x, is_causal=True)
    assert torch.allclose(real, expected, atol=0.03), "wrong for bfloat16"
    checks += 2

    q, k, v = torch.randn(3, 2, 4, 5, 8, dtype=torch.float64).unbind()
    padding = torch.ones(2, 1, 1, 5, dtype=torch.bool)
    padding[1, ..., 3:] = False  # the second sequence ends with two paddings
    inputs = [t.requires_grad_() for t in (q, k, v)]
    triangle = torch.ones(5, 5, dtype=torch.bool).tril()
    for mask in (None, padding, padding.expand(2, 4, 5, 5).clone()):
        for causal in (False, True):
            what = None if mask is None else tuple(mask.shape)
            case = f"mask={what}, {causal=}"
            both = triangle if causal else triangle | True
            both = both if mask is None else both & mask
            expected = F.scaled_dot_product_attention(q, k, v, both)
            kept = None if mask is None else mask.clone()
            real = attention(q, k, v, mask=mask, causal=causal)
            assert mask is None or torch.equal(mask, kept), (
                f"{case}: the mask was changed in place"
            )
            assert real.shape == expected.shape, (
                f"{case}: shape {tuple(real.shape)}, not {tuple(expected.shape)}"
            )
            assert torch.allclose(real, expected, atol=1e-5), (
                f"wrong values for {case} (True in a mask: takes part)"
            )
            got = torch.autograd.grad(real.sin().sum(), inputs)
            due = torch.autograd.grad(expected.sin().sum(), inputs)
            for name, a, b in zip("qkv", got, due, strict=True):
                assert torch.allclose(a, b, atol=1e-5), (
                    f"wrong gradient of {name}, {case}"
                )
            checks += 2
    print(f"accepted: {checks} checks")
