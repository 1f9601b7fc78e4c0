"""Judge of the KV cache: compares cached with uncached attention."""

import torch
import torch.nn.functional as F


def attend(model, x, mask):
    """What the layer gives for x, from its weights; the mask is (L, slots)."""
    q, k, v = (
        t.unflatten(-1, (4, -1)).transpose(1, 2)
        for t in model.qkv(x).chunk(3, dim=-1)
    )
    empty = (0, 0, 0, mask.size(1) - x.size(1))  # slots of zeros
    out = F.scaled_dot_product_attention(
        q, F.pad(k, empty), F.pad(v, empty), mask
    )
    return model.out(out.transpose(1, 2).flatten(-2))


class Cache:
    """What the layer gets if no KVCache is defined beside it."""

    def __init__(self, *shape):
        self.k, self.v, self.length = torch.zeros(shape), torch.zeros(shape), 0

    def append(self, k, v):
        """Write behind what is there; return views of what is in use."""
        start, self.length = self.length, self.length + k.size(2)
        self.k.narrow(2, start, k.size(2)).copy_(k)  # raises if full
        self.v.narrow(2, start, k.size(2)).copy_(v)
        return self.k[:, :, : self.length], self.v[:, :, : self.length]


def close(a, b):
    """Whether both are equal but for rounding."""
    return torch.allclose(a, b, atol=1e-5)


@torch.no_grad()
def judge(CausalSelfAttention):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    beside = CausalSelfAttention.forward.__globals__
    KVCache = beside.get("KVCache", Cache)
    torch.manual_seed(0)
    model = CausalSelfAttention(32, 4)
    x = torch.randn(2, 9, 32)
    slots = torch.arange(16)
    expected = attend(model, x, slots[:9] <= slots[:9, None])
    checks = 0

    def run(sizes, name):
        """Feed x in pieces; compare each output, and the cache behind it."""
        nonlocal checks
        cache, start = KVCache(2, 4, 16, 8), 0
        buffers = (cache.k, cache.v)
        for what in buffers:
            assert what.shape == (2, 4, 16, 8), (
                f"KVCache(2, 4, 16, 8) has k or v of {tuple(what.shape)}"
            )
        for size in sizes:
            end = start + size
            case = f"{name}, tokens {start} to {end - 1}:"
            real, due = model(x[:, start:end], cache), expected[:, start:end]
            assert isinstance(real, torch.Tensor) and real.shape == due.shape, (
                f"{case} the output is not a tensor of shape {tuple(due.shape)}"
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
            if not close(real, due):
                explain(case, real, start, end)
                raise AssertionError(f"{case} the output is wrong")
            start, checks = end, checks + 1
        print(f"{name}: equals uncached")

    def explain(case, real, start, end):
        """Raise if the output is that of a usual bug."""
        row, last = slots[:end, None], end - start
        bugs = {
            "a new token sees later tokens of its chunk": slots < end,
            "the mask's diagonal is not moved by the tokens before": slots
            <= row - start,
            "empty slots are attended to": slots <= row - start + 16 - last,
        }
        for bug, mask in bugs.items():
            mask = mask.expand(end, 16)
            wrong = attend(model, x[:, :end], mask)[:, start:]
            assert not close(real, wrong), f"{case} {bug}"

    later = torch.cat([x[:, :1], -x[:, 1:]], dim=1)
    assert close(model(x)[:, 0], model(later)[:, 0]), (
        "without a cache: output 0 depends on a later token"
    )
    assert close(model(x), expected), (
        "without a cache: wrong values: look at the scale, the mask's diagonal, "
        "and where q, k, v and the heads are in qkv"
    )
    run([9], "whole sequence")
    run([5, 1, 1, 1, 1], "a prompt, then tokens")
    run([1] * 9, "token by token")
    run([4, 3, 2], "in chunks")
    cache = KVCache(2, 4, 8, 8)
    model(x[:, :8], cache)
    try:
        model(x[:, 8:], cache)
    except (AssertionError, IndexError, RuntimeError, ValueError):
        print(f"accepted: {checks + 3} checks")
    else:
        raise AssertionError("a ninth token in a cache of 8 raises nothing")
