"""The two models in PyTorch with the base's weights, how they are trained, and what would be deployed."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from benchmarks.peers.adapters.rows import Made, Work, zeros_of
from benchmarks.peers.budget import BATCH, CLASSES, CONVOLUTIONS, DENSE, EPOCHS, EPSILON, MOMENTUM, RATE, SIDE, rate_of

# Keras' names of weights, and PyTorch's.
NAMES = {
    "kernel": "weight",
    "gamma": "weight",
    "bias": "bias",
    "beta": "bias",
    "moving_mean": "running_mean",
    "moving_variance": "running_var",
}


class Mlp(nn.Module):
    """Dense layers; logits come out."""

    def __init__(self) -> None:
        """Make the layers."""
        super().__init__()
        self.dense1, self.dense2 = nn.Linear(SIDE * SIDE, DENSE[0]), nn.Linear(DENSE[0], DENSE[1])
        self.out = nn.Linear(DENSE[1], CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """From (batch, 64) to (batch, classes)."""
        return self.out(torch.relu(self.dense2(torch.relu(self.dense1(x)))))


class Cnn(nn.Module):
    """Convolutions with a residual connection; logits come out."""

    def __init__(self) -> None:
        """Make the layers."""
        super().__init__()
        before = 1
        for number, filters in enumerate(CONVOLUTIONS, start=1):
            setattr(self, f"conv{number}", nn.Conv2d(before, filters, 3, padding=1))
            setattr(self, f"norm{number}", nn.BatchNorm2d(filters, eps=EPSILON, momentum=1 - MOMENTUM))
            before = filters
        self.pool = nn.MaxPool2d(2)
        self.out = nn.Linear(before, CLASSES)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """From (batch, 1, 8, 8) to (batch, classes)."""
        x = torch.relu(self.norm1(self.conv1(x)))
        x = self.pool(torch.relu(x + self.norm2(self.conv2(x))))
        return self.out(torch.relu(self.norm3(self.conv3(x))).mean(dim=(2, 3)))


def based(work: Work) -> nn.Module:
    """The model with the base's weights."""
    torch.set_num_threads(1)
    torch.manual_seed(work.seed)
    model = Mlp() if work.model == "mlp" else Cnn()
    for name, layer in model.named_children():
        given = {
            own: torch.tensor(work.weights[f"{name}/{theirs}"])
            for theirs, own in NAMES.items()
            if f"{name}/{theirs}" in work.weights
        }
        if isinstance(layer, nn.Linear):
            given["weight"] = given["weight"].T
        elif isinstance(layer, nn.Conv2d):
            given["weight"] = given["weight"].permute(3, 2, 0, 1)
        # Not strict: batch normalization also counts batches.
        layer.load_state_dict(given, strict=False)
    return model


def tensors(work: Work, part: str) -> torch.Tensor:
    """Inputs of a part, channels first."""
    rows = torch.tensor(work.data[f"{part}_x"])
    return rows if work.model == "mlp" else rows.permute(0, 3, 1, 2).contiguous()


def fit(
    model: nn.Module, work: Work, epochs: int = EPOCHS, before: Callable[[int], object] = lambda epoch: None
) -> None:
    """Train as the others are trained.

    Args:
        model: In place.
        work: Its data and seed.
        epochs: How many.
        before: Told the number of each epoch before it begins.
    """
    x, y = tensors(work, "train"), torch.tensor(work.data["train_y"])
    order = np.random.default_rng(work.seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE, eps=1e-7)
    model.train()
    for epoch in range(epochs):
        before(epoch)
        optimizer.param_groups[0]["lr"] = rate_of(epoch)
        for rows in np.array_split(order.permutation(len(x)), -(-len(x) // BATCH)):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
            optimizer.step()
    model.eval()


def outputs(model: nn.Module, work: Work) -> NDArray:
    """Logits of the unseen rows."""
    with torch.no_grad():
        return model.eval()(tensors(work, "unseen")).float().numpy()


def saved(state: Mapping[str, object]) -> bytes:
    """A state dict as `torch.save` writes it."""
    stream = io.BytesIO()
    torch.save(state, stream)
    return stream.getvalue()


def float_file(model: nn.Module, work: Work) -> Made:
    """A float model as a .tflite file of one row, through litert-torch; what counts is the model's own outputs."""
    # Only here: it takes long, and other adapters need none.
    import litert_torch

    model.eval()
    content = litert_torch.convert(model, (tensors(work, "unseen")[:1],)).model_content()
    zeros = zeros_of([weight.detach().numpy() for weight in model.parameters()])
    return Made(content, "tflite by litert-torch", outputs(model, work), zeros)
