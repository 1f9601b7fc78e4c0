"""Judge of a data loader: compares with torch.utils.data.DataLoader."""

from itertools import islice

import torch
from torch.utils.data import DataLoader


class Squares:
    """A dataset that remembers which indices were asked for."""

    def __init__(self, size):
        self.size, self.asked = size, []

    def __len__(self):
        return self.size

    def __getitem__(self, i):
        assert type(i) is int, f"an index is a {type(i).__name__}, not an int"
        assert 0 <= i < self.size, f"index {i} of {self.size} samples"
        self.asked.append(i)
        return torch.tensor([i, i * i]), i


def order(loader):
    return [i for _, labels in loader for i in labels.tolist()]


def compare(loader, theirs, what):
    batches = list(loader)
    for batch in batches:
        kinds = [type(part).__name__ for part in batch]
        assert kinds == ["Tensor", "Tensor"], (
            f"{what}: of pairs (tensor, int), a batch holds {kinds}, not tensors"
        )
    sizes = [len(labels) for _, labels in theirs]
    real = [len(labels) for _, labels in batches]
    assert real == sizes, f"{what}: batches of {real}, not {sizes}"
    for i, (a, b) in enumerate(zip(batches, theirs, strict=True)):
        assert all(map(torch.equal, a, b)), f"{what}: batch {i} is {a}, not {b}"
    assert len(loader) == len(theirs), (
        f"{what}: len() is {len(loader)}, not {len(theirs)} batches"
    )


def judge(Loader):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    for size, batch, drop in (
        (10, 3, False),
        (9, 3, False),
        (10, 3, True),
        (9, 3, True),
        (2, 3, False),
        (2, 3, True),
    ):
        data = Squares(size)
        options = {"batch_size": batch, "drop_last": drop}
        what = f"{size} samples, {options}"
        loader = Loader(data, **options)
        assert not data.asked, f"{what}: samples are loaded before any batch"
        compare(loader, DataLoader(Squares(size), **options), what)
        kept = size - size % batch * drop
        assert data.asked == list(range(kept)), (
            f"{what}: it loads {data.asked} in an epoch"
        )
    data = Squares(10)
    loader = Loader(data, batch_size=3)
    list(islice(loader, 1))
    assert data.asked == [0, 1, 2], (
        f"for the first batch of 3 it loads {data.asked}: yield batches"
    )
    assert order(loader) == list(range(10)), (
        "after a broken loop, the next one does not begin anew"
    )
    pairs = [
        (a[1][0].item(), b[1][0].item())
        for a, b in zip(loader, loader, strict=False)
    ]
    assert pairs == [(0, 0), (3, 3), (6, 6), (9, 9)], (
        f"two loops at once begin their batches with {pairs}: keep the "
        "position in the iterator, not in the loader"
    )
    data = Squares(50)
    loader = Loader(data, batch_size=8, shuffle=True)
    epochs = [[labels.tolist() for _, labels in loader] for _ in range(2)]
    first, second = [sum(batches, []) for batches in epochs]
    for batches, epoch in zip(epochs, (first, second), strict=True):
        assert epoch != list(range(50)), "shuffle=True does not shuffle"
        twice = len(set(epoch)) < len(epoch)
        assert sorted(epoch) == list(range(50)), "shuffled: an epoch has " + (
            "a sample twice" if twice else f"{len(epoch)} samples of 50"
        )
        near = [max(b) - min(b) < len(b) for b in batches[:-1]]
        assert not any(near), (
            "shuffled: a batch holds neighbors: shuffle the samples, not the "
            "order of the batches or of the samples in one"
        )
    assert first != second, "each epoch has the same order: draw a new one"
    data = Squares(10)
    loader = Loader(data, batch_size=4, collate_fn=len)
    assert list(loader) == [4, 4, 2], (
        "collate_fn is not called with the list of the samples of a batch"
    )
    for what, data in (
        ("tensors", list(torch.arange(10.0).view(5, 2))),
        ("ints", list(range(5))),
    ):
        theirs = list(DataLoader(data, batch_size=3))
        real = list(Loader(data, batch_size=3, collate_fn=None))
        kinds = {type(batch).__name__ for batch in real}
        assert kinds == {"Tensor"} and all(map(torch.equal, real, theirs)), (
            f"samples that are {what}, not pairs: a batch is wrong"
        )
    data = [{"x": torch.tensor([i, i * i]), "y": (i, -i)} for i in range(5)]
    theirs = DataLoader(data, batch_size=3)
    for a, b in zip(Loader(data, batch_size=3), theirs, strict=True):
        assert type(a) is dict and set(a) == {"x", "y"}, (
            f"samples that are dicts: a batch is a {type(a).__name__}, not a "
            "dict with the same keys"
        )
        real, theirs = [a["x"], *a["y"]], [b["x"], *b["y"]]
        kinds = {type(part).__name__ for part in real}
        assert kinds == {"Tensor"} and all(map(torch.equal, real, theirs)), (
            f"samples that are dicts: a batch is {a}, not {b}"
        )
    print("accepted: 16 checks")
