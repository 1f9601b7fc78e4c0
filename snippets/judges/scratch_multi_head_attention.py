"""Judge of multi-head attention: compares with torch's attention."""

import torch
import torch.nn.functional as F


def close(a, b):
    """Whether a and b agree; a softmax in float32 is accurate enough."""
    return torch.allclose(a, b, atol=1e-5)


def expected(q, k, v, heads, mask=None, causal=False):
    """Return what scaled_dot_product_attention makes of each head."""
    size = q.shape[-1] // heads
    q, k, v = (x.unflatten(-1, (-1, size)).transpose(1, 2) for x in (q, k, v))
    mask = mask if mask is None else mask[..., None, :, :]
    out = F.scaled_dot_product_attention(
        q, k, v, attn_mask=mask, is_causal=causal, enable_gqa=True
    )
    return out.transpose(1, 2).flatten(2)


def judge(attend):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    q = torch.randn(4, 3, 32, dtype=torch.float64, requires_grad=True)
    k, v = torch.randn(2, 4, 6, 32, dtype=torch.float64)
    real = attend(q, k, v, 4)
    assert real.shape == q.shape, f"shape {tuple(real.shape)}, not (B, L, D)"
    assert close(real, attend(q, k.flip(1), v.flip(1), 4)), (
        "the order of the keys matters, so a head sees a part of them: split "
        "the last dimension, then transpose(1, 2)"
    )
    other = torch.cat([q[:, :1], -q[:, 1:]], dim=1)
    assert close(real[:, 0], attend(other, k, v, 4)[:, 0]), (
        "output 0 depends on query 1: transpose(1, 2) before merging the "
        "heads, and softmax over the keys"
    )
    right = expected(q, k, v, 4)
    for wrong, factor in (("1", 8**0.5), ("the root of D", 0.5)):
        assert not close(real, expected(q * factor, k, v, 4)), (
            f"scores are divided by {wrong}, not by the root of the head size"
        )
    assert close(real, right), (
        "wrong values without a mask: look at the scale, at v, and whether a "
        "head is head size features in a row"
    )

    mask = torch.ones(4, 3, 6, dtype=torch.bool)
    mask[1, :, 4:] = False  # padding in sequence 1 alone
    mask[2] = mask[2].tril()
    real = attend(q, k, v, 4, mask)
    hidden = v.clone()
    hidden[1, 4:] += 100
    assert close(real[1], attend(q, k, hidden, 4, mask)[1]), (
        "sequence 1 sees keys that its mask excludes: True means 'takes part', "
        "other scores are -inf, and (B, L, S) needs a dimension for the heads: unsqueeze(-3)"
    )
    right = expected(q, k, v, 4, mask)
    assert close(real, right), (
        "wrong values with a mask: excluded scores are -inf before the softmax"
    )
    a, b = (torch.autograd.grad(x.sin().sum(), q)[0] for x in (real, right))
    assert close(a, b), "wrong gradient of the queries"
    assert close(attend(q, k, v, 4, mask[2])[2], real[2]), "a mask (L, S)"
    assert close(attend(q, k, v, 4, None, True)[2], real[2]), (
        "causal: query i may see the keys 0 to i"
    )

    k, v = k[..., :16], v[..., :16]  # two key heads for four query heads
    right = expected(q, k, v, 4)
    assert close(attend(q, k, v, 4), right), (
        "GQA: query heads 0 and 1 share KV head 0, heads 2 and 3 KV head 1"
    )
    print("accepted: 12 checks")
