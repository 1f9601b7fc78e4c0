"""Judge of multi-head attention: compares with torch's attention."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.overrides import TorchFunctionMode

NAMES = ("q_proj", "k_proj", "v_proj", "out_proj")


class Watched(TorchFunctionMode):
    """Sees every function of torch that is called, under any name."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        for kind in ("scaled_dot_product", "multi_head_attention"):
            assert kind not in name, f"write it without torch's {name}"
        return func(*args, **(kwargs or {}))


def close(a, b, atol=1e-5):
    """Whether a and b agree; a softmax in float32 is accurate enough."""
    return torch.allclose(a, b, atol=atol)


def made(attention, dim, heads, kv=None, **options):
    """Return a new module, of which the projections are looked at."""
    given = () if kv is None else (kv,)
    module = attention(dim, heads, *given, **options)
    what = f"dim {dim}, {heads} heads, num_kv_heads={kv}"
    own, width = dict(module.named_parameters()), dim // heads * (kv or heads)
    for name, rows in zip(NAMES, (dim, width, width, dim), strict=True):
        weight = own.get(f"{name}.weight")
        assert weight is not None, (
            f"{name}.weight is no parameter of the module, or is another's"
        )
        assert weight.shape == (rows, dim), (
            f"{what}: {name} maps {weight.shape[1]} to {weight.shape[0]} "
            f"features, not {dim} to {rows}"
        )
    return module


def check_dropout(attention):
    """With equal scores, have each head show its weights as the output."""
    module = made(attention, 32, 4, dropout=0.25)
    for p in module.parameters():
        p.data.zero_()
    for layer in (module.v_proj, module.out_proj):
        nn.init.eye_(layer.weight)
    value = torch.eye(4).repeat(8, 1, 8)  # a weight is shown twice per head
    out = module(torch.zeros(8, 16, 32), value, value)
    shown = out.detach().unflatten(-1, (4, 2, 4))  # (B, L, H, 2, S)
    weights = shown[..., 0, :]
    assert weights.min() == 0, "no dropout of the weights in training"
    alike = close(weights, shown[..., 1, :]) and all(
        (weights != weights.roll(1, dim)).any() for dim in range(4)
    )
    assert alike, (
        "dropout acts on the weights, each by itself: not on the scores, the "
        "values or the output"
    )
    kept = weights / (1 / 4 / 0.75)
    counts = close(kept, kept.bool().float()) and 0.7 < kept.mean() < 0.8
    assert counts, "dropout=0.25 drops a quarter and divides the rest by 0.75"
    module.eval()
    assert close(module(out, value, value), torch.full_like(out, 1 / 4)), (
        "eval() switches dropout off"
    )


def expected(module, query, key, value, mask=None, scale=None, size=8):
    """Return what scaled_dot_product_attention makes of the projections."""
    q, k, v = module.q_proj(query), module.k_proj(key), module.v_proj(value)
    q, k, v = (x.unflatten(-1, (-1, size)).transpose(1, 2) for x in (q, k, v))
    out = F.scaled_dot_product_attention(
        q, k, v, attn_mask=mask, scale=scale, enable_gqa=True
    )
    return module.out_proj(out.transpose(1, 2).flatten(2))


def judge(attention):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    module = made(attention, 32, 4).double()
    q = torch.randn(3, 4, 32, dtype=torch.float64, requires_grad=True)
    k = torch.randn(3, 6, 32, dtype=torch.float64, requires_grad=True)
    v = torch.randn(3, 6, 32, dtype=torch.float64, requires_grad=True)
    with Watched():
        real = module(q, k, v)
    assert isinstance(real, torch.Tensor), f"{type(real)} is no tensor"
    assert real.shape == q.shape, f"shape {tuple(real.shape)}, not (B, L, D)"
    assert close(real, module(q, k, v, mask=None, causal=False)), (
        "by default mask is None, causal is False, and dropout is 0"
    )
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
    one = module(q[:1], k[:1], v[:1])
    assert one.shape == (1, 4, 32), f"shape {tuple(one.shape)} for a batch of 1"

    mask = torch.ones(3, 1, 1, 6, dtype=torch.bool)
    mask[1, ..., 4:] = False  # padding in sequence 1 alone
    kept = mask.clone()
    real = module(q, k, v, mask)
    assert torch.equal(mask, kept), "the mask is changed in place"
    hidden = (~mask[:, 0, 0, :, None]).double()  # other keys and values
    assert close(real[1], module(q, k + hidden, v + hidden, mask)[1]), (
        "sequence 1 sees keys that its mask excludes: True means 'takes part', "
        "other scores are -inf"
    )
    right = expected(module, q, k, v, mask)
    assert close(real, right), (
        "wrong values with a mask: excluded scores are -inf before the softmax"
    )
    leaves = {
        "query": q,
        "key": k,
        "value": v,
        **dict(module.named_parameters()),
    }
    given = [*leaves.values()]
    grads = (
        torch.autograd.grad(x.sin().sum(), given, materialize_grads=True)
        for x in (real, right)
    )
    for name, a, b in zip(leaves, *grads, strict=True):
        assert close(a, b), f"wrong gradient of {name}"
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
    for shape in ((3, 1, 4, 6), (3, 4, 4, 6), (4, 6)):
        mask = torch.rand(shape) < 0.5
        mask[..., 0] = True  # no query without a key
        for causal in (False, True):
            both = past & mask if causal else mask
            real = module(q, k, v, mask, causal=causal)
            assert close(real, expected(module, q, k, v, both)), (
                f"wrong for a mask of shape {shape}, causal={causal}: it "
                "broadcasts to (B, H, L, S)"
            )
    real = module(300 * q, 300 * k, v, mask, causal=True)
    assert not real.isnan().any(), (
        "nan for scores of 10,000: mask first, then a softmax that subtracts "
        "the maximum"
    )
    right = expected(module, 300 * q, 300 * k, v, past & mask)
    assert close(real, right, 1e-2), (
        "an excluded key outweighs a score of -10,000: set its own to -inf"
    )

    for dim, heads, kv in ((32, 4, 2), (32, 4, 1), (24, 6, 2), (24, 2, None)):
        module, size = made(attention, dim, heads, kv).double(), dim // heads
        given = [x[..., :dim] for x in (q, k, v)]
        real = module(*given)
        group = heads // (kv or heads)
        assert close(real, expected(module, *given, size=size)), (
            f"dim {dim}, {heads} heads, num_kv_heads={kv}: wrong values; GQA: "
            f"query heads 0 to {group - 1} share KV head 0, and so on"
        )
    given = [x.bfloat16() for x in given]
    real = module.bfloat16()(*given, causal=True)
    assert real.dtype == torch.bfloat16, f"{real.dtype} from bfloat16"
    given = [x.to("meta") for x in given]
    try:  # stands for a GPU: a meta tensor has a device, and no numbers
        module.to("meta")(*given, causal=True)
    except RuntimeError as error:
        assert "device cpu" not in str(error), (
            "q is not on the CPU, and the causal mask is: make it on q's device"
        )
    check_dropout(attention)
    print("accepted: 32 checks")
