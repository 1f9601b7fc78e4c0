"""Judge of the KV cache: compares cached with uncached attention."""

import inspect
from functools import partial

import torch
import torch.nn.functional as F


def attend(layer, x, kv_heads=2, d=8):
    """What the layer gives for x without a cache, from its weights."""
    heads = layer.qkv(x).unflatten(-1, (-1, d)).transpose(1, 2)
    q, k, v = heads.split([4, kv_heads, kv_heads], dim=1)
    k, v = (t.repeat_interleave(4 // kv_heads, dim=1) for t in (k, v))
    y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
    return layer.out(y.transpose(1, 2).flatten(2))


def close(a, b):
    """Whether both are equal but for rounding."""
    kind = type(a).__name__
    assert isinstance(a, torch.Tensor), f"it returns a {kind}, not a tensor"
    return a.shape == b.shape and torch.allclose(a, b, atol=1e-5)


@torch.no_grad()
def judge(CausalSelfAttention):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    forward = inspect.unwrap(CausalSelfAttention.forward)
    KVCache = forward.__globals__.get("KVCache")
    assert KVCache, "define a class KVCache beside the layer"
    torch.manual_seed(0)
    layer = CausalSelfAttention(32, 4, 2)
    x, slots = torch.randn(2, 9, 32), torch.arange(16)
    expected, checks, given = attend(layer, x), 0, x.clone()
    values = layer.qkv(x)[..., -16:].unflatten(-1, (2, 8)).transpose(1, 2)
    projected = []
    layer.qkv.register_forward_pre_hook(
        lambda module, args: projected.append(args[0].shape[1])
    )

    def piece(x, start, end, empty=0):
        """The output of the tokens from start on, behind the ones before."""
        cache = KVCache(2, 2, 16, 8)
        cache.k[:, :, end:] = cache.v[:, :, end:] = empty
        if start:
            layer(x[:, :start], cache)
        return layer(x[:, start:end], cache)

    def changed(at):
        return torch.cat([x[:, :at], -x[:, at : at + 1], x[:, at + 1 :]], 1)

    def explain(case, real, start, end):
        """Raise an AssertionError that names the cause."""
        filled = piece(x, start, end, empty=9)
        assert close(filled, real), f"{case} empty slots are attended to"
        first = real[:, 0]
        for at in range(start + 1, end):
            seen = not close(piece(changed(at), start, end)[:, 0], first)
            assert not seen, f"{case} a new token sees later tokens of its call"
        for at in range(start):
            seen = not close(piece(changed(at), start, end)[:, 0], first)
            assert seen, f"{case} the first of them does not see token {at}"
        raise AssertionError(
            f"{case} the output is wrong, though its first token sees the "
            f"right ones: does each token see itself?"
        )

    def run(sizes, name):
        """Feed x in pieces; compare each output, and the cache behind it."""
        nonlocal checks
        cache, start = KVCache(2, 2, 16, 8), 0
        buffers = (cache.k, cache.v)
        for what in buffers:
            assert what.shape == (2, 2, 16, 8), (
                f"KVCache(2, 2, 16, 8) has k or v of {tuple(what.shape)}"
            )
            assert cache.k.data_ptr() != cache.v.data_ptr(), "k and v are one"
            what.zero_()  # a buffer of torch.empty() will do, too
        for size in sizes:
            end = start + size
            case = f"{name}, tokens {start} to {end - 1}:"
            projected.clear()
            real = layer(x[:, start:end], cache)
            assert sum(projected) <= size, (
                f"{case} {sum(projected)} tokens go through qkv: K and V of "
                "the old ones are in the cache"
            )
            assert cache.k is buffers[0] and cache.v is buffers[1], (
                f"{case} another tensor than before: write in place"
            )
            assert cache.length == end, (
                f"{case} the length is {cache.length}, not {end}"
            )
            for what in buffers:
                filled = what.abs().sum(dim=(0, 1, 3)) > 0
                assert torch.equal(filled, slots < end), (
                    f"{case} the slots in use are not 0 to {end - 1}"
                )
            assert close(cache.v[:, :, :end], values[:, :, :end]), (
                f"{case} cache.v does not hold the values of all tokens so far"
            )
            if not close(real, expected[:, start:end]):
                explain(case, real, start, end)
            start, checks = end, checks + 1

    assert close(layer(x), expected), (
        "without a cache: wrong values: look at the scale, the mask, and "
        "where the heads of q, k and v are in qkv"
    )
    other, wide = CausalSelfAttention(64, 4, 1), torch.randn(2, 9, 64)
    assert close(other(wide), attend(other, wide, kv_heads=1, d=16)), (
        "dim 64, 4 heads, 1 KV head: wrong values: is a size a constant?"
    )
    assert torch.equal(x, given), "forward changes x in place"
    with torch.enable_grad():
        losses = [f(x).square().sum() for f in (layer, partial(attend, layer))]
        assert losses[0].requires_grad, "without a cache: no gradient"
        ours, due = (torch.autograd.grad(t, layer.qkv.weight) for t in losses)
    assert torch.allclose(*ours, *due, rtol=1e-3, atol=1e-3), (
        "without a cache: a wrong gradient of qkv's weight"
    )
    run([9], "whole sequence")
    run([5, 1, 1, 1, 1], "a prompt, then tokens")
    run([1] * 9, "token by token")
    run([4, 3, 2], "in chunks")
    one, two, turned = KVCache(2, 2, 16, 8), KVCache(2, 2, 16, 8), x.flip(1)
    for t in range(9):
        real = layer(x[:, t : t + 1], one)
        layer(turned[:, t : t + 1], two)
        assert close(real, expected[:, t : t + 1]), (
            "two caches in turn disturb each other: keep the state in them"
        )
    long, cache = torch.randn(1, 300, 32), KVCache(1, 2, 300, 8)
    what = "a batch of one, 200 + 99 + 1 tokens in 300 slots"
    try:
        parts = [layer(part, cache) for part in long.split([200, 99, 1], dim=1)]
    except Exception as error:
        kind = type(error).__name__
        raise AssertionError(f"{what}: {kind}: {error}") from error
    right = torch.allclose(torch.cat(parts, 1), attend(layer, long), atol=1e-3)
    assert right, f"{what}: wrong values: is a length a constant?"
    try:
        meta = KVCache(1, 1, 1, 1, dtype=torch.float64, device="meta")
    except TypeError as error:
        raise AssertionError(
            f"KVCache(B, H_kv, max_len, d, dtype, device): {error}"
        ) from error
    for t in (meta.k, meta.v):
        assert t.dtype == torch.float64 and t.device.type == "meta", (
            "KVCache ignores its keyword argument dtype or device"
        )
    for start in (7, 8):
        cache = KVCache(2, 2, 8, 8)
        layer(x[:, :start], cache)
        try:
            layer(x[:, start:], cache)
        except Exception:
            assert cache.length == start, (
                f"tokens {start} to 8 in 8 slots raise, but the length becomes "
                f"{cache.length}: write first"
            )
            continue
        raise AssertionError(f"tokens {start} to 8 in 8 slots: nothing raises")
    layer, cache = layer.bfloat16(), KVCache(2, 2, 9, 8, dtype=torch.bfloat16)
    try:
        parts = [layer(part, cache) for part in x.bfloat16().split(3, dim=1)]
    except RuntimeError as error:
        raise AssertionError(f"in bfloat16: {error}") from error
    assert torch.allclose(torch.cat(parts, 1).float(), expected, atol=0.1), (
        "in bfloat16: wrong values"
    )
    print(f"accepted: {checks + 9} checks")
