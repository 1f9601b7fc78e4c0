"""Judge of multi-head attention: compares with nn.MultiheadAttention."""

import copy
import inspect

import torch
from torch import nn


def close(a, b):
    """Whether a and b agree; a softmax in float32 is accurate enough."""
    return torch.allclose(a, b, atol=1e-5)


def judge(MultiHeadAttention):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    library = nn.MultiheadAttention(32, 4, batch_first=True).double()
    nn.init.normal_(library.in_proj_bias)
    nn.init.normal_(library.out_proj.bias)
    model = MultiHeadAttention(32, 4).double()
    layers = [model.q_proj, model.k_proj, model.v_proj, model.out_proj]
    weights = [*library.in_proj_weight.chunk(3), library.out_proj.weight]
    biases = [*library.in_proj_bias.chunk(3), library.out_proj.bias]
    for layer, weight, bias in zip(layers, weights, biases, strict=True):
        layer.load_state_dict({"weight": weight, "bias": bias})

    query = torch.randn(4, 3, 32, dtype=torch.float64)
    key, value = torch.randn(2, 4, 6, 32, dtype=torch.float64)
    real = model(query, key, value)
    assert real.shape == query.shape, (
        f"shape {tuple(real.shape)} instead of {tuple(query.shape)}"
    )
    assert close(real, model(query, key.flip(1), value.flip(1))), (
        "the order of the keys matters, so a head sees a part of them: split "
        "the last dimension, then transpose(1, 2)"
    )
    other = torch.cat([query[:, :1], -query[:, 1:]], dim=1)
    assert close(real[:, 0], model(other, key, value)[:, 0]), (
        "output 0 depends on query 1: transpose(1, 2) before merging the "
        "heads, and softmax over the keys"
    )
    expected = library(query, key, value)[0]
    assert not close(model.out_proj(real), expected), (
        "the merged heads do not go through out_proj"
    )
    for divisor, factor in (
        ("1", 8**0.5),
        ("the root of embed_dim", 0.5),
        ("the root of num_heads", 2**0.5),
    ):
        wrong = copy.deepcopy(library)
        wrong.in_proj_weight.data[:32] *= factor
        wrong.in_proj_bias.data[:32] *= factor
        assert not close(real, wrong(query, key, value)[0]), (
            f"scores are divided by {divisor}, not by the root of the head size"
        )
    assert close(real, expected), (
        "wrong values without a mask: look at the scale, at v, and whether a "
        "head is head size features in a row"
    )

    mask = torch.ones(4, 3, 6, dtype=torch.bool)
    mask[1, :, 4:] = False  # padding in sequence 1 alone
    mask[2] = torch.ones(3, 6).tril()
    real = model(query, key, value, mask)
    hidden = value.clone()
    hidden[1, 4:] += 100
    assert close(real[1], model(query, key, hidden, mask)[1]), (
        "sequence 1 sees keys that its mask excludes: True means 'takes part', "
        "and (B, L, S) needs a dimension for the heads: unsqueeze(-3)"
    )
    excluded = ~mask.repeat_interleave(4, dim=0)  # as the library wants it
    expected = library(query, key, value, attn_mask=excluded)[0]
    assert close(real, expected), (
        "wrong values with a mask: excluded scores are -inf before the softmax"
    )
    causal = mask[2]  # (L, S), for all sequences
    try:
        same = close(model(query, key, value, causal)[2], real[2])
    except (RuntimeError, IndexError) as e:
        raise AssertionError(f"a mask (L, S): {e}") from e
    assert same, "wrong values with a mask (L, S)"
    real.sin().sum().backward()
    expected.sin().sum().backward()
    grads = [
        *library.in_proj_weight.grad.chunk(3),
        library.out_proj.weight.grad,
    ]
    for layer, grad in zip(layers, grads, strict=True):
        assert close(layer.weight.grad, grad), "wrong gradients"
    checks = 15

    if "num_kv_heads" in inspect.signature(MultiHeadAttention).parameters:
        grouped = MultiHeadAttention(32, 4, num_kv_heads=2).double()
        assert (
            grouped.k_proj.out_features == grouped.v_proj.out_features == 16
        ), "k_proj and v_proj have num_kv_heads * head size outputs"
        full = copy.deepcopy(grouped.state_dict())
        for name in ("k_proj", "v_proj"):
            for kind in ("weight", "bias"):
                pairs = full[f"{name}.{kind}"].unflatten(0, (2, 8))
                pairs = pairs.repeat_interleave(2, dim=0).flatten(0, 1)
                full[f"{name}.{kind}"] = pairs
        model.load_state_dict(full)
        expected = model(query, key, value, mask)
        assert close(grouped(query, key, value, mask), expected), (
            "query heads 0 and 1 share KV head 0, heads 2 and 3 share KV head 1"
        )
        checks += 2
    print(f"accepted: {checks} checks")
