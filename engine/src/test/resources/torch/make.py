"""Writes the checkpoints of TorchFileTest beside itself, with PyTorch 1.13 and NumPy 1.24.

The legacy format names storages by their addresses, so its files differ from run to run in these.
"""

import os
import zipfile
from collections import OrderedDict

import numpy as np
import torch
from torch import nn

os.chdir(os.path.dirname(os.path.abspath(__file__)))


def model():
    """0.weight, 0.bias, 1.*: values of tensor k are 100 k + 0, 1, 2, ..."""
    net = nn.Sequential(nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3))
    with torch.no_grad():
        for k, tensor in enumerate(net.state_dict().values()):
            tensor.copy_(100 * k + torch.arange(tensor.numel()).reshape(tensor.shape))
    return net


net = model()
torch.save(net.state_dict(), "state_dict.pt")
torch.save(net.state_dict(), "state_dict_legacy.pt", _use_new_zipfile_serialization=False)
torch.save(net.state_dict(), "state_dict_protocol4.pt", pickle_protocol=4)
torch.save(net.state_dict(), "state_dict_legacy5.pt", pickle_protocol=5,
           _use_new_zipfile_serialization=False)

adam = torch.optim.Adam(net.parameters(), lr=2e-4)
net(torch.ones(1, 2, 4, 4)).sum().backward()
adam.step()
net = model()
checkpoint = [net.state_dict(), adam.state_dict(), 7, 12345, net.state_dict()]
torch.save(checkpoint, "checkpoint.pt")
torch.save(checkpoint, "checkpoint_legacy.pt", _use_new_zipfile_serialization=False)

values = [-2.0, -0.5, 0.0, 1.0, 3.0]
tensors = {
    str(dtype).split(".")[1]: torch.tensor(values).to(dtype)
    for dtype in [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64,
                  torch.int32, torch.int16, torch.int8, torch.uint8, torch.bool]}
tensors["int64"][0] = -(1 << 62)
tensors["uint8"][0] = 255
torch.save(tensors, "dtypes.pt")
torch.save(tensors, "dtypes_legacy.pt", _use_new_zipfile_serialization=False)

base = torch.arange(24.0)
views = {
    "base": base,
    "transposed": base.reshape(4, 6).t(),
    "column": base.reshape(2, 3, 4)[:, 1:, 2],
    "tail": base[20:],
    "expanded": base[3:4].expand(2, 5),
    "permuted": base.reshape(2, 3, 4).permute(2, 0, 1),
    "scalar": torch.tensor(3.25),
    "empty": torch.zeros(0, 5),
    "parameter": nn.Parameter(base[:3].clone()),
    "storage": base[5:7].clone().storage(),
}
torch.save(views, "views.pt")
torch.save(views, "views_legacy.pt", _use_new_zipfile_serialization=False)

shared = [1, "two"]
plain = OrderedDict([
    ("none", None), ("true", True), ("false", False), ("int", -7), ("large", 1 << 100),
    ("float", 0.1), ("text", "größe 🎲 \ufffd"), ("long", "x" * 300), ("bytes", b"\x00\xff"),
    ("nothing", b""), ("tuple", (1, (2.5, ()))), ("set", {3}), ("frozen", frozenset(["a"])),
    ("size", torch.Size([2, 3])), ("dtype", torch.bfloat16), ("cpu", torch.device("cpu")),
    ("cuda", torch.device("cuda:1")), ("f8", np.float64(1.5)), ("f4", np.float32(-0.25)),
    ("f2", np.float16(2)), ("i8", np.int64(-3)), ("u1", np.uint8(200)), ("b1", np.bool_(True)),
    ("u8", np.uint64(2 ** 64 - 1)), ("npdtype", np.dtype("float32")), ("shared", [shared, shared]),
    (5, "five"), (True, "one"), (None, "no"), ((1, "a"), "pair"), (2.5, "real")])
for protocol in range(6):
    # Protocols 0 and 1 write the same opcodes as Python 2 did.
    torch.save(plain, f"plain{protocol}.pt", pickle_protocol=protocol)


class Evil:
    def __reduce__(self):
        return os.system, ("echo run",)


torch.save({"weight": torch.ones(1), "evil": Evil()}, "evil.pt")
torch.save(Evil(), "evil_legacy.pt", _use_new_zipfile_serialization=False)
torch.save(Evil(), "evil4.pt", pickle_protocol=4)
torch.save(nn.Linear(1, 1), "module.pt")
torch.jit.script(nn.Linear(1, 1)).save("script.pt")


def rewritten(name, source, method, extra=()):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(name, "w", method) as new:
        for entry in old.namelist():
            content = old.read(entry)
            if extra and "/data/" in entry:
                content = np.frombuffer(content, "<f4").astype(">f4").tobytes()
            new.writestr(zipfile.ZipInfo(entry), content, method)
        for entry, content in extra:
            new.writestr(zipfile.ZipInfo(entry), content, method)


rewritten("deflated.pt", "checkpoint.pt", zipfile.ZIP_DEFLATED)
rewritten("bigendian.pt", "views.pt", zipfile.ZIP_STORED, [("views/byteorder", "big")])
