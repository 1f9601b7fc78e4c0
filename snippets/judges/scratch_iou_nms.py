"""Judge of non-maximum suppression: compares with torchvision's own."""

import torch
from torch.overrides import TorchFunctionMode
from torchvision import ops


class Watched(TorchFunctionMode):
    """Sees every function of torch that is called, under any name."""

    def __torch_function__(self, func, types, args=(), kwargs=None):
        name = getattr(func, "__name__", "")
        assert "nms" not in name, "write it without torchvision.ops"
        return func(*args, **(kwargs or {}))


def check(nms, boxes, scores, threshold, hint):
    """Compare one call, or raise an AssertionError that gives the hint."""
    kept = boxes.clone(), scores.clone()
    what = f"{len(boxes)} boxes, threshold {threshold}"
    try:
        with Watched():
            real = nms(boxes, scores, threshold)
    except (ArithmeticError, LookupError, RuntimeError, ValueError) as error:
        raise AssertionError(f"{what}: {error}; {hint}") from error
    assert isinstance(real, torch.Tensor) and real.dtype == torch.int64, (
        f"{what}: return indices as a tensor of int64"
    )
    assert real.dim() == 1, f"{what}: shape {tuple(real.shape)}, not (K,)"
    assert torch.equal(boxes, kept[0]) and torch.equal(scores, kept[1]), (
        f"{what}: an argument was changed in place"
    )
    real, right = real.tolist(), ops.nms(boxes, scores, threshold).tolist()
    assert real == right or sorted(real) != sorted(right), (
        f"{what}: the right boxes, but the order is not by descending score"
    )
    for i in sorted(set(real) ^ set(right)):
        verb = "stays" if i in real else "goes"
        raise AssertionError(f"{what}: box {i} wrongly {verb}; {hint}")
    assert real == right, f"{what}: {real} lists a box twice"


def check_iou(box_iou):
    """Compare IoUs below 0 or above 1, too, which nms may not show."""
    a = torch.tensor([[0, 0, 4, 4], [9, 1, 10, 3]]).double()
    b = torch.tensor([[2, 0, 6, 4], [0, 0, 4, 2], [1, 5, 3, 6]]).double()
    real, right = box_iou(a, b), ops.box_iou(a, b)
    assert real.shape == right.shape, (
        f"box_iou: shape {tuple(real.shape)}, not (N, M) = (2, 3)"
    )
    assert real.dtype == a.dtype and torch.allclose(real, right), (
        f"box_iou: {real.tolist()}, not {right.tolist()}: clamp width and "
        "height, each at 0"
    )
    assert box_iou is not ops.box_iou, "write box_iou without torchvision.ops"


def judge(nms):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    twins = [[0, 0, 1, 1], [0, 0, 1, 1], [4, 0, 5, 1], [8, 0, 9, 1]]
    corner = [[0, 0, 1, 1], [2, 2, 3, 3]]
    third = [[0, 0, 2, 2], [1, 0, 3, 2]]  # 2 of 6
    inside = [[0, 0, 4, 4], [1, 1, 3, 3]]  # 4 of 16
    half = [[0, 0, 2, 1], [0, 0, 1, 1]]
    chain = [[0, 0, 4, 1], [2, 0, 6, 1], [4, 0, 8, 1]]  # 1/3, 1/3, 0
    tiny = [[0, 0, 1e-3, 1e-3], [0, 0, 1e-3, 1e-3]]
    left = [[-4, -1, 0, 0], [-4, -1, -1, 0], [-2, -1, 2, 0]]  # 3/4, 1/3
    dots = [[1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 2, 2]]  # two have no area
    falling = [0.9, 0.8, 0.7]
    indices = (
        "box 1 covers box 0: compare with all that stay, and give indices into "
        "the boxes as given"
    )
    first = twins[:2], falling, 0.4
    cases = [
        (*first, "of two twins, the higher score stays; no 1 is added"),
        (*first, "the same again: is something kept from call to call?"),
        (twins, [0.6, 0.9, 0.1, 0.7], 0.4, indices),
        (corner, falling, 0.5, "no overlap: clamp width and height at 0"),
        (third, falling, 0.34, "IoU is 1/3: over the union; no 1 is added"),
        (third, falling, 0.32, "IoU is 1/3: the union counts it once"),
        (third, [0.1, 0.9], 0.32, "the box with the higher score stays"),
        (inside, falling, 0.26, "IoU is 1/4: divide by the union"),
        (inside, falling, 0.24, "IoU is 1/4: (x1, y1, x2, y2) are corners"),
        (half, falling, 0.5, "IoU equals the threshold: only a larger goes"),
        (chain, falling, 0.3, "a box that has gone suppresses no other"),
        (twins[:1], falling, 0.5, "a single box"),
        (third, [0.5, 0.5], 0.3, "of equal scores the first: a stable sort"),
        (twins, [0.5] * 4, 0.3, "four equal scores: the first comes first"),
        (twins, [-3.0, -1, 0, -2], 0.3, "a score may be 0 or less"),
        (left, falling, 0.4, "coordinates may be negative"),
        (tiny, falling, 0.9, "small twins: add nothing to the union"),
        (dots, falling, 0.5, "0 / 0 is nan, which is not > threshold"),
    ]
    for boxes, scores, threshold, hint in cases:
        scores = torch.tensor(scores[: len(boxes)])
        check(nms, torch.tensor(boxes).float(), scores, threshold, hint)
    check(nms, torch.zeros(0, 4), torch.zeros(0), 0.5, "no boxes: shape (0,)")
    far = torch.tensor(third).double() + 1e9
    hint = "IoU is 1/3: keep float64, as float32 has steps of 64 there"
    check(nms, far, torch.rand(2).double(), 0.32, hint)
    hint = "random boxes: each that stays removes the overlapping ones below"
    for n, threshold in ((10, 0.5), (100, 0.3), (300, 0.9), (300, 0.1)):
        for dtype in (torch.float32, torch.float64):
            corners = torch.rand(2, n, dtype=dtype) * 100
            sizes = torch.rand(2, n, dtype=dtype) * 40 + 1
            boxes = torch.cat([corners, corners + sizes]).T  # strided
            scores = torch.rand(n, dtype=dtype)
            check(nms, boxes, scores, threshold, hint)
    box_iou = getattr(nms, "__globals__", {}).get("box_iou")
    if box_iou is not None:
        check_iou(box_iou)
    print(f"accepted: {len(cases) + 10} checks")
