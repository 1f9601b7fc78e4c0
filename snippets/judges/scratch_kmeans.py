"""Judge of k-means: compares steps with loops, and looks at starts and ends."""

import torch

RUNS = 1_000  # random starts


def run(kmeans, x, k, centers=None, max_iter=100):
    """Return centers and labels, after checks of their form."""
    kept = x.clone(), None if centers is None else centers.clone()
    real, labels = kmeans(x, k, centers, max_iter)
    assert torch.equal(x, kept[0]), "the points were changed in place"
    assert centers is None or torch.equal(centers, kept[1]), (
        "the given centers were changed in place"
    )
    assert real.shape == (k, x.shape[1]), f"centers {tuple(real.shape)}"
    assert labels.shape == (len(x),) and labels.dtype == torch.int64, (
        f"labels of shape {tuple(labels.shape)} and {labels.dtype}"
    )
    assert not real.isnan().any(), "nan: the mean of a cluster without points"
    nearest = (x[:, None] - real).square().sum(2).argmin(1)
    assert torch.equal(labels, nearest), (
        f"max_iter={max_iter}: a label is not that of the nearest of the "
        "centers that are returned"
    )
    return real, labels


def judge(kmeans):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    x = torch.randn(60, 3) * 4
    far = torch.full((1, 3), 500.0)
    for start in (x[:5].clone(), torch.cat([x[:4], far])):
        labels = (x[:, None] - start).square().sum(2).argmin(1)
        for steps in (1, 2, 3):
            real, new = run(kmeans, x, 5, start, max_iter=steps)
            for j in set(labels.tolist()):
                assert torch.allclose(
                    real[j], x[labels == j].mean(0), atol=1e-4
                ), (
                    f"after {steps} steps a center is not the mean of the "
                    "points that were nearest to it before"
                )
            labels = new
    assert torch.equal(real[4:], far), (
        "a center without points does not stay where it is"
    )

    line = torch.tensor([[0.0], [1.0], [3.0]])
    starts = [run(kmeans, line, 2, max_iter=0)[0] for _ in range(RUNS)]
    starts = torch.stack(starts)[:, :, 0]
    assert torch.isin(starts, line).all(), "a first center is no point of x"
    for point in (0, 1, 3):
        share = (starts[:, 0] == point).float().mean().item()
        assert abs(share - 1 / 3) < 0.06, (
            f"the first center is {point} in {share:.0%}: draw it evenly"
        )
    share = (starts.sum(dim=1) == 1).float().mean().item()
    same = (starts[:, 0] == starts[:, 1]).any()
    assert not same and abs(share - 0.1) < 0.04, (
        f"of 0, 1, 3 the start is 0 and 1 in {share:.0%}, not 10%"
        + ", and twice the same point in some runs" * same
        + ": draw with the squares of the distances as weights"
    )
    piles = torch.tensor([[0.0, 0.0], [1.0, 0.0], [9.0, 9.0]])
    piles = piles.repeat_interleave(torch.tensor([50, 50, 1]), dim=0)
    for _ in range(20):
        real, _ = run(kmeans, piles, 3, max_iter=0)
        assert len(real.unique(dim=0)) == 3, (
            "two of three first centers are equal: the weight of a point is "
            "its squared distance to the nearest center of all so far"
        )

    x = torch.randn(200, 2) * 3
    for k in (1, 4):
        real, labels = run(kmeans, x, k, max_iter=300)
        for j in set(labels.tolist()):
            assert torch.allclose(real[j], x[labels == j].mean(0), atol=1e-3), (
                "at the end a center is not the mean of its points: go on"
            )
    print("accepted: 12 checks")
