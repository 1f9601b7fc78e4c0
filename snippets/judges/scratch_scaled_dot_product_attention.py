"""Judge of attention: compares with F.scaled_dot_product_attention."""

import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode


class Watched(TorchFunctionMode):
    """Sees every function of torch that is called, under any name."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        for kind in ("scaled_dot_product", "multi_head_attention"):
            assert kind not in name, f"write it without torch's {name}"
        return func(*args, **(kwargs or {}))


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
        with Watched():
            real = attention(q, k, v)
        assert isinstance(real, torch.Tensor), f"{type(real)} is no tensor"
        assert real.shape == shape, f"shape {tuple(real.shape)}, not {shape}"
        assert all(map(torch.equal, before, (q, k, v))), (
            "an input was changed in place"
        )
        checks += 2

    q, k = torch.randn(3, 4), torch.randn(5, 4)
    real = weights(q, k)
    assert torch.allclose(real, weights(q, k, mask=None, causal=False)), (
        "by default there is no mask, causal is False, and nothing is dropped"
    )
    sums = real.sum(-1)
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
    far = weights(torch.cat([0 * q, q]), k)[0]
    assert torch.allclose(far, torch.full((2,), 0.5)), (
        f"a query with the scores 0 and 0, beside one with 20,000, has the "
        f"weights {far.tolist()}: subtract the maximum of each row"
    )
    checks += 5

    for length, keys in ((5, 5), (3, 5)):
        real = weights(
            torch.randn(length, 4), torch.randn(keys, 4), causal=True
        )
        assert not real.isnan().any(), (
            "causal: weights of nan: a query has to see its own position"
        )
        later = real.triu(1).max().item()
        assert later == 0, (
            f"causal: weight {later:.2g} for a later key: set its score to -inf"
            + "; query i sees the keys 0 to i if L < S, too" * (length < keys)
        )
        assert torch.allclose(real.sum(-1), torch.ones(length)), (
            f"causal: query 0 has weights that sum to {real[0].sum():.2f}: "
            "mask before the softmax"
        )
        checks += 1

    for sign in (-1, 1):  # scores from -20,000 to 20,000
        real = weights(q.repeat(2, 1), sign * k, causal=True)
        assert real.flatten()[0] == 1, (
            f"causal: beside a later key, of the score {sign * 20_000:,}, a "
            f"score of {sign * 18_000:,} has the weight {real.flatten()[0]}, "
            "not 1: before the softmax, set the score of the later to -inf"
        )
        checks += 1

    q, k, v = torch.randn(3, 2, 4, 5, 8, dtype=torch.float64).unbind()
    padding = torch.ones(2, 1, 1, 5, dtype=torch.bool)
    padding[1, ..., 3:] = False  # the second sequence ends with two paddings
    inputs = [t.requires_grad_() for t in (q, k, v)]
    triangle = torch.ones(5, 5, dtype=torch.bool).tril()
    full = padding.expand(2, 4, 5, 5).clone()
    some = torch.rand(4, 5, 5) < 0.5
    some[..., 0] = True  # no query without a key
    for mask in (None, padding, full, some, some[0]):
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
            assert real.dtype == q.dtype, (
                f"{real.dtype} for inputs of {q.dtype}"
            )
            assert torch.allclose(real, expected, atol=1e-5), (
                f"wrong values for {case} (True in a mask: takes part)"
            )
            assert real.requires_grad, f"{case}: the result has no gradient"
            grads = (
                torch.autograd.grad(
                    y.sin().sum(), inputs, materialize_grads=True
                )
                for y in (real, expected)
            )
            for name, a, b in zip("qkv", *grads, strict=True):
                assert torch.allclose(a, b, atol=1e-5), (
                    f"wrong gradient of {name}, {case}"
                )
            checks += 2
    x = torch.randn(2, 5, 8).bfloat16()
    real = attention(x, x, x, causal=True)
    assert real.dtype == x.dtype, f"{real.dtype} for inputs of {x.dtype}"
    expected = F.scaled_dot_product_attention(x, x, x, is_causal=True)
    assert torch.allclose(real, expected, atol=0.03), (
        "wrong values for bfloat16"
    )
    checks += 2

    x, mask = x.to("meta"), torch.ones(5, 5, dtype=torch.bool, device="meta")
    try:  # stands for a GPU: a meta tensor has a device, and no numbers
        attention(x, x, x, mask=mask, causal=True)
    except RuntimeError as error:
        assert "device cpu" not in str(error), (
            "q is not on the CPU, and the causal mask is: make it on q's device"
        )
    checks += 1
    print(f"accepted: {checks} checks")
