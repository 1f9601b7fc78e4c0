"""GPU kernels in Triton that a page shows and uses. With TRITON_INTERPRET=1 they run on the CPU."""

from __future__ import annotations

import torch
import triton
import triton.language as tl
from torch import Tensor

__all__ = ["add", "softmax"]

# Triton 3.9 warns where this is left open: the default, on so far, is about to become off.
OPTIONS = {"enable_fp_fusion": False}


# --8<-- [start:add]
@triton.jit
def add_kernel(x_ptr, y_ptr, out_ptr, size, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    inside = offsets < size
    x = tl.load(x_ptr + offsets, mask=inside)
    y = tl.load(y_ptr + offsets, mask=inside)
    tl.store(out_ptr + offsets, x + y, mask=inside)


def add(x: Tensor, y: Tensor, block: int = 1024) -> Tensor:
    """Return ``x + y``; one program for every `block` elements (a power of two)."""
    assert x.shape == y.shape and x.is_contiguous() and y.is_contiguous()
    out = torch.empty_like(x)
    programs = triton.cdiv(x.numel(), block)
    add_kernel[(programs,)](x, y, out, x.numel(), BLOCK=block, **OPTIONS)
    return out
    # --8<-- [end:add]


# --8<-- [start:softmax]
@triton.jit
def softmax_kernel(x_ptr, out_ptr, columns, BLOCK: tl.constexpr):
    offsets = tl.arange(0, BLOCK)
    inside = offsets < columns
    start = tl.program_id(0).to(tl.int64) * columns
    x = tl.load(x_ptr + start + offsets, mask=inside, other=float("-inf"))
    e = tl.exp(x - tl.max(x, axis=0))
    tl.store(out_ptr + start + offsets, e / tl.sum(e, axis=0), mask=inside)


def softmax(x: Tensor) -> Tensor:
    """Return the softmax of each row of a float32 matrix, one program a row."""
    assert x.ndim == 2 and x.is_contiguous() and x.dtype == torch.float32
    rows, columns = x.shape
    out = torch.empty_like(x)
    softmax_kernel[(rows,)](
        x, out, columns, BLOCK=triton.next_power_of_2(columns), **OPTIONS
    )
    return out
    # --8<-- [end:softmax]
