#!/usr/bin/env python3
"""Exports single operations as a TorchScript module for the comparison with PyTorch.

Every operation is a method of one module, so that a call from Java costs one transition whatever
it does, and so that PyTorch's channels-last layout, which the Java binding does not know, can be
had: tensors keep the layout that `channels_last` gave them.

    python3 export_operations.py
"""

import argparse
import math
import pathlib

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import later_operations

_declared = later_operations.declare()

FOLDER = pathlib.Path(__file__).parent / "target" / "models"


class Operations(nn.Module):
    """The operations; images are [N, C, H, W] in either layout."""

    @torch.jit.export
    def nothing(self, x: Tensor) -> Tensor:
        """What a call costs."""
        return x

    @torch.jit.export
    def channels_last(self, x: Tensor) -> Tensor:
        return x.contiguous(memory_format=torch.channels_last)

    @torch.jit.export
    def contiguous(self, x: Tensor) -> Tensor:
        return x.contiguous()

    @torch.jit.export
    def matmul(self, a: Tensor, b: Tensor) -> Tensor:
        return torch.mm(a, b)

    @torch.jit.export
    def convolution(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return torch.conv2d(x, weight, bias, [1, 1], [1, 1])

    @torch.jit.export
    def convolution_input_gradient(self, gy: Tensor, x: Tensor, weight: Tensor) -> Tensor:
        return torch.ops.aten.convolution_backward(
            gy, x, weight, [0], [1, 1], [1, 1], [1, 1], False, [0, 0], 1, [True, False, False]
        )[0]

    @torch.jit.export
    def convolution_weight_gradient(self, gy: Tensor, x: Tensor, weight: Tensor) -> Tensor:
        return torch.ops.aten.convolution_backward(
            gy, x, weight, [0], [1, 1], [1, 1], [1, 1], False, [0, 0], 1, [False, True, False]
        )[1]

    @torch.jit.export
    def group_norm_silu(self, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
        return F.silu(torch.group_norm(x, 32, weight, bias, 1e-5), inplace=True)

    @torch.jit.export
    def attention_fused(self, qkv: Tensor, heads: int) -> Tensor:
        """qkv is [N, T, 3C] with channels in the order [head][q | k | v][d]; the result [N, T, C]."""
        n, rows, channels = qkv.shape
        q, k, v = qkv.view(n, rows, heads, 3, channels // (3 * heads)).unbind(3)
        y = torch.ops.aten.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2))
        return y.transpose(1, 2).reshape(n, rows, channels // 3)

    @torch.jit.export
    def attention_products(self, qkv: Tensor, heads: int) -> Tensor:
        """The same by products and a softmax of all logits, from [N, heads, 3, d, T] to [N, C, T]."""
        n, _, _, d, rows = qkv.shape
        q, k, v = qkv.view(n * heads, 3 * d, rows).chunk(3, dim=1)
        scale = 1 / math.sqrt(math.sqrt(d))
        weights = torch.softmax(torch.bmm((q * scale).transpose(1, 2), k * scale), dim=-1)
        return torch.bmm(v, weights.transpose(1, 2)).view(n, heads * d, rows)

    def forward(self, x: Tensor) -> Tensor:
        return x


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=pathlib.Path, default=FOLDER, help="folder of operations.pt")
    out = parser.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    torch.jit.script(Operations().eval()).save(str(out / "operations.pt"))


if __name__ == "__main__":
    main()
