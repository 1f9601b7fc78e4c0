"""Judge of a collate function: compares with pad_sequence and loops."""

import torch
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader


def check(collate, samples, **options):
    """Compare one batch, or raise an AssertionError that says what is wrong."""
    pad = options.get("pad", 0)
    pairs, kept = list(samples), [sequence.clone() for sequence, _ in samples]
    due = [label for _, label in samples]
    sizes = [len(sequence) for sequence in kept]
    what = f"lengths {sizes}, pad={pad}"
    try:
        batch = collate(samples, **options)
    except (IndexError, RuntimeError, TypeError, ValueError) as error:
        raise AssertionError(f"{what}: {error}") from error
    assert isinstance(batch, tuple) and len(batch) == 4, (
        f"{what}: return a tuple of padded, lengths, mask, labels"
    )
    assert all(isinstance(part, torch.Tensor) for part in batch), (
        f"{what}: {[type(part).__name__ for part in batch]}, not tensors"
    )
    padded, lengths, mask, labels = batch
    same = len(samples) == len(pairs) and all(
        a is b for a, b in zip(samples, pairs, strict=True)
    )
    assert same, f"{what}: the list of samples was changed"
    assert all(map(torch.equal, kept, [s for s, _ in pairs])), (
        f"{what}: a sample was changed in place"
    )
    right = pad_sequence(kept, batch_first=True, padding_value=pad)
    assert padded.shape != right.transpose(0, 1).shape or len(sizes) == max(
        sizes
    ), f"{what}: shape {tuple(padded.shape)}: the batch comes first"
    assert padded.shape == right.shape, (
        f"{what}: shape {tuple(padded.shape)}, not {tuple(right.shape)}: pad "
        "to the longest of this batch"
    )
    assert padded.dtype == right.dtype, (
        f"{what}: {padded.dtype} from {right.dtype}"
    )
    assert lengths.dtype == labels.dtype == torch.int64, (
        f"{what}: lengths {lengths.dtype}, labels {labels.dtype}, not int64"
    )
    assert sorted(lengths.tolist()) == sorted(sizes), (
        f"{what}: lengths {lengths.tolist()} are not those of the samples"
    )
    assert lengths.tolist() == sizes, f"{what}: the order has changed"
    assert labels.tolist() == due, (
        f"{what}: labels {labels.tolist()}, not {due}"
    )
    for i, (sequence, size) in enumerate(zip(kept, sizes, strict=True)):
        assert torch.equal(padded[i, :size], sequence), (
            f"{what}: row {i} does not begin with its sequence"
        )
        assert (padded[i, size:] == pad).all(), (
            f"{what}: row {i} goes on with {padded[i, size:].tolist()}"
        )
    assert mask.dtype == torch.bool and mask.shape == right.shape[:2], (
        f"{what}: mask of {mask.dtype} and shape {tuple(mask.shape)}, not of "
        f"torch.bool and {tuple(right.shape[:2])}"
    )
    rows = [[j < size for j in range(right.shape[1])] for size in sizes]
    assert mask.tolist() != [[not m for m in row] for row in rows], (
        f"{what}: the mask is inverted: True stands for real data"
    )
    for i, row in enumerate(rows):
        assert mask[i].tolist() == row, (
            f"{what}: mask {mask[i].int().tolist()} of row {i}, whose length "
            f"is {sizes[i]} and whose values are {kept[i].tolist()}: it "
            "follows from the lengths"
        )
    padded.add_(1)
    assert all(map(torch.equal, kept, [s for s, _ in pairs])), (
        f"{what}: the batch shares memory with a sample: an operation in place "
        "on it changes the dataset"
    )


def judge(collate):
    """Raise an AssertionError that says what is wrong, or print the checks."""
    torch.manual_seed(0)
    for sizes in ((3, 5, 2, 4), (2, 2), (1,)):
        tokens = [torch.randint(1, 9, (size,)) for size in sizes]
        check(collate, list(zip(tokens, range(7, 99), strict=False)))
    check(
        collate,
        [(torch.tensor([5, 6]), 1), (torch.tensor([7, 8, 9]), 0)],
        pad=9,
    )
    zeros = [torch.tensor(ids).int() for ids in ([0, 4, 0], [3, 0], [1])]
    check(collate, list(zip(zeros, (2, 0, 1), strict=True)))
    for options, features in (({"pad": -0.5}, 3), ({}, 2)):
        frames = [torch.randn(size, features).double() for size in (2, 4, 1)]
        check(collate, list(zip(frames, (2, 0, 1), strict=True)), **options)
    empty = torch.tensor([], dtype=torch.int64)
    check(collate, [(torch.tensor([4, 2]), 0), (empty, 1)])
    first, second = ([(torch.tensor([i, i]), i)] for i in (1, 2))
    batch = collate(first)
    copies = [part.clone() for part in batch]
    collate(second)
    assert all(map(torch.equal, batch, copies)), (
        "the next call changes the batch of the one before: make new tensors"
    )
    data = [(torch.full((i % 5 + 1,), i), i) for i in range(10)]
    for batch in DataLoader(data, batch_size=4, collate_fn=collate):
        first = batch[3][0].item()
        check(lambda samples, batch=batch: batch, data[first : first + 4])
    print("accepted: 12 checks")
