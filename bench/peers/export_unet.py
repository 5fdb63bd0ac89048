#!/usr/bin/env python3
"""Exports improved DDPM's U-Net for the comparison of Ornstein with PyTorch and ONNX Runtime.

For each network it writes, into the folder given by --out,

    NAME.safetensors           the weights under improved DDPM's names, for Ornstein
    NAME.onnx                  ONNX, dynamic batch
    NAME.forward.VARIANT.pt    TorchScript
    NAME.train.VARIANT.pt      TorchScript, a training step (--train): forward, loss, backward, AdamW

Variants are PyTorch's layouts, contiguous and channels_last, each with attention as products and a
softmax and (_fused) as PyTorch 2's one operation. The comparison takes the fastest. Networks take images and timesteps [N] and give images, all [N, C, H, W]. Weights are random everywhere, also in the
layers that improved DDPM starts at zero, because a network whose output is zero checks nothing.

    python3 export_unet.py --train small
    python3 export_unet.py --out models small cifar10
"""

import argparse
import itertools
import json
import math
import pathlib
import struct
import warnings
from typing import List

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import later_operations

_declared = later_operations.declare()

PRESETS = {
    "small": dict(channels=32, blocks=2, mult=(1, 2, 2), attention=(2, 4), heads=4),
    "cifar10": dict(channels=128, blocks=3, mult=(1, 2, 2, 2), attention=(2, 4), heads=4),
}
FOLDER = pathlib.Path(__file__).parent / "target" / "models"
IMAGE_CHANNELS = 3
IMAGE_SIZE = 32
GROUPS = 32


class TimeEmbedding(nn.Sequential):
    """Cosines, then sines, of the timestep; two linear layers."""

    def __init__(self, channels):
        super().__init__(nn.Linear(channels, 4 * channels), nn.SiLU(), nn.Linear(4 * channels, 4 * channels))
        half = channels // 2
        frequencies = torch.exp(-math.log(10000.0) / half * torch.arange(half, dtype=torch.float32))
        self.register_buffer("frequencies", frequencies, persistent=False)

    def forward(self, t):
        angles = t[:, None] * self.frequencies[None]
        return super().forward(torch.cat([torch.cos(angles), torch.sin(angles)], dim=1))


class ResBlock(nn.Module):
    """Two convolutions; the embedding scales and shifts what the second normalisation gives."""

    def __init__(self, inputs, outputs, embedding):
        super().__init__()
        self.in_layers = nn.Sequential(
            nn.GroupNorm(GROUPS, inputs), nn.SiLU(), nn.Conv2d(inputs, outputs, 3, padding=1)
        )
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(embedding, 2 * outputs))
        self.out_layers = nn.Sequential(
            nn.GroupNorm(GROUPS, outputs), nn.SiLU(), nn.Identity(), nn.Conv2d(outputs, outputs, 3, padding=1)
        )
        self.skip_connection = nn.Identity() if inputs == outputs else nn.Conv2d(inputs, outputs, 1)

    def forward(self, x, embedding):
        h = self.in_layers(x)
        scale, shift = torch.chunk(self.emb_layers(embedding)[:, :, None, None], 2, dim=1)
        h = self.out_layers[0](h) * (1 + scale) + shift
        return self.skip_connection(x) + self.out_layers[1:](h)


class Attention(nn.Module):
    """Self-attention among the pixels; channels of qkv in the order [head][q | k | v][d]."""

    def __init__(self, channels, heads):
        super().__init__()
        self.heads = heads
        self.dim = channels // heads
        self.fused = False
        self.norm = nn.GroupNorm(GROUPS, channels)
        self.qkv = nn.Conv1d(channels, 3 * channels, 1)
        self.proj_out = nn.Conv1d(channels, channels, 1)

    def forward(self, x, embedding):
        return self.rows(x) if self.fused else self.columns(x)

    def rows(self, x):
        """Pixels as rows, [N, T, C], which channels-last images are already."""
        n, c, height, width = x.shape
        h = self.norm(x).permute(0, 2, 3, 1).reshape(n, height * width, c)
        qkv = F.linear(h, self.qkv.weight[:, :, 0], self.qkv.bias)
        q, k, v = qkv.reshape(n, height * width, self.heads, 3, self.dim).unbind(3)
        h = torch.ops.aten.scaled_dot_product_attention(q.transpose(1, 2), k.transpose(1, 2), v.transpose(1, 2))
        h = F.linear(h.transpose(1, 2).reshape(n, height * width, c), self.proj_out.weight[:, :, 0], self.proj_out.bias)
        return x + h.reshape(n, height, width, c).permute(0, 3, 1, 2)

    def columns(self, x):
        """Pixels as columns, [N, C, T]: improved DDPM's own way."""
        n, c, height, width = x.shape
        d = self.dim
        qkv = self.qkv(self.norm(x).reshape(n, c, height * width))
        q, k, v = qkv.reshape(n * self.heads, 3 * d, height * width).chunk(3, dim=1)
        scale = 1 / math.sqrt(math.sqrt(d))
        weights = torch.softmax(torch.bmm((q * scale).transpose(1, 2), k * scale), dim=-1)
        h = torch.bmm(v, weights.transpose(1, 2)).reshape(n, c, height * width)
        return x + self.proj_out(h).reshape(n, c, height, width)


class Convolution(nn.Conv2d):
    """The first layer, which ignores the embedding."""

    def forward(self, x, embedding):
        return super().forward(x)


class Downsample(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.op = nn.Conv2d(channels, channels, 3, stride=2, padding=1)

    def forward(self, x, embedding):
        return self.op(x)


class Upsample(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x, embedding):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class Stage(nn.Sequential):
    """One entry of input_blocks or output_blocks."""

    def forward(self, x, embedding):
        for layer in self:
            x = layer(x, embedding)
        return x


class UNet(nn.Module):
    def __init__(self, channels, blocks, mult, attention, heads):
        super().__init__()
        embedding = 4 * channels
        self.channels_last = False
        self.time_embed = TimeEmbedding(channels)

        width = channels * mult[0]
        self.input_blocks = nn.ModuleList([Stage(Convolution(IMAGE_CHANNELS, width, 3, padding=1))])
        skips = [width]
        for level, m in enumerate(mult):
            for _ in range(blocks):
                layers = [ResBlock(width, channels * m, embedding)]
                width = channels * m
                if 2**level in attention:
                    layers.append(Attention(width, heads))
                self.input_blocks.append(Stage(*layers))
                skips.append(width)
            if level + 1 < len(mult):
                self.input_blocks.append(Stage(Downsample(width)))
                skips.append(width)

        self.middle_block = Stage(
            ResBlock(width, width, embedding), Attention(width, heads), ResBlock(width, width, embedding)
        )

        self.output_blocks = nn.ModuleList()
        for level, m in reversed(list(enumerate(mult))):
            for i in range(blocks + 1):
                layers = [ResBlock(width + skips.pop(), channels * m, embedding)]
                width = channels * m
                if 2**level in attention:
                    layers.append(Attention(width, heads))
                if level > 0 and i == blocks:
                    layers.append(Upsample(width))
                self.output_blocks.append(Stage(*layers))

        self.out = nn.Sequential(
            nn.GroupNorm(GROUPS, width), nn.SiLU(), nn.Conv2d(width, IMAGE_CHANNELS, 3, padding=1)
        )

    def forward(self, x, t):
        if self.channels_last:
            x = x.contiguous(memory_format=torch.channels_last)
        embedding = self.time_embed(t)
        skips = []
        for stage in self.input_blocks:
            x = stage(x, embedding)
            skips.append(x)
        x = self.middle_block(x, embedding)
        for stage in self.output_blocks:
            x = stage(torch.cat([x, skips.pop()], dim=1), embedding)
        return self.out(x).contiguous()


def build(name, seed=0):
    """A network with random weights; scales and biases of normalisations too."""
    torch.manual_seed(seed)
    model = UNet(**PRESETS[name])
    for module in model.modules():
        if isinstance(module, nn.GroupNorm):
            nn.init.normal_(module.weight, 1.0, 0.1)
            nn.init.normal_(module.bias, 0.0, 0.1)
    return model


def example(batch):
    return torch.randn(batch, IMAGE_CHANNELS, IMAGE_SIZE, IMAGE_SIZE), torch.arange(1.0, batch + 1) * 100


def variant(name, layout, fused):
    """The network in one of PyTorch's layouts, with attention in one of the two ways."""
    model = build(name)
    model.channels_last = layout == "channels_last"
    for module in model.modules():
        if isinstance(module, Attention):
            module.fused = fused
    return model.to(memory_format=getattr(torch, layout + "_format" if layout == "contiguous" else layout))


def trace_forward(model):
    traced = torch.jit.freeze(torch.jit.trace(model.eval(), example(2), check_trace=False))
    x, t = example(3)
    with torch.no_grad():
        torch.testing.assert_close(traced(x, t), model(x, t), rtol=1e-3, atol=1e-4)
    return traced


class TrainingStep(nn.Module):
    """Mean squared error, its gradients, AdamW with PyTorch's defaults: one call for Java."""

    first: List[Tensor]
    second: List[Tensor]
    steps: List[Tensor]

    def __init__(self, traced):
        super().__init__()
        self.unet = traced
        self.first = []
        self.second = []
        self.steps = []

    def forward(self, x: Tensor, t: Tensor, target: Tensor) -> Tensor:
        return F.mse_loss(self.unet(x, t), target)


# Iterating over a module's parameters is not TorchScript: trace_step spells the list out. The caller may have
# gradients off, as the Java binding does; turning them on is a function there, not a context.
STEP = """
def step(self, x: Tensor, t: Tensor, target: Tensor) -> Tensor:
    torch.set_grad_enabled(True)
    weights = self.weights()
    loss = self.forward(x, t, target)
    gradients: List[Tensor] = []
    for gradient in torch.autograd.grad([loss], weights):
        assert gradient is not None
        gradients.append(gradient)
    torch.set_grad_enabled(False)
    if len(self.steps) == 0:
        for weight in weights:
            self.first.append(torch.zeros_like(weight))
            self.second.append(torch.zeros_like(weight))
            self.steps.append(weight.new_zeros([]))  # torch.zeros would become one constant for all
    torch._foreach_add_(self.steps, 1)
    torch.ops.aten._fused_adamw_(
        weights, gradients, self.first, self.second, [], self.steps, lr=1e-4, beta1=0.9, beta2=0.999,
        weight_decay=0.01, eps=1e-8, amsgrad=False, maximize=False)
    return loss.detach()
"""


def trace_step(model):
    traced = torch.jit.trace(model.train(), example(2), check_trace=False)
    scripted = torch.jit.script(TrainingStep(traced))
    paths = []
    for name, _ in model.named_parameters():
        path = "self.unet"
        for part in name.split("."):
            path = f'getattr({path}, "{part}")'
        paths.append(path)
    listed = ", ".join(paths)
    scripted.define(f"def weights(self) -> List[Tensor]:\n    return [{listed}]\n")
    scripted.define(STEP)
    return scripted


def flops(model):
    """Floating-point operations of products and convolutions for one image, a multiply-add as two."""
    total = 0

    def convolution(module, inputs, output):
        nonlocal total
        total += 2 * output.numel() * module.weight[0].numel()

    def attention(module, inputs, output):
        nonlocal total
        _, c, height, width = output.shape
        total += 2 * 2 * c * (height * width) ** 2

    hooks = []
    for module in model.modules():
        if isinstance(module, (nn.Linear, nn.Conv1d, nn.Conv2d)):
            hooks.append(module.register_forward_hook(convolution))
        elif isinstance(module, Attention):
            hooks.append(module.register_forward_hook(attention))
    with torch.no_grad():
        model(*example(1))
    for hook in hooks:
        hook.remove()
    return total


def metadata(name, model):
    """The configuration as Ornstein's checkpoints have it, and what the comparison wants to know."""
    preset = PRESETS[name]
    options = {
        "in_channels": IMAGE_CHANNELS,
        "out_channels": IMAGE_CHANNELS,
        "model_channels": preset["channels"],
        "num_res_blocks": preset["blocks"],
        "attention_resolutions": ",".join(map(str, preset["attention"])),
        "dropout": 0.0,
        "channel_mult": ",".join(map(str, preset["mult"])),
        "conv_resample": "true",
        "num_classes": 0,
        "num_heads": preset["heads"],
        "num_heads_upsample": preset["heads"],
        "use_scale_shift_norm": "true",
        "groups": GROUPS,
    }
    result = {"unet." + option: str(value) for option, value in options.items()}
    return result | {"ornstein.checkpoint": "1", "peers.size": str(IMAGE_SIZE), "peers.flops": str(flops(model))}


def write_safetensors(tensors, texts, path):
    """Eight bytes of length, a JSON header, the values."""
    header, offset = {"__metadata__": texts}, 0
    for name, tensor in tensors.items():
        size = 4 * tensor.numel()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for tensor in tensors.values():
            file.write(tensor.detach().contiguous().numpy().astype("<f4").tobytes())


def write_onnx(model, path):
    batch = {0: "batch"}
    warnings.filterwarnings("ignore", "The shape inference of prim::Constant type is missing")  # harmless here
    torch.onnx.export(
        model,
        example(2),
        str(path),
        input_names=["x", "t"],
        output_names=["y"],
        dynamic_axes={"x": batch, "t": batch, "y": batch},
        opset_version=17,
    )


def export(name, out, train):
    model = build(name).eval()
    print(f"{name}: {sum(p.numel() for p in model.parameters()):,} parameters")
    write_safetensors(model.state_dict(), metadata(name, model), out / f"{name}.safetensors")
    write_onnx(model, out / f"{name}.onnx")
    for layout, fused in itertools.product(["contiguous", "channels_last"], [False, True]):
        suffix = layout + ("_fused" if fused else "") + ".pt"
        trace_forward(variant(name, layout, fused)).save(str(out / f"{name}.forward.{suffix}"))
        if train:
            trace_step(variant(name, layout, fused)).save(str(out / f"{name}.train.{suffix}"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("networks", nargs="+", choices=sorted(PRESETS), metavar="NAME", help="small or cifar10")
    parser.add_argument("--out", type=pathlib.Path, default=FOLDER, help="folder of the files")
    parser.add_argument("--train", action="store_true", help="also write the training step")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name in arguments.networks:
        export(name, arguments.out, arguments.train)


if __name__ == "__main__":
    main()
