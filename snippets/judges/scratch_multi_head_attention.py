"""Judge of multi-head attention: compares with torch's attention."""

import torch
import torch.nn.functional as F


def close(a, b):
    """Whether a and b agree; a softmax in float32 is accurate enough."""
    return torch.allclose(a, b, atol=1e-5)


def expected(module, query, key, value, mask=None, scale=None):
    """Return what scaled_dot_product_attention makes of the projections."""
    q, k, v = module.q_proj(query), module.k_proj(key), module.v_proj(value)
    q, k, v = (x.unflatten(-1, (-1, 8)).transpose(1, 2) for x in (q, k, v))
    out = F.scaled_dot_product_attention(
        q, k, v, attn_mask=mask, scale=scale, enable_gqa=True
    )
    return module.out_proj(out.transpose(1, 2).flatten(2))


def judge(attention):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    module = attention(32, 4).double()
    q = torch.randn(3, 4, 32, dtype=torch.float64, requires_grad=True)
    k = torch.randn(3, 6, 32, dtype=torch.float64)
    v = torch.randn(3, 6, 32, dtype=torch.float64)
    real = module(q, k, v)
    assert real.shape == q.shape, f"shape {tuple(real.shape)}, not (B, L, D)"
    assert close(real, module(q, k.flip(1), v.flip(1))), (
        "the order of the keys matters, so a head sees a part of them: split "
        "the last dimension, then transpose(1, 2)"
    )
    other = torch.cat([q[:, :1], -q[:, 1:]], dim=1)
    assert close(real[:, 0], module(other, k, v)[:, 0]), (
        "output 0 depends on query 1: transpose(1, 2) before merging the "
        "heads, and softmax over the keys"
    )
    for wrong, scale in (("1", 1.0), ("the root of D", 32**-0.5)):
        assert not close(real, expected(module, q, k, v, scale=scale)), (
            f"scores are divided by {wrong}, not by the root of the head size"
        )
    assert close(real, expected(module, q, k, v)), (
        "wrong values without a mask: look at the scale, at value, and whether "
        "a head is head size features in a row"
    )

    mask = torch.ones(3, 1, 1, 6, dtype=torch.bool)
    mask[1, ..., 4:] = False  # padding in sequence 1 alone
    real = module(q, k, v, mask)
    hidden = (~mask[:, 0, 0, :, None]).double()  # other keys and values
    assert close(real[1], module(q, k + hidden, v + hidden, mask)[1]), (
        "sequence 1 sees keys that its mask excludes: True means 'takes part', "
        "other scores are -inf"
    )
    right = expected(module, q, k, v, mask)
    assert close(real, right), (
        "wrong values with a mask: excluded scores are -inf before the softmax"
    )
    a, b = (torch.autograd.grad(x.sin().sum(), q)[0] for x in (real, right))
    assert close(a, b), "wrong gradient of the queries"
    past = torch.ones(4, 4, dtype=torch.bool).tril()
    real = module(q, q, q, causal=True)
    assert close(real, expected(module, q, q, q, past)), (
        "causal: query i may see the keys 0 to i"
    )
    past = torch.ones(4, 6, dtype=torch.bool).tril(2)
    assert close(
        module(q, k, v, mask, causal=True),
        expected(module, q, k, v, past & mask),
    ), "causal, 4 queries, 6 keys: the last query sees all that mask allows"

    module = attention(32, 4, num_kv_heads=2).double()
    assert close(module(q, k, v), expected(module, q, k, v)), (
        "GQA: query heads 0 and 1 share KV head 0, heads 2 and 3 KV head 1"
    )

    module = attention(32, 4, dropout=1.0).double()  # drops each weight
    assert close(module(q, k, v), module.out_proj(torch.zeros_like(q))), (
        "dropout acts on the weights, before the values and out_proj"
    )
    module.eval()
    assert close(module(q, k, v), expected(module, q, k, v)), (
        "eval() switches dropout off"
    )
    print("accepted: 14 checks")
