"""Judge of non-maximum suppression: compares with torchvision's own."""

import torch
from torchvision import ops


def check(nms, boxes, scores, threshold, hint):
    """Compare one call, or raise an AssertionError that gives the hint."""
    kept = boxes.clone(), scores.clone()
    what = f"{len(boxes)} boxes, threshold {threshold}"
    try:
        real = nms(boxes, scores, threshold)
    except (IndexError, RuntimeError, ValueError) as error:
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


def judge(nms):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    twins = [[0, 0, 1, 1], [0, 0, 1, 1], [4, 0, 5, 1], [8, 0, 9, 1]]
    corner = [[0, 0, 1, 1], [2, 2, 3, 3]]
    third = [[0, 0, 2, 2], [1, 0, 3, 2]]  # 2 of 6
    inside = [[0, 0, 4, 4], [1, 1, 3, 3]]  # 4 of 16
    half = [[0, 0, 2, 1], [0, 0, 1, 1]]
    chain = [[0, 0, 4, 1], [2, 0, 6, 1], [4, 0, 8, 1]]  # 1/3, 1/3, 0
    dots = [[1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 2, 2]]  # two have no area
    falling = [0.9, 0.8, 0.7]
    indices = "box 1 covers box 0; give indices into the boxes as given"
    cases = [
        (twins[:2], falling, 0.4, "of two twins, the higher score stays"),
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
        (dots, falling, 0.5, "0 / 0 is nan, which is not > threshold"),
    ]
    for boxes, scores, threshold, hint in cases:
        scores = torch.tensor(scores[: len(boxes)])
        check(nms, torch.tensor(boxes).float(), scores, threshold, hint)
    check(nms, torch.zeros(0, 4), torch.zeros(0), 0.5, "no boxes: shape (0,)")
    hint = "random boxes: each that stays removes the overlapping ones below"
    for n, threshold in ((10, 0.5), (100, 0.3), (100, 0.7), (300, 0.1)):
        for dtype in (torch.float32, torch.float64):
            corners = torch.rand(n, 2, dtype=dtype) * 100
            sizes = torch.rand(n, 2, dtype=dtype) * 40 + 1
            boxes = torch.cat([corners, corners + sizes], dim=1)
            scores = torch.rand(n, dtype=dtype)
            check(nms, boxes, scores, threshold, hint)
    print(f"accepted: {len(cases) + 9} checks")
