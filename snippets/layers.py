"""Custom layers that pages show and use: too long for a page, short enough to read."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

__all__ = ["NoisyLinear"]


# --8<-- [start:parameters]
class NoisyLinear(nn.Module):
    """A linear layer that learns how much noise to add to each of its weights.

    In training mode it computes with ``weight + weight_sigma * noise`` (the bias likewise), in
    evaluation mode with ``weight`` alone. The noise of a weight is the product of one number for
    its input and one for its output, so a draw costs ``in_features + out_features`` numbers.
    After Fortunato et al., "Noisy Networks for Exploration" (https://arxiv.org/abs/1706.10295).

    Args:
        in_features: size of the last dimension of the input.
        out_features: size of the last dimension of the output.
        bias: whether there is a bias, with noise of its own.
        sigma: how strong the noise is at first, relative to ``1 / sqrt(in_features)``.
        device, dtype: of the parameters and the noise.
    """

    noise_in: Tensor
    noise_out: Tensor

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        sigma: float = 0.5,
        device: torch.device | str | None = None,
        dtype: torch.dtype | None = None,
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.sigma = sigma

        def empty(*shape: int) -> Tensor:
            return torch.empty(shape, device=device, dtype=dtype)

        # Learned: in parameters() and in the state_dict.
        self.weight = nn.Parameter(empty(out_features, in_features))
        self.weight_sigma = nn.Parameter(empty(out_features, in_features))
        if bias:
            self.bias = nn.Parameter(empty(out_features))
            self.bias_sigma = nn.Parameter(empty(out_features))
        else:
            self.register_parameter("bias", None)
            self.register_parameter("bias_sigma", None)

        # Not learned, but follows .to(); not worth a place in a checkpoint.
        self.register_buffer("noise_in", empty(in_features), persistent=False)
        self.register_buffer("noise_out", empty(out_features), persistent=False)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draw the weights anew and set the noise back to its first strength."""
        bound = 1 / math.sqrt(self.in_features)
        for mean in (self.weight, self.bias):
            if mean is not None:
                nn.init.uniform_(mean, -bound, bound)
        for spread in (self.weight_sigma, self.bias_sigma):
            if spread is not None:
                nn.init.constant_(spread, self.sigma * bound)
        self.resample()
        # --8<-- [end:parameters]

    # --8<-- [start:forward]
    @torch.no_grad()
    def resample(self) -> None:
        """Draw new noise. It stays until the next call, so that one step sees one network."""
        # New tensors, not in-place changes: a graph that awaits backward() keeps the old ones.
        self.noise_in = signed_sqrt(torch.randn_like(self.noise_in))
        self.noise_out = signed_sqrt(torch.randn_like(self.noise_out))

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return F.linear(x, self.weight, self.bias)
        weight = self.weight + self.weight_sigma * torch.outer(
            self.noise_out, self.noise_in
        )
        bias = (
            None
            if self.bias is None
            else self.bias + self.bias_sigma * self.noise_out
        )
        return F.linear(x, weight, bias)

    def extra_repr(self) -> str:
        features = f"{self.in_features}, {self.out_features}"
        return f"{features}, bias={self.bias is not None}, sigma={self.sigma}"
        # --8<-- [end:forward]


def signed_sqrt(x: Tensor) -> Tensor:
    """Return the square root of each magnitude, with the sign of the element."""
    return x.sign() * x.abs().sqrt()
