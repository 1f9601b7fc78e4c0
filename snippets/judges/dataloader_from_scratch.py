"""Judge of a data loader: compares with torch.utils.data.DataLoader."""

import sys
from itertools import islice
from pathlib import Path

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


def same(a, b):
    """Whether two batches have the same structure, dtypes and values."""
    if isinstance(b, dict):
        return (
            type(a) is dict
            and a.keys() == b.keys()
            and same([*a.values()], [*b.values()])
        )
    if isinstance(b, list):
        fits = isinstance(a, (list, tuple)) and len(a) == len(b)
        return fits and all(map(same, a, b))
    return type(a) is torch.Tensor and a.dtype == b.dtype and torch.equal(a, b)


def batches_of(loader, what):
    """Return all batches and `len()`, or say which error comes."""
    try:
        return list(loader), len(loader)
    except (IndexError, RuntimeError, TypeError, ValueError) as e:
        raise AssertionError(f"{what}: {type(e).__name__}: {e}") from e


def compare(loader, theirs, what):
    batches, length = batches_of(loader, what)
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
    assert length == len(theirs), (
        f"{what}: len() is {length}, not {len(theirs)} batches"
    )


def check_by_hand(Loader):
    folder, files = str(Path(torch.utils.data.__file__).parent), set()
    profile = sys.getprofile()
    sys.setprofile(lambda frame, *_: files.add(frame.f_code.co_filename))
    try:
        for _ in Loader(Squares(4), batch_size=2):
            pass
    finally:
        sys.setprofile(profile)
    assert not any(file.startswith(folder) for file in files), (
        "it calls torch.utils.data: write it by hand"
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
        (0, 3, False),
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
    check_by_hand(Loader)
    data = Squares(10)
    assert len(Loader(data)) == 10, "the default batch_size is not 1"
    assert len(Loader(data, 4)) == 3, "the default drop_last is not False"
    loader = Loader(data, batch_size=3)
    list(islice(loader, 1))
    assert data.asked == [0, 1, 2], (
        f"for the first batch of 3 it loads {data.asked}: yield batches"
    )
    assert order(loader) == list(range(10)), (
        "after a broken loop, the next one does not begin anew"
    )
    assert data.asked == [0, 1, 2, *range(10)], (
        f"in a second loop it loads {data.asked[3:]}: a dataset may augment "
        "its samples, so each loop loads them all"
    )
    assert len(Loader(data, 4, False, True)) == 2, (
        f"Loader(data, 4, False, True) has {len(Loader(data, 4, False, True))} "
        "batches, not 2: is the order batch_size, shuffle, drop_last?"
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
    both = list(zip(loader, loader, strict=True))
    for loop in (0, 1):
        epoch = [i for pair in both for i in pair[loop][1].tolist()]
        assert sorted(epoch) == list(range(50)), (
            "of two shuffled loops at once, one does not see each sample once: "
            "keep the order in the iterator, not in the loader"
        )
    data = list(range(10))
    loader = Loader(data, batch_size=4, collate_fn=lambda samples: samples)
    real, _ = batches_of(loader, "with a collate_fn")
    kinds = {type(samples).__name__ for samples in real}
    assert kinds == {"list"}, f"collate_fn gets a {kinds.pop()}, not a list"
    assert real == [data[:4], data[4:8], data[8:]], (
        f"what collate_fn gets from the dataset {data} is {real}: a new list "
        "of samples for each batch"
    )
    tensors = list(torch.arange(10.0).half().view(5, 2))
    numbers = [torch.tensor(i) for i in range(5)]
    triples = [(i, (t, -i), {"t": t}) for i, t in enumerate(tensors)]
    dicts = [{"x": t, "y": (i, -i)} for i, t in enumerate(tensors)]
    for what, data in (
        ("tensors", tensors),
        ("tensors without dimensions", numbers),
        ("ints", list(range(5))),
        ("tuples of an int, a tuple and a dict", triples),
        ("dicts of a tensor and a tuple", dicts),
    ):
        what = f"samples that are {what}"
        real, _ = batches_of(Loader(data, 3, collate_fn=None), what)
        for a, b in zip(real, DataLoader(data, 3), strict=True):
            assert same(a, b), f"{what}: a batch is {a}, not {b}"
    for batch in Loader(tensors):
        batch.zero_()
    assert tensors[4].tolist() == [8, 9], (
        "a batch of one shares memory with its sample: an operation in place "
        "on it changes the dataset"
    )
    print("accepted: 27 checks")
