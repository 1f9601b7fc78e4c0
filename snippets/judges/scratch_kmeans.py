"""Judge of k-means: compares steps with loops, and looks at starts and ends."""

import torch

RUNS = 1_000  # random starts


def nearest(x, centers):
    return (x.double()[:, None] - centers.double()).square().sum(2).argmin(1)


def run(kmeans, x, k, centers=None, max_iter=100):
    """Return centers and labels, after checks of their form."""
    kept = x.clone(), None if centers is None else centers.clone()
    try:
        real, labels = kmeans(x, k, centers, max_iter)
    except (IndexError, RuntimeError, ValueError) as error:
        raise AssertionError(f"{len(x)} points, k={k}: {error}") from error
    assert torch.equal(x, kept[0]), "the points were changed in place"
    assert centers is None or torch.equal(centers, kept[1]), (
        "the given centers were changed in place"
    )
    assert real.shape == (k, x.shape[1]) and real.dtype == x.dtype, (
        f"centers of shape {tuple(real.shape)} and {real.dtype}"
    )
    assert labels.shape == (len(x),) and labels.dtype == torch.int64, (
        f"labels of shape {tuple(labels.shape)} and {labels.dtype}"
    )
    assert not real.isnan().any(), "nan: the mean of a cluster without points"
    assert torch.equal(labels, nearest(x, real)), (
        f"{len(x)} points, max_iter={max_iter}, largest coordinate "
        f"{x.abs().max():.0f}: a label is not the nearest of the centers "
        + ("given" if max_iter == 0 else "that are returned")
        + "; subtract first, then square" * (x.abs().max() > 1_000).item()
    )
    return real, labels


def judge(kmeans):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    for dtype in (torch.float32, torch.float64):
        x = torch.randn(60, 3, dtype=dtype) * 4
        start = x[:5].clone()
        real, labels = run(kmeans, x, 5, start, max_iter=0)
        assert torch.equal(real, start), "max_iter=0 changes the centers"
        for steps in (1, 2):
            real, new = run(kmeans, x, 5, start, max_iter=steps)
            right = torch.stack([x[labels == j].mean(0) for j in range(5)])
            assert torch.allclose(real, right, atol=1e-4), (
                f"after {steps} steps a center is not the mean of the points "
                "that were nearest to it before"
            )
            labels = new

    line = torch.tensor([[0.0], [1.0], [3.0]])
    starts = [run(kmeans, line, 2, max_iter=0)[0] for _ in range(RUNS)]
    starts = torch.stack(starts)[:, :, 0]
    assert torch.isin(starts, line).all(), "a first center is no point of x"
    assert (starts[:, 0] != starts[:, 1]).all(), (
        "two first centers are one point: its distance to itself is 0"
    )
    for point in (0, 1, 3):
        share = (starts[:, 0] == point).float().mean().item()
        assert abs(share - 1 / 3) < 0.06, (
            f"the first center is {point} in {share:.0%}: draw it evenly"
        )
    share = (starts.sum(dim=1) == 1).float().mean().item()
    assert abs(share - 0.1) < 0.04, (
        f"of 0, 1, 3 the start is 0 and 1 in {share:.0%}, not 10%: draw with "
        "the squares of the distances as weights"
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
    far = torch.randn(100, 2) + 10_000
    run(kmeans, far, 3, far[:3].clone(), max_iter=0)
    lost = torch.tensor([[0.0, 0.0], [1.0, 1.0], [500.0, 500.0]])
    for data, k, start, hint in (
        (x, 4, None, "go on until nothing changes"),
        (x, 1, None, "a single cluster"),
        (x[:6], 6, None, "as many clusters as points"),
        (far, 3, None, "points around 10,000"),
        (x, 3, lost, "a cluster without points gets a far point as center"),
    ):
        real, labels = run(kmeans, data, k, start, max_iter=300)
        counts = labels.bincount(minlength=k)
        assert counts.min() > 0, f"a cluster is empty at the end; {hint}"
        right = [data[labels == j].double().mean(0) for j in range(k)]
        assert torch.allclose(
            real.double(), torch.stack(right), rtol=0, atol=1e-2
        ), f"at the end a center is not the mean of its points; {hint}"
    print("accepted: 17 checks")
