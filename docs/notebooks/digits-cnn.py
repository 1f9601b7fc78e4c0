# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Train a small CNN on real digits
#
# A complete run on real data: 1,797 handwritten digits of 8x8 pixels that come with scikit-learn, a network of two
# convolutions, an accuracy measured on digits it has never seen, and a look at what it gets wrong. It takes a few
# seconds on one CPU core.
#
# ## The data
#
# Pixels are integers from 0 to 16. We scale them to $[0, 1]$, add the channel dimension that `nn.Conv2d` wants, and
# keep a fifth of the digits for the test, the same share of each class.

# %%
import torch
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

from snippets.figures import HEAT, canvas, shown

images, labels = load_digits(return_X_y=True)
x = torch.tensor(images, dtype=torch.float32).reshape(-1, 1, 8, 8) / 16
y = torch.tensor(labels)
train_index, test_index = train_test_split(
    range(len(y)), test_size=0.2, stratify=labels, random_state=0
)
shape = tuple(x[0].shape)
print("train", len(train_index), "test", len(test_index), "of shape", shape)
# > train 1437 test 360 of shape (1, 8, 8)

# %% [markdown]
# ## The model
#
# Each convolution keeps the size (`padding=1`), each pooling halves it: $8 \to 4 \to 2$. The last layer gives one
# logit for each class; `nn.CrossEntropyLoss` applies the log-softmax, so the model ends without one.

# %%
torch.manual_seed(0)
model = nn.Sequential(
    nn.Conv2d(1, 16, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Conv2d(16, 32, 3, padding=1),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Dropout(0.2),
    nn.Linear(32 * 2 * 2, 10),
)
print(sum(p.numel() for p in model.parameters()), "parameters")
print("logits of shape", tuple(model(x[:5]).shape))
# > 6090 parameters
# > logits of shape (5, 10)

# %% [markdown]
# ## Training
#
# For a batch $B$ the loss is the mean negative log-probability of the right class,
# $L = -\frac{1}{|B|} \sum_{i \in B} \log p_{y_i}(x_i)$. An untrained model that spreads its belief evenly over ten
# classes has $L = \ln 10 \approx 2.30$, and the first value below should be near that.

# %%
loader = DataLoader(
    TensorDataset(x[train_index], y[train_index]), batch_size=64, shuffle=True
)
loss_function = nn.CrossEntropyLoss()
optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=30)


def loss_on(index):
    model.eval()
    with torch.inference_mode():
        return loss_function(model(x[index]), y[index]).item()


curve = [(loss_on(train_index), loss_on(test_index))]
for epoch in range(30):
    model.train()
    for inputs, targets in loader:
        optimizer.zero_grad()
        loss_function(model(inputs), targets).backward()
        optimizer.step()
    scheduler.step()
    curve.append((loss_on(train_index), loss_on(test_index)))
before, after = (round(curve[epoch][1], 1) for epoch in (0, -1))
print("loss before", before, "and after training", after)
# > loss before 2.3 and after training 0.1

# %%
fig, ax = canvas()
for values, name in zip(zip(*curve), ("training digits", "test digits")):
    ax.plot(values, label=name)
ax.set(xlabel="epoch", ylabel="cross-entropy", yscale="log")
ax.legend()
shown(
    fig,
    "loss-curve",
    alt="Loss on training and test digits falls steeply in the first epochs, then levels off.",
)

# %% [markdown]
# ## The result
#
# The claim that this page makes is checked where it is made: at least 97 % of the test digits are read correctly. If
# that ever fails, the site is not built.

# %%
model.eval()
with torch.inference_mode():
    predicted = model(x[test_index]).argmax(dim=1)
accuracy = (predicted == y[test_index]).float().mean().item()
assert accuracy >= 0.97, accuracy
print(f"at least 97 % correct: {accuracy >= 0.97}")
# > at least 97 % correct: True

# %% [markdown]
# Which digits are mistaken for which? Rows are the true digits, columns the predictions; what is off the diagonal is
# an error.

# %%
confusion = torch.zeros(10, 10, dtype=torch.int64)
confusion.index_put_(
    (y[test_index], predicted), torch.tensor(1), accumulate=True
)
assert confusion.sum() == len(test_index)
assert confusion.diag().sum() == (predicted == y[test_index]).sum()

fig, ax = canvas(width=4.6, height=4.2)
ax.grid(False)
ax.pcolormesh(confusion.flip(0), cmap=HEAT)
for true in range(10):
    for guess in range(10):
        if confusion[true, guess]:
            ax.text(
                guess + 0.5,
                9.5 - true,
                confusion[true, guess].item(),
                ha="center",
                va="center",
                size=8,
            )
middles = [i + 0.5 for i in range(10)]
ax.set_xticks(middles, range(10))
ax.set_yticks(middles, range(9, -1, -1))
ax.set(xlabel="predicted", ylabel="true")
shown(
    fig,
    "confusion",
    alt="Confusion matrix of the test digits: nearly all counts stand on the diagonal.",
)

# %% [markdown]
# ## What to notice
#
# - Evaluation switches dropout off (`model.eval()`) and recording off (`inference_mode`); training switches dropout
#   back on. Both matter, and neither does the other's work.
# - The optimizer steps for each batch, the scheduler for each epoch.
# - Accuracy is counted on digits that took no part in training; the split is stratified and seeded.
#
# ## See also
#
# - [What are the steps to build and train a neural network in PyTorch?](../questions/nn-modules/build-a-neural-network.md)
# - [What is a convolutional neural network?](../questions/neural-networks/convolutional-neural-network.md)
# - [What does a PyTorch training loop look like?](../questions/training/training-loop.md)
# - [How do you evaluate a trained model and use it for inference?](../questions/training/evaluate-a-model.md)
