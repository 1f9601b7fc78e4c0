"""Judge of the KV cache: compares cached with uncached attention."""

import torch
from torch import nn
from torch.nn import functional as F


class KVCache:
    """The page's cache; also what a layer gets if none is defined beside it."""

    def __init__(self, *shape, **kw):  # (B, H, max_len, d); dtype, device
        self.k = torch.zeros(shape, **kw)
        self.v = torch.zeros(shape, **kw)
        self.length = 0

    def append(self, k, v):  # (B, H, L, d)
        """Write behind what is there; return views of what is in use."""
        L = k.size(2)
        self.k.narrow(2, self.length, L).copy_(k)  # raises if full
        self.v.narrow(2, self.length, L).copy_(v)
        self.length += L
        return self.k[:, :, : self.length], self.v[:, :, : self.length]


class CausalSelfAttention(nn.Module):
    """The page's solution, for its model of many layers."""

    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(dim, 3 * dim)
        self.out = nn.Linear(dim, dim)

    def forward(self, x, cache=None):  # (B, L, D): new tokens
        """Attend from the new tokens to all tokens so far."""
        qkv = self.qkv(x).unflatten(-1, (3, self.heads, -1))
        q, k, v = qkv.permute(2, 0, 3, 1, 4)  # (B, H, L, d)
        if cache is not None:
            k, v = cache.append(k, v)  # (B, H, P + L, d)
        k_pos = torch.arange(k.size(2), device=x.device)
        q_pos = k_pos[-q.size(2) :, None]  # the last L positions
        mask = k_pos <= q_pos  # (L, P + L)
        y = F.scaled_dot_product_attention(q, k, v, mask)
        return self.out(y.transpose(1, 2).flatten(2))


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


def close(a, b):
    """Whether both are equal but for rounding."""
    return torch.allclose(a, b, atol=1e-5)


@torch.no_grad()
def judge(CausalSelfAttention):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    beside = CausalSelfAttention.forward.__globals__
    Cache = beside.get("KVCache", KVCache)
    torch.manual_seed(0)
    model = CausalSelfAttention(32, 4)
    x = torch.randn(2, 9, 32)
    slots = torch.arange(16)
    expected = attend(model, x, slots[:9] <= slots[:9, None])
    checks = 0

    def run(sizes, name):
        """Feed x in pieces; compare each output, and the cache behind it."""
        nonlocal checks
        cache, start = Cache(2, 4, 16, 8), 0
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
    cache = Cache(2, 4, 8, 8)
    model(x[:, :8], cache)
    try:
        model(x[:, 8:], cache)
    except (AssertionError, IndexError, RuntimeError, ValueError):
        print(f"accepted: {checks + 3} checks")
    else:
        raise AssertionError("a ninth token in a cache of 8 raises nothing")
