#!/usr/bin/env python3
"""Makes the reference files beside it: outputs of the original networks on weights that are patterns of their names.

usage: originals.py FOLDER openai|improved|ddim|diffusers|keras SOURCE

SOURCE is a checkout of guided-diffusion, improved-diffusion, ddim or diffusers; PyTorch and numpy must be installed.
keras needs no source: Keras-DDPM's two networks are written down in PyTorch below, as their scripts describe them.
improved-diffusion's averaging downsampling calls PyTorch wrongly; give its AvgPool2d a kernel size of 2 first.
"""
import json, os, struct, sys, types, zlib
import numpy as np
import torch


def pattern(name, count):
    k = np.arange(count, dtype=np.uint64)
    low = np.uint64(0xFFFFFFFF)
    h = (np.uint64(zlib.crc32(name.encode())) + k * np.uint64(0x9E3779B1)) & low
    h ^= h >> np.uint64(16)
    h = (h * np.uint64(0x85EBCA6B)) & low
    h ^= h >> np.uint64(13)
    h = (h * np.uint64(0xC2B2AE35)) & low
    h ^= h >> np.uint64(16)
    return h.astype(np.float64) / 2**31 - 1


def weight(name, shape):
    count = int(np.prod(shape)) if shape else 1
    u = pattern(name, count)
    if len(shape) == 1:
        v = (1 if name.endswith("weight") else 0) + 0.3 * u
    else:
        v = u * np.sqrt(3.0 * shape[0] / count)
    return v.astype(np.float32).reshape(shape)


def fill(model):
    with torch.no_grad():
        for name, p in model.state_dict().items():
            p.copy_(torch.from_numpy(weight(name, tuple(p.shape))))
    return model.eval()


def write(path, tensors):
    header, blobs, at = {}, [], 0
    for name, t in tensors.items():
        b = np.ascontiguousarray(t.detach().numpy()).tobytes()
        header[name] = {"dtype": "F32", "shape": list(t.shape), "data_offsets": [at, at + len(b)]}
        blobs.append(b)
        at += len(b)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def image(name, *shape):
    return torch.from_numpy(pattern(name, int(np.prod(shape))).astype(np.float32).reshape(shape))


def run(name, model, size, times, labels=None, low=None, whole=False, loop=None):
    size = (size, size) if isinstance(size, int) else size
    t = torch.tensor(times, dtype=torch.long if whole else torch.float32)
    given = {}
    if labels is not None:
        given["y"] = torch.tensor(labels)
    if low is not None:
        given["low_res"] = image("low", 2, 3, low, low)
    fill(model)
    with torch.no_grad():
        out = model(image("x", 2, 3, *size), t, **given)
        tensors = {"out": out}
        if loop:
            # A quarter of the output: random networks of full gain make chaos of a rounding.
            tensors["loop"] = loop(lambda *a, **k: model(*a, **k) / 4, image("noise", 2, 3, *size), given)
    write(os.path.join(sys.argv[1], name + ".safetensors"), tensors)


def spaced_loop(script_util, learn_sigma):
    """Ten DDIM steps of improved-diffusion or guided-diffusion."""
    diffusion = script_util.create_gaussian_diffusion(
        steps=1000, learn_sigma=learn_sigma, noise_schedule="linear", rescale_timesteps=True, timestep_respacing="ddim10")
    return lambda model, noise, given: diffusion.ddim_sample_loop(
        model, noise.shape, noise=noise, clip_denoised=True, model_kwargs=given, device="cpu")


def generalized_loop(model, noise, given):
    """Ten DDIM steps of ddim, which does not clip."""
    from functions.denoising import generalized_steps
    betas = torch.from_numpy(np.linspace(0.0001, 0.02, 1000, dtype=np.float64)).float()
    # It moves tensors to a GPU; here they stay.
    stay = torch.Tensor.to
    torch.Tensor.to = lambda self, *a, **k: self if a and a[0] in ("cuda", "cpu") else stay(self, *a, **k)
    try:
        return generalized_steps(noise, range(0, 1000, 100), model, betas, eta=0)[0][-1]
    finally:
        torch.Tensor.to = stay


def diffusers_loop(model, noise, given):
    """Ten DDIM steps of diffusers, which keep the network's noise beside a clipped prediction."""
    from diffusers import DDIMScheduler
    scheduler = DDIMScheduler()
    scheduler.set_timesteps(10)
    x = noise
    for t in scheduler.timesteps:
        times = torch.full((noise.shape[0],), int(t), dtype=torch.long)
        x = scheduler.step(model(x, times, **given), int(t), x, eta=0.0).prev_sample
    return x


def openai():
    from guided_diffusion import script_util
    from guided_diffusion.unet import EncoderUNetModel, SuperResModel, UNetModel
    base = dict(image_size=16, in_channels=3, model_channels=32, out_channels=6, num_res_blocks=1,
                attention_resolutions=(2,), channel_mult=(1, 2), num_heads=4, use_scale_shift_norm=True)
    t = [3.0, 700.25]
    make = lambda **k: UNetModel(**{**base, **k})
    go = lambda *a, **k: run(*a, loop=spaced_loop(script_util, True), **k)
    go("gd_new_order", make(num_heads=2, use_new_attention_order=True), 16, t)
    go("gd_head_channels", make(num_head_channels=16, channel_mult=(1, 1, 2), attention_resolutions=(2, 4)), 16, t)
    go("gd_updown", make(resblock_updown=True, num_classes=5), 16, t, labels=[4, 0])
    go("gd_updown_additive", make(resblock_updown=True, use_scale_shift_norm=False, num_head_channels=32), 16, t)
    go("gd_fraction", make(model_channels=64, channel_mult=(0.5, 1)), 16, t)
    run("gd_super_res", SuperResModel(**{**base, "resblock_updown": True}), 16, t, low=4)
    classifier = fill(EncoderUNetModel(
        image_size=8, in_channels=3, model_channels=32, out_channels=5, num_res_blocks=1, attention_resolutions=(2,),
        channel_mult=(1, 2), num_head_channels=16, use_scale_shift_norm=True, pool="attention"))
    x = image("x", 2, 3, 8, 8).requires_grad_()
    out = classifier(x, torch.tensor([0.0, 431.5]))
    (out * image("c", 2, 5)).sum().backward()
    write(os.path.join(sys.argv[1], "encoder_unet.safetensors"), {"out": out, "grad_x": x.grad})


def improved():
    from improved_diffusion import script_util
    from improved_diffusion.unet import SuperResModel, UNetModel
    base = dict(in_channels=3, model_channels=32, out_channels=3, num_res_blocks=1, attention_resolutions=(2,),
                channel_mult=(1, 2), num_heads=2, use_scale_shift_norm=True)
    t = [3.0, 700.25]
    make = lambda **k: UNetModel(**{**base, **k})
    run("id_heads_up", make(num_heads_upsample=4), 16, t, loop=spaced_loop(script_util, False))
    run("id_no_conv_resample", make(conv_resample=False, out_channels=6), 16, t, loop=spaced_loop(script_util, True))
    run("id_classes", make(num_classes=7, channel_mult=(1, 1, 2), num_res_blocks=2, use_scale_shift_norm=False),
        (8, 16), t, labels=[6, 2], loop=spaced_loop(script_util, False))
    run("id_super_res", SuperResModel(**base), 16, t, low=8)


def ddim():
    from models.diffusion import Model
    ns = types.SimpleNamespace

    def make(mult=(1, 2), blocks=1, attn=(8,), conv=True):
        return Model(ns(model=ns(ch=32, out_ch=3, ch_mult=mult, num_res_blocks=blocks, attn_resolutions=attn,
                                 dropout=0.1, in_channels=3, resamp_with_conv=conv, type="simple"),
                        data=ns(image_size=16), diffusion=ns(num_diffusion_timesteps=1000)))

    t = [3.0, 701.0]
    run("ddim_plain", make(), 16, t, loop=generalized_loop)
    run("ddim_deep", make(mult=(1, 1, 2), blocks=2, attn=(8, 4)), 16, t, loop=generalized_loop)
    run("ddim_no_conv", make(conv=False, attn=(16,), mult=(1, 1)), 16, t, loop=generalized_loop)


def diffusers():
    from diffusers import UNet2DModel
    base = dict(sample_size=16, layers_per_block=1, block_out_channels=(32, 64),
                down_block_types=("DownBlock2D", "AttnDownBlock2D"), up_block_types=("AttnUpBlock2D", "UpBlock2D"))

    def make(name, labels=None, whole=False, **k):
        model = UNet2DModel(**{**base, **k})
        forward = model.forward
        model.forward = lambda x, t, y=None: forward(x, t, class_labels=y).sample
        run(name, model, 16, [3, 701], labels=labels, whole=whole, loop=diffusers_loop)

    make("hf_ddpm", norm_eps=1e-6, downsample_padding=0, flip_sin_to_cos=False, freq_shift=1, attention_head_dim=None)
    make("hf_training_example", block_out_channels=(32, 32, 64), layers_per_block=2,
         down_block_types=("DownBlock2D", "DownBlock2D", "AttnDownBlock2D"),
         up_block_types=("AttnUpBlock2D", "UpBlock2D", "UpBlock2D"))
    make("hf_classes_scale_shift", labels=[3, 1], num_class_embeds=5, resnet_time_scale_shift="scale_shift",
         attention_head_dim=16)
    make("hf_resnet_resampling", downsample_type="resnet", upsample_type="resnet", add_attention=False,
         down_block_types=("AttnDownBlock2D", "DownBlock2D"), up_block_types=("UpBlock2D", "UpBlock2D"))
    make("hf_uneven", block_out_channels=(32, 96), time_embedding_type="learned", num_train_timesteps=1000,
         norm_num_groups=16, whole=True)


def keras():
    import torch.nn.functional as F

    class Weights:
        def __call__(self, name, *shape):
            return torch.from_numpy(weight(name, shape))

    w = Weights()
    swish = lambda v: v * torch.sigmoid(v)
    conv = lambda name, v, out: F.conv2d(v, w(name + ".weight", out, v.shape[1], 3, 3), padding=1)
    dense = lambda name, v, out: v @ w(name + ".weight", out, v.shape[1]).T

    def norm(name, v):
        # Channels c and c + 32 are in one group.
        n, c, h, wide = v.shape
        g = v.reshape(n, c // 32, 32, h, wide)
        mean = g.mean(dim=(1, 3, 4), keepdim=True)
        var = ((g - mean) ** 2).mean(dim=(1, 3, 4), keepdim=True)
        g = ((g - mean) / torch.sqrt(var + 1e-6)).reshape(v.shape)
        return g * w(name + ".weight", c)[:, None, None] + w(name + ".bias", c)[:, None, None]

    def skip(name, v, out):
        return v if v.shape[1] == out else F.conv2d(v, w(name + ".skip.weight", out, v.shape[1], 1, 1))

    def additive_block(name, v, out, t):
        kept = skip(name, v, out)
        v = v + dense(name + ".time", t, v.shape[1])[:, :, None, None]
        v = swish(conv(name + ".conv1", v, out))
        v = swish(conv(name + ".conv2", v, out))
        return norm(name + ".norm1", v + kept)

    def concatenated_block(name, v, out, t):
        kept = skip(name, v, out)
        v = conv(name + ".conv1", swish(norm(name + ".norm1", v)), out)
        v = v + dense(name + ".time", t, out)[:, :, None, None]
        return conv(name + ".conv2", swish(norm(name + ".norm2", v)), out) + kept

    def additive(v, times, e, channels, blocks, least):
        t = w("embed.weight", 1000, e)[times.long()]
        v = conv("conv_in", v, e)
        inputs, skipped, number = [v], 0, 0
        for ch in channels:
            for _ in range(blocks):
                v = additive_block(f"down.{number}", v, ch * e, t)
                number += 1
                inputs.append(v)
            if min(v.shape[2:]) > least:
                v = F.avg_pool2d(v, 2)
                inputs.append(v)
            else:
                skipped += 1
        v = additive_block("middle", v, channels[-1] * e, t)
        inputs.pop()
        number = 0
        for i in range(len(channels)):
            if i >= skipped:
                v = F.interpolate(v, scale_factor=2) + inputs.pop()
            for _ in range(blocks):
                other = inputs.pop()
                v = additive_block(f"up.{number}", v, other.shape[1], t) + other
                number += 1
        return conv("conv_out", norm("norm_out", v), 3)

    def concatenated(v, times, e, channels, blocks):
        i = torch.arange(e // 2, dtype=torch.float64)
        angles = times.double()[:, None] * torch.pow(torch.tensor(10000.0, dtype=torch.float64), -2 * i / e)
        t = torch.stack([angles.sin(), angles.cos()], dim=-1).reshape(len(times), e).float()
        t = swish(dense("embed.0", t, 4 * e))
        t = swish(dense("embed.1", t, 4 * e))
        v = conv("conv_in", v, e)
        inputs, number = [v], 0
        for i, ch in enumerate(channels):
            for _ in range(blocks):
                v = concatenated_block(f"down.{number}", v, ch * e, t)
                number += 1
                inputs.append(v)
            if i != len(channels) - 1:
                v = F.avg_pool2d(v, 2)
                inputs.append(v)
        v = concatenated_block("middle", v, channels[-1] * e, t)
        number = 0
        for i, ch in enumerate(channels[::-1]):
            for _ in range(blocks + 1):
                v = torch.cat([v, inputs.pop()], dim=1)
                v = concatenated_block(f"up.{number}", v, ch * e, t)
                number += 1
            if i != len(channels) - 1:
                v = F.interpolate(v, scale_factor=2)
        return conv("conv_out", swish(norm("norm_out", v)), 3)

    def save(name, network, *config):
        model = lambda v, t: network(v, t, *config)
        out = model(image("x", 2, 3, 16, 16), torch.tensor([3.0, 701.0]))
        v = image("noise", 2, 3, 16, 16)
        bars = np.cumprod(1 - np.linspace(1e-4, 0.02, 1000))
        for t in range(900, -1, -100):  # ten deterministic steps of DDIM
            a, before = bars[t], bars[t - 100] if t > 0 else 1.0
            e = model(v, torch.full((2,), float(t))) / 4
            start = (v - (1 - a) ** 0.5 * e) / a**0.5
            v = before**0.5 * start + (1 - before) ** 0.5 * e
        write(os.path.join(sys.argv[1], name + ".safetensors"), {"out": out, "loop": v})

    save("keras_additive", additive, 32, [1, 2], 2, 4)
    save("keras_additive_skipping", additive, 32, [1, 2, 2], 1, 8)
    save("keras_additive_wide", additive, 64, [1, 1], 1, 4)
    save("keras_concatenated", concatenated, 32, [1, 2], 1)
    save("keras_concatenated_deep", concatenated, 32, [1, 1, 2], 2)
    save("keras_concatenated_wide", concatenated, 64, [1, 1], 1)


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[3] if len(sys.argv) > 3 else ".")
    {"openai": openai, "improved": improved, "ddim": ddim, "diffusers": diffusers, "keras": keras}[sys.argv[2]]()
