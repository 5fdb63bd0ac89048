#!/usr/bin/env python3
"""Makes lengths.safetensors beside it: loops of 1 to 50 steps of diffusers' schedulers, as lengths.txt lists them.

usage: lengths.py SOURCE

SOURCE is the folder that holds the package diffusers. Only PyTorch and numpy must be installed: the schedulers are
imported without the rest of the package. The sample begins as the pattern "x" (originals.py) times the scheduler's
initial deviation; the network says x t/(t+1) if it is timed and 0.625 x if it is plain, and with a learned variance
|0.3 x| beside it; the noise of step i is the pattern "noise i". For each case there are the timesteps and the last
ten samples. log, exp and expm1 are rounded correctly, as in the class comment of SchedulerLoopsTest. Runs begin with
set_begin_index(0): without it diffusers looks the first step up by its timestep and fails where that occurs twice.
"""
import functools, importlib, inspect, os, sys, types
from unittest.mock import MagicMock

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "pretrained"))
import numpy as np
import torch
from originals import image, write

KEPT = 10
MODULES = {
    "DDPMScheduler": "ddpm", "DDIMScheduler": "ddim", "DDIMInverseScheduler": "ddim_inverse",
    "EulerDiscreteScheduler": "euler_discrete", "HeunDiscreteScheduler": "heun_discrete", "PNDMScheduler": "pndm",
    "DPMSolverMultistepScheduler": "dpmsolver_multistep", "UniPCMultistepScheduler": "unipc_multistep"}


class Configured:
    def register_to_config(self, **values):
        vars(self.config).update(values)


class Config(types.SimpleNamespace):
    def get(self, name, missing=None):
        return getattr(self, name, missing)


def remember(init):
    @functools.wraps(init)
    def wrapped(self, *args, **options):
        bound = inspect.signature(init).bind(self, *args, **options)
        bound.apply_defaults()
        self.config = Config(**{name: value for name, value in bound.arguments.items() if name != "self"})
        init(self, *args, **options)
    return wrapped


def stand_ins(source):
    """Empty packages around the schedulers' files, and what these ask of the rest of diffusers."""
    for name in ("diffusers", "diffusers.schedulers"):
        package = types.ModuleType(name)
        package.__path__ = [os.path.join(source, *name.split("."))]
        sys.modules[name] = package
    utils = MagicMock(BaseOutput=object, PushToHubMixin=object, is_scipy_available=lambda: False)
    settings = MagicMock(ConfigMixin=Configured, register_to_config=remember)
    for name, module in {"utils": utils, "utils.torch_utils": MagicMock(), "configuration_utils": settings}.items():
        sys.modules["diffusers." + name] = module
    sys.modules["huggingface_hub"] = sys.modules["huggingface_hub.utils"] = MagicMock()


def rounded(function):
    def call(x):
        if isinstance(x, torch.Tensor) and x.dtype == torch.float32:
            return function(x.double()).float()
        if getattr(x, "dtype", None) == np.float32:
            return function(x.astype(np.float64)).astype(np.float32)
        return function(x)
    return call


def round_correctly():
    for owner, names in {torch: ("log", "exp", "expm1"), torch.Tensor: ("log", "exp"), np: ("log",)}.items():
        for name in names:
            setattr(owner, name, rounded(getattr(owner, name)))


def promote(cls):
    """Before version 2 NumPy rounded a float64 number beside a float32 array to float32."""
    times = getattr(cls, "_sigma_to_t", None)
    if times:
        cls._sigma_to_t = lambda self, sigma, logs: times(self, np.atleast_1d(np.asarray(sigma)), logs)[0]


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


def loop(module, cls, steps, timed, options):
    drawn = 0
    module.randn_tensor = lambda shape, **k: image(f"noise {drawn}", 2, 3, 4, 4)
    more = {"eta": options.pop("eta")} if "eta" in options else {}
    scheduler = cls(**options)
    scheduler.set_timesteps(steps)
    if hasattr(scheduler, "set_begin_index"):
        scheduler.set_begin_index(0)
    x = image("x", 2, 3, 4, 4) * scheduler.init_noise_sigma
    learned = str(options.get("variance_type")).startswith("learned")
    samples = []
    for drawn, t in enumerate(scheduler.timesteps):
        seen = scheduler.scale_model_input(x, t)
        said = seen * (float(t) / (float(t) + 1) if timed else 0.625)
        if learned:
            said = torch.cat([said, (seen * 0.3).abs()], dim=1)
        x = scheduler.step(said, t if t.is_floating_point() else int(t), x, return_dict=False, **more)[0]
        samples.append(x)
    return scheduler.timesteps.float(), torch.stack(samples[-KEPT:])


def main():
    stand_ins(sys.argv[1])
    modules = {cls: importlib.import_module("diffusers.schedulers.scheduling_" + m) for cls, m in MODULES.items()}
    round_correctly()
    for cls, module in modules.items():
        promote(getattr(module, cls))
    tensors = {}
    for line in open(os.path.join(HERE, "lengths.txt")):
        if not line.startswith("#"):
            name, cls, steps, network, options = (part.strip() for part in line.rstrip("\n").split("|"))
            given = {k: value(v) for k, v in (part.split("=") for part in options.split())}
            times, samples = loop(modules[cls], getattr(modules[cls], cls), int(steps), network == "timed", given)
            print(name, len(times), float(samples.abs().max()), "" if torch.isfinite(samples).all() else "NOT FINITE")
            tensors[name + ".timesteps"], tensors[name + ".samples"] = times, samples
    write(os.path.join(HERE, "lengths.safetensors"), tensors)


if __name__ == "__main__":
    main()
