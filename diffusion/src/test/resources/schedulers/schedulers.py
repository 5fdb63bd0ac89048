#!/usr/bin/env python3
"""Makes the reference files beside it: loops of diffusers' schedulers as cases.txt lists them, with a formula in the place of a network.

usage: schedulers.py [CASES.txt FOLDER]

PyTorch, numpy and diffusers must be installed. The sample begins as a pattern of its name (originals.py) times the
scheduler's initial deviation, the network says 0.7 x t/(t+1) + 0.1, and the noise of step i is the pattern "noise i".
A file holds, for each case of a class, the timesteps, the samples after all steps (after every other one where there
are more than 11) and the clean data predicted in the first and the last, where diffusers tells it. For these log, exp
and expm1 are rounded correctly, which no build of PyTorch or NumPy does: they are all that differs between builds.
Where this changes anything, "built" is the last sample as the installed build computes it.
chains.safetensors holds the cumulated products of the schedules, on chains whose length is no multiple of 16, and
bounds.safetensors quantiles of patterns, by which samples are clipped.
"""
import importlib, os, sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "ornstein", "diffusion", "pretrained"))
import numpy as np
import torch
from originals import image, write

SOURCES = {
    "DDPMScheduler": "ddpm", "DDIMScheduler": "ddim", "DDIMInverseScheduler": "ddim_inverse",
    "EulerDiscreteScheduler": "euler_discrete", "HeunDiscreteScheduler": "heun_discrete", "PNDMScheduler": "pndm",
    "DPMSolverMultistepScheduler": "dpmsolver_multistep", "UniPCMultistepScheduler": "unipc_multistep"}


def value(text):
    if "," in text:
        return [value(part) for part in text.split(",")]
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text


CHAINS = {
    "linear": "DDPMScheduler", "scaled_linear": "DDPMScheduler", "sigmoid": "DDPMScheduler",
    "squaredcos_cap_v2": "DDPMScheduler", "laplace": "DDPMScheduler", "exp": "HeunDiscreteScheduler"}
BUILT = {torch: (torch.log, torch.exp, torch.expm1), torch.Tensor: (torch.Tensor.log, torch.Tensor.exp), np: (np.log,)}


def rounded(function):
    def call(x):
        if isinstance(x, torch.Tensor) and x.dtype == torch.float32:
            return function(x.double()).float()
        if getattr(x, "dtype", None) == np.float32:
            return function(x.astype(np.float64)).astype(np.float32)
        return function(x)
    return call


def round_functions(correctly):
    for owner, functions in BUILT.items():
        for f in functions:
            setattr(owner, f.__name__, rounded(f) if correctly else f)


def numpy2(cls):
    """Before version 2 NumPy rounded a float64 number beside a float32 array to float32."""
    times = getattr(cls, "_sigma_to_t", None)
    if times and not hasattr(cls, "promotes"):
        cls.promotes = True
        cls._sigma_to_t = lambda self, sigma, logs: times(self, np.atleast_1d(np.asarray(sigma)), logs)[0]


def loop(cls, steps, options):
    source = importlib.import_module("diffusers.schedulers.scheduling_" + SOURCES[cls])
    numpy2(getattr(source, cls))
    options = dict(options)
    drawn = 0
    source.randn_tensor = lambda shape, **k: image(f"noise {drawn}", 2, 3, 4, 4)
    more = {"eta": options.pop("eta")} if "eta" in options else {}
    scheduler = getattr(source, cls)(**options)
    scheduler.set_timesteps(steps)
    x = image("x", 2, 3, 4, 4) * scheduler.init_noise_sigma
    learned = str(options.get("variance_type")).startswith("learned")
    whole = cls not in ("EulerDiscreteScheduler", "HeunDiscreteScheduler")
    samples, starts = [], []
    for drawn, t in enumerate(scheduler.timesteps):
        seen = scheduler.scale_model_input(x, t)
        said = seen * 0.7 * (float(t) / (float(t) + 1)) + 0.1
        if learned:
            said = torch.cat([said, (seen * 0.3).abs()], dim=1)
        out = scheduler.step(said, int(t) if whole else t, x, **more)
        x = out.prev_sample
        samples.append(x)
        start = out.get("pred_original_sample")
        if cls == "UniPCMultistepScheduler" and scheduler.predict_x0 or "++" in str(scheduler.config.get("algorithm_type")):
            start = scheduler.model_outputs[-1]
        starts.append(start)
    kept = samples[::2] if len(samples) > 11 else samples
    told = {"timesteps": scheduler.timesteps.float(), "samples": torch.stack(kept)}
    if starts[0] is not None:
        told["starts"] = torch.stack([starts[0], starts[-1]])
    return told


def main():
    cases = sys.argv[1] if len(sys.argv) > 1 else os.path.join(HERE, "cases.txt")
    folder = sys.argv[2] if len(sys.argv) > 2 else HERE
    files = {}
    for line in open(cases):
        if not line.startswith("#"):
            name, cls, steps, options = (part.strip() for part in line.rstrip("\n").split("|"))
            given = {k: value(v) for k, v in (part.split("=") for part in options.split())}
            round_functions(False)
            built = loop(cls, int(steps), given)
            round_functions(True)
            told = loop(cls, int(steps), given)
            if not torch.equal(built["samples"], told["samples"]):
                told["built"] = built["samples"][-1]
            finite = bool(torch.isfinite(told["samples"]).all())
            print(name, len(told["timesteps"]), float(told["samples"].abs().max()), "built" in told, "" if finite else "NOT FINITE")
            for kind, tensor in told.items():
                files.setdefault(cls, {})[name + "." + kind] = tensor
    for schedule, cls in CHAINS.items():
        source = importlib.import_module("diffusers.schedulers.scheduling_" + SOURCES[cls])
        scheduler = getattr(source, cls)(num_train_timesteps=333, beta_schedule=schedule, beta_start=0.0002, beta_end=0.03)
        files.setdefault("chains", {})[schedule] = scheduler.alphas_cumprod
    for ratio in (0.3, 0.9, 0.995):
        rows = [image(f"row {i}", 48).abs() for i in range(64)]
        files.setdefault("bounds", {})[str(ratio)] = torch.quantile(torch.stack(rows), ratio, dim=1)
    for cls, tensors in files.items():
        write(os.path.join(folder, cls + ".safetensors"), tensors)


if __name__ == "__main__":
    main()
