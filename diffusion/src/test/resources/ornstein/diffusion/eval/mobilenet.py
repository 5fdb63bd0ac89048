"""Writes small networks beside this file, images, and what PyTorch makes of them: mobilenet_v2.safetensors, a
MobileNetV2 (Sandler et al. 2018) under torchvision's names, and mobilenet_v1, a MobileNet (Howard et al. 2017) as
TensorFlow.js stores a layers model. Needs PyTorch 1.13 and NumPy."""

import json
import pathlib
import struct

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

MEAN, STD, SIDE = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225], 16


def conv_bn(inputs, outputs, kernel, stride, groups=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU6(),
    )


class InvertedResidual(nn.Module):
    def __init__(self, inputs, outputs, stride, expansion):
        super().__init__()
        hidden = inputs * expansion
        layers = [conv_bn(inputs, hidden, 1, 1)] if expansion != 1 else []
        layers += [conv_bn(hidden, hidden, 3, stride, hidden)]
        layers += [nn.Conv2d(hidden, outputs, 1, bias=False), nn.BatchNorm2d(outputs)]
        self.conv = nn.Sequential(*layers)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, x):
        return x + self.conv(x) if self.residual else self.conv(x)


class MobileNetV2(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            conv_bn(3, 8, 3, 2),
            InvertedResidual(8, 6, 1, 1),
            InvertedResidual(6, 10, 2, 6),
            InvertedResidual(10, 10, 1, 6),
            InvertedResidual(10, 12, 1, 3),
            conv_bn(12, 20, 1, 1),
        )
        self.classifier = nn.Sequential(nn.Dropout(0.2), nn.Linear(20, 5))

    def forward(self, x):
        features = self.features(x).mean([2, 3])
        return features, F.softmax(self.classifier(features), 1)


class SameConv(nn.Conv2d):
    """TensorFlow's padding: the odd pixel behind."""

    def forward(self, x):
        def around(side):
            k, s = self.kernel_size[0], self.stride[0]
            return max(0, (-(-side // s) - 1) * s + k - side)

        h, w = around(x.shape[2]), around(x.shape[3])
        return super().forward(F.pad(x, (w // 2, w - w // 2, h // 2, h - h // 2)))


class MobileNetV1(nn.Module):
    def __init__(self):
        super().__init__()
        self.names, modules, channels = ["conv1"], [], 3

        def add(outputs, kernel, stride, groups):
            modules.append(
                nn.Sequential(
                    SameConv(channels, outputs, kernel, stride, groups=groups, bias=False),
                    nn.BatchNorm2d(outputs, eps=1e-3),
                    nn.ReLU6(),
                )
            )

        add(8, 3, 2, 1)
        channels = 8
        for k, (outputs, stride) in enumerate([(12, 1), (16, 2), (16, 2)], 1):
            self.names += [f"conv_dw_{k}", f"conv_pw_{k}"]
            add(channels, 3, stride, channels)
            add(outputs, 1, 1, 1)
            channels = outputs
        self.features = nn.Sequential(*modules)
        self.preds = nn.Linear(channels, 4)

    def forward(self, x):
        features = self.features(x).mean([2, 3])
        return features, F.softmax(self.preds(features), 1)


def save_layers(folder, model, side):
    layers = [{"class_name": "InputLayer", "config": {"name": "input_1", "batch_input_shape": [None, side, side, 3]}}]
    weights = []
    for name, (conv, norm, _) in zip(model.names, model.features):
        depthwise = "_dw_" in name
        layers.append(
            {
                "class_name": "DepthwiseConv2D" if depthwise else "Conv2D",
                "config": {"name": name, "strides": list(conv.stride), "padding": "same"},
            }
        )
        layers.append({"class_name": "BatchNormalization", "config": {"name": name + "_bn", "epsilon": norm.eps}})
        layers.append({"class_name": "Activation", "config": {"name": name + "_relu", "activation": "relu6"}})
        kernel = conv.weight.permute(2, 3, 0, 1) if depthwise else conv.weight.permute(2, 3, 1, 0)
        weights.append((name + ("/depthwise_kernel" if depthwise else "/kernel"), kernel))
        weights += [(name + "_bn/gamma", norm.weight), (name + "_bn/beta", norm.bias)]
        weights += [(name + "_bn/moving_mean", norm.running_mean), (name + "_bn/moving_variance", norm.running_var)]
    layers.append({"class_name": "Conv2D", "config": {"name": "conv_preds", "strides": [1, 1]}})
    weights.append(("conv_preds/kernel", model.preds.weight.t()[None, None]))
    weights.append(("conv_preds/bias", model.preds.bias))
    arrays = [(name, np.ascontiguousarray(w.detach().numpy())) for name, w in weights]
    data = b"".join(a.tobytes() for _, a in arrays)
    folder.mkdir(exist_ok=True)
    middle = len(data) // 2 // 4 * 4 + 2  # a value lies across the shards
    (folder / "group1-shard1of2.bin").write_bytes(data[:middle])
    (folder / "group1-shard2of2.bin").write_bytes(data[middle:])
    manifest = {
        "paths": ["group1-shard1of2.bin", "group1-shard2of2.bin"],
        "weights": [{"name": name, "shape": list(a.shape), "dtype": "float32"} for name, a in arrays],
    }
    topology = {"keras_version": "2.1.4", "model_config": {"class_name": "Model", "config": {"layers": layers}}}
    (folder / "model.json").write_text(json.dumps({"modelTopology": topology, "weightsManifest": [manifest]}) + "\n")


def colours(images, side):
    x = torch.tensor(images).permute(0, 3, 1, 2).float() / 255
    x = F.interpolate(x, size=(side, side), mode="bilinear", align_corners=False)
    return x.expand(-1, 3, -1, -1)


def resized(images):
    x = colours(images, SIDE)
    return (x - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(STD).view(3, 1, 1)


def save(path, metadata, arrays):
    names = {"float32": "F32", "uint8": "U8", "int64": "I64"}
    header, data = {"__metadata__": metadata}, b""
    for name, a in sorted(arrays.items(), key=lambda item: -item[1].itemsize):
        a = np.ascontiguousarray(a)
        header[name] = {
            "dtype": names[str(a.dtype)],
            "shape": list(a.shape),
            "data_offsets": [len(data), len(data) + a.nbytes],
        }
        data += a.tobytes()
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def randomised(model):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data.uniform_(0.5, 1.5)
            module.bias.data.normal_(0.2, 0.3)
            module.running_mean.normal_(0, 0.2)
            module.running_var.uniform_(0.2, 1.5)
        elif isinstance(module, (nn.Conv2d, nn.Linear)):  # large enough that images differ in their features
            nn.init.normal_(module.weight, 0, (2 / module.weight[0].numel()) ** 0.5)
    return model.eval()


def main():
    torch.manual_seed(1)
    model = randomised(MobileNetV2())
    random = np.random.RandomState(2)
    colour = random.randint(0, 256, (3, 24, 13, 3), dtype=np.uint8)
    grey = random.randint(0, 256, (2, 9, 11, 1), dtype=np.uint8)
    arrays = {name: value.numpy() for name, value in model.state_dict().items()}
    here = pathlib.Path(__file__).parent
    save(
        here / "mobilenet_v2.safetensors",
        {"mobilenet.strides": "2,1,2,1,1,1", "mobilenet.size": str(SIDE)},
        arrays,
    )
    old, side = randomised(MobileNetV1()), 18  # halved: 9, then an odd side
    save_layers(here / "mobilenet_v1", old, side)
    expected = {"colour": colour, "grey": grey}
    with torch.no_grad():
        for name, images in (("colour", colour), ("grey", grey)):
            features, probabilities = model(resized(images))
            expected[name + "_features"] = features.numpy()
            expected[name + "_probabilities"] = probabilities.numpy()
            features, probabilities = old(colours(images, side) * 2 - 1)
            expected[name + "_v1_features"] = features.numpy()
            expected[name + "_v1_probabilities"] = probabilities.numpy()
    save(here / "mobilenet_expected.safetensors", {"made_by": "mobilenet.py"}, expected)


if __name__ == "__main__":
    main()
