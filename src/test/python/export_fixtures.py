"""Exports the TorchScript archives that the tests read, and what PyTorch itself says of them.

Every model is a torchvision architecture with its own forward code, only narrower: the constructors
of convolutions, norms and linear layers divide their channels. Weights are random and seeded, norms
get lively statistics. Golden values come from the eager module, by a hook that makes the layer's
output a leaf: they owe nothing to the archives.

    python src/test/python/export_fixtures.py

needs torch 2.7.1 and torchvision 0.22.1. With --old it writes the archives of an older PyTorch
(1.13 has been used) instead, from nets defined here.
"""

import argparse
import collections
import contextlib
import json
import pathlib

import numpy as np
import torch
from torch import nn

OUT = pathlib.Path(__file__).parent.parent / "resources/io/camatlas/torchscript/models"
CLASSES = 10
INDEX = []


@contextlib.contextmanager
def narrow(divisor, least=4):
    """Divides channels inside the constructors of layers; groups follow."""

    def less(n):
        return n if n <= least or n == CLASSES else max(least, int(n) // divisor)

    originals = {}

    def patch(cls, make):
        originals[cls] = cls.__init__
        cls.__init__ = make(cls.__init__)

    def conv(init):
        def wrapped(self, i, o, *args, **kwargs):
            groups = kwargs.get("groups", 1)
            if groups > 1:
                ratio = i // groups
                i, o = less(i) if i != 3 else 3, less(o)
                kwargs["groups"] = i if ratio == 1 else max(1, i // max(1, less(ratio)))
                while i % kwargs["groups"] or o % kwargs["groups"]:
                    kwargs["groups"] -= 1
            else:
                i, o = (i if i == 3 else less(i)), less(o)
            init(self, i, o, *args, **kwargs)

        return wrapped

    patch(nn.Conv2d, conv)
    patch(nn.BatchNorm2d, lambda init: lambda self, n, *a, **k: init(self, less(n), *a, **k))
    patch(
        nn.Linear,
        lambda init: lambda self, i, o, *a, **k: init(
            self, less(i), o if o == CLASSES else less(o), *a, **k
        ),
    )
    patch(
        nn.LayerNorm,
        lambda init: lambda self, n, *a, **k: init(
            self, [less(x) for x in n] if isinstance(n, (tuple, list)) else less(n), *a, **k
        ),
    )
    try:
        yield
    finally:
        for cls, init in originals.items():
            cls.__init__ = init


def lively(model, seed=0):
    """Random norms and weights of a size that keeps signals alive through all layers."""
    torch.manual_seed(seed)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.weight.data.uniform_(0.8, 1.4)
            module.bias.data.uniform_(-0.2, 0.4)
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.5, 1.5)
        elif isinstance(module, (nn.Conv2d, nn.Linear)):
            fan_in = module.weight[0].numel()
            module.weight.data.normal_(0, (2.0 / fan_in) ** 0.5)
            if module.bias is not None:
                module.bias.data.uniform_(-0.1, 0.1)
    for name, parameter in model.named_parameters():
        if name.endswith("layer_scale"):
            parameter.data.uniform_(0.3, 0.9)
    return model.eval()


def scores_of(result):
    if isinstance(result, torch.Tensor):
        return result
    if isinstance(result, dict):
        return result["out"]
    return result[0]


def golden(model, images, targets, layer, method="forward"):
    """Activation and gradient of one call of a layer, by PyTorch's own autograd."""
    path, _, number = layer.partition("#")
    module = model.get_submodule(path)
    calls = 0

    def count(*_):
        nonlocal calls
        calls += 1

    handle = module.register_forward_hook(count)
    with torch.no_grad():
        getattr(model, method)(images)
    handle.remove()
    wanted = int(number) if number else calls
    kept = []
    seen = 0

    def tap(_module, _inputs, output):
        nonlocal seen
        seen += 1
        if seen == wanted:
            leaf = output.detach().clone().requires_grad_()
            kept.append(leaf)
            return leaf.clone()
        return output

    handle = module.register_forward_hook(tap)
    scores = scores_of(getattr(model, method)(images))
    handle.remove()
    total = scores[torch.arange(len(targets)), targets].sum()
    (gradient,) = torch.autograd.grad(total, kept[0], allow_unused=False)
    return kept[0].detach(), gradient, scores.detach()


def add(name, model, layers, shape=(3, 64, 64), method="forward", output=None, kinds="ts",
        errors=None, suffix=""):
    torch.manual_seed(len(INDEX) + 1)
    images = torch.randn(2, *shape)
    targets = torch.tensor([1, 4])
    arrays = {"input": images.numpy(), "targets": targets.numpy()}
    for layer in layers:
        activation, gradient, scores = golden(model, images, targets, layer, method)
        arrays["scores"] = scores.numpy()
        arrays["activation:" + layer] = activation.numpy()
        arrays["gradient:" + layer] = gradient.numpy()
        assert gradient.abs().max() > 0, (name, layer)
    if layers:
        np.savez_compressed(OUT / f"{name}{suffix}.npz", **arrays)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    archives = {}
    if "t" in kinds:
        archives["traced"] = torch.jit.trace(model, images, check_trace=False, strict=False)
    if "s" in kinds:
        archives["scripted"] = torch.jit.script(model)
    if "f" in kinds:
        archives["frozen"] = torch.jit.freeze(torch.jit.script(model))
    for kind, archive in archives.items():
        file = f"{name}-{kind}{suffix}.pt"
        torch.jit.save(archive, OUT / file)
        size = (OUT / file).stat().st_size
        assert size < 300_000, (file, size)
        INDEX.append({
            "archive": file,
            "golden": f"{name}{suffix}.npz",
            "method": method,
            "output": output,
            "input": list(shape),
            "layers": layers,
            "errors": (errors or {}) if isinstance(errors, dict) else {},
        })
        print(f"{file:45s} {size:7d} bytes")


def torchvision_models():
    from torchvision import models as tv

    from torchvision.models.convnext import CNBlockConfig, ConvNeXt
    from torchvision.models.densenet import DenseNet
    from torchvision.models.googlenet import Inception
    from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

    kwargs = {"num_classes": CLASSES}
    made = [
        (16, "resnet-basic", lambda: ResNet(BasicBlock, [1, 2, 1, 1], **kwargs),
         ["layer4", "layer4.0.conv2", "layer2.1.relu", "layer2.1.relu#1", "conv1",
          "layer3.0.downsample.0"]),
        (32, "resnet-bottleneck", lambda: ResNet(Bottleneck, [1, 1, 1, 2], **kwargs),
         ["layer4.1", "layer4.1.conv2", "layer1.0.relu#2", "maxpool"]),
        (64, "vgg11", lambda: tv.vgg11(**kwargs),
         ["features.18", "features.19", "features.3", "features"]),
        (64, "vgg11-bn", lambda: tv.vgg11_bn(**kwargs),
         ["features.25", "features.26", "features.0"]),
        (16, "squeezenet", lambda: tv.squeezenet1_1(**kwargs),
         ["features.12", "features.12.expand3x3_activation", "features.6.squeeze"]),
        (32, "alexnet", lambda: tv.alexnet(**kwargs), ["features.10", "features.3"]),
    ]
    for divisor, name, make, layers in made:
        with narrow(divisor):
            model = make()
        add(name, lively(model), layers)
    add("densenet", lively(DenseNet(growth_rate=4, block_config=(2, 2, 2), num_init_features=8,
                                    bn_size=2, **kwargs)),
        ["features.norm5", "features.denseblock3.denselayer2.conv2", "features.transition1.pool"])
    add("regnet", lively(tv.RegNet(tv.regnet.BlockParams.from_init_params(
        depth=4, w_0=8, w_a=8.0, w_m=2.0, group_width=4), stem_width=8, **kwargs)),
        ["trunk_output", "trunk_output.block1.block1-0.f.b.0", "stem.0"])
    add("shufflenet", lively(tv.ShuffleNetV2([1, 2, 1], [8, 16, 32, 64, 96], **kwargs)),
        ["conv5.2", "stage3.1.branch2.3", "stage2.0.branch1"])
    settings = [[1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 2, 2]]
    with narrow(8):
        model = tv.MobileNetV2(inverted_residual_setting=settings, **kwargs)
    add("mobilenet-v2", lively(model), ["features.5", "features.2.conv.1.0", "features.0.2"])
    row = tv.mobilenetv3.InvertedResidualConfig
    model = tv.MobileNetV3([row(8, 3, 8, 8, True, "RE", 2, 1, 1), row(8, 3, 24, 12, False, "RE", 2, 1, 1),
                            row(12, 5, 48, 16, True, "HS", 2, 1, 1)], 32, **kwargs)
    add("mobilenet-v3", lively(model),
        ["features.4", "features.3.block.2.activation", "features.1.block.1.fc1"])
    with narrow(16, least=8):
        stages = [tv.efficientnet.MBConvConfig(1, 3, 1, 32, 32, 1, 1, 1),
                  tv.efficientnet.MBConvConfig(6, 3, 2, 32, 64, 2, 1, 1),
                  tv.efficientnet.MBConvConfig(6, 5, 2, 64, 96, 1, 1, 1)]
        model = tv.EfficientNet(stages, 0.0, **kwargs)
    add("efficientnet", lively(model),
        ["features.4", "features.2.1.block.1.0", "features.2.0.block.2.fc2"])
    for aux in (False, True):
        with narrow(8, least=1):
            model = tv.GoogLeNet(init_weights=False, aux_logits=aux, **kwargs)
        # Three of the nine blocks stay; the others alike would only make the archive large.
        model.inception4b = model.inception4c = model.inception5a = nn.Identity()
        model.inception4a, model.inception4d = nn.Conv2d(60, 64, 1), nn.Conv2d(64, 66, 1)
        model.inception4e = nn.Conv2d(66, 40, 1)
        model.inception5b = Inception(40, 12, 8, 12, 4, 6, 6)
        model.fc = nn.Linear(36, CLASSES)
        model.inception3a.branch2[1] = nn.Identity()
        model.inception3a.branch2[0].conv = nn.Conv2d(24, 16, 1, bias=False)
        model.inception3a.branch2[0].bn = nn.BatchNorm2d(16, eps=0.001)
        if aux:
            model.aux1 = model.aux2 = nn.Sequential(nn.Conv2d(66, 4, 3))
            add("googlenet-aux", lively(model), ["inception5b.branch1.bn"], kinds="s",
                errors={"aux1.0": "never called"})
        else:
            add("googlenet", lively(model),
                ["inception5b", "inception3b.branch2.1.conv", "inception3a.branch4.0"])
    blocks = [CNBlockConfig(8, 16, 1), CNBlockConfig(16, 24, 1), CNBlockConfig(24, None, 1)]
    add("convnext", lively(ConvNeXt(blocks, **kwargs)),
        ["features.5", "features.5.0.block.0", "features.1"])


class Block(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        return self.relu(self.conv(x))


class Head(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.hidden = nn.Linear(channels, 12)
        self.act = nn.Tanh()
        self.out = nn.Linear(12, CLASSES)

    def forward(self, x):
        return self.out(self.act(self.hidden(x.mean([2, 3]))))


class ReusedRelu(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(3, 6, 3, stride=2)
        self.b = nn.Conv2d(6, 6, 3, padding=1)
        self.c = nn.Conv2d(6, 6, 3, padding=1)
        self.relu = nn.ReLU(inplace=True)
        self.head = Head(6)

    def forward(self, x):
        x = self.relu(self.a(x))
        x = self.relu(self.b(x))
        return self.head(self.relu(self.c(x)))


class SharedBranch(nn.Module):
    """One module sees two inputs; its sibling has a second name."""

    def __init__(self):
        super().__init__()
        self.branch = nn.Sequential(Block(3, 4), nn.MaxPool2d(2))
        self.mix = nn.Conv2d(4, 5, 3)
        self.alias = self.mix
        self.head = Head(5)

    def forward(self, x):
        return self.head(self.mix(self.branch(x)) + self.alias(self.branch(x.flip(3))))


class Lists(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([Block(3, 4), Block(4, 4), Block(4, 4)])
        self.ways = nn.ModuleDict({"conv-1": nn.Conv2d(4, 4, 3), "getattr": nn.Conv2d(4, 4, 1)})
        self.nested = nn.Sequential(nn.Sequential(nn.Sequential(Block(4, 4)), nn.ReLU()), Block(4, 4))
        self.head = Head(4)

    def forward(self, x):
        for block in self.blocks:
            x = block(x)
        for way in self.ways.values():
            x = way(x)
        return self.head(self.nested(x))


class TwoDepths(nn.Module):
    """The same class, with the same type, at two depths."""

    def __init__(self):
        super().__init__()
        self.outer = Block(3, 3)
        self.inside = nn.Sequential(Block(3, 3), nn.Sequential(Block(3, 3), Block(3, 3)))
        self.unused = nn.Conv2d(3, 3, 1)
        self.head = Head(3)

    def forward(self, x):
        return self.head(self.inside(self.outer(x)))


class Wrapped(nn.Module):
    def __init__(self):
        super().__init__()
        self.block = Block(3, 5)
        self.head = Head(5)

    def scores(self, x):
        return self.head(self.block(x))


class ReturnsTuple(Wrapped):
    def forward(self, x):
        s = self.scores(x)
        return s, s * 2


class ReturnsList(Wrapped):
    def forward(self, x):
        s = self.scores(x)
        return [s, s * 2]


class ReturnsDict(Wrapped):
    def forward(self, x):
        s = self.scores(x)
        return {"aux": s * 3, "out": s}


Pair = collections.namedtuple("Pair", ["logits", "extra"])


class ReturnsNamed(Wrapped):
    def forward(self, x):
        s = self.scores(x)
        return Pair(s, s * 2)


class Tokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(3, 6, 8, stride=8)
        self.norm = nn.LayerNorm(6)
        self.mixer = nn.Linear(6, 6)
        self.out = nn.Linear(6, CLASSES)

    def forward(self, x):
        tokens = self.norm(self.patch(x).flatten(2).transpose(1, 2))
        return self.out(torch.tanh(self.mixer(tokens)).mean(1))


class Split(nn.Module):
    def forward(self, x):
        return x[:, :3], x[:, 3:]


class TupleLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 6, 3)
        self.split = Split()
        self.head = Head(3)

    def forward(self, x):
        a, b = self.split(self.conv(x))
        return self.head(torch.tanh(a) * b)


class Trunk(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([Block(3, 4), Block(4, 4)])

    @torch.jit.export
    def features(self, x):
        for block in self.blocks:
            if self.training:
                x = x * 1.5
            x = self.helper(block(x))
        return x

    def helper(self, x):
        return x + 0.25

    def forward(self, x):
        return self.features(x)


class OtherMethods(nn.Module):
    """Called by a method that is not forward, which calls one of its child's."""

    def __init__(self):
        super().__init__()
        self.body = Trunk()
        self.head = Head(4)

    @torch.jit.export
    def classify(self, x):
        return self.head(self.body.features(x))

    def forward(self, x):
        return x


def special_cases():
    add("reused-relu", lively(ReusedRelu()), ["relu", "relu#1", "relu#2", "b"], (3, 24, 24))
    add("shared-branch", lively(SharedBranch()), ["branch", "branch#1", "branch.0.relu"], (3, 20, 20))
    add("lists", lively(Lists()),
        ["blocks.1", "ways.conv-1", "ways.getattr", "nested.0.0.0.conv", "nested.1"], (3, 16, 16))
    add("two-depths", lively(TwoDepths()), ["outer", "inside.0.conv", "inside.1.0", "inside.1.1.relu"],
        (3, 16, 16), errors={"unused": "never called"})
    for name, model in [("tuple", ReturnsTuple()), ("list", ReturnsList()), ("dict", ReturnsDict()),
                        ("named-tuple", ReturnsNamed())]:
        add("returns-" + name, lively(model), ["block.conv"], (3, 12, 12),
            output="out" if name == "dict" else None)
    add("tokens", lively(Tokens()), ["patch"], (3, 32, 32), errors={"mixer": "need [N,C,h,w]"})
    add("tuple-layer", lively(TupleLayer()), ["conv"], (3, 12, 12),
        errors={"split": "not a tensor"})
    add("other-methods", lively(OtherMethods()), ["body.blocks.0", "body.blocks.1.conv"], (3, 12, 12),
        method="classify", kinds="s")
    add("wrapped", lively(ReturnsTuple()), [], (3, 12, 12), kinds="f",
        errors={"block": "inlined"})


class OldResNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 6, 3, stride=2), nn.BatchNorm2d(6), nn.ReLU(inplace=True))
        self.conv1 = nn.Conv2d(6, 6, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(6)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(6, 6, 3, padding=1)
        self.fc = nn.Linear(6, CLASSES)

    def forward(self, x):
        x = self.stem(x)
        y = self.conv2(self.relu(self.bn1(self.conv1(x))))
        y += x
        return self.fc(torch.flatten(self.relu(y).mean([2, 3]), 1))


class OldVgg(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 3), nn.ReLU(True), nn.MaxPool2d(2), nn.Conv2d(6, 8, 3), nn.ReLU(True))
        self.avgpool = nn.AdaptiveAvgPool2d((2, 2))
        self.classifier = nn.Sequential(nn.Linear(32, 16), nn.ReLU(True), nn.Dropout(), nn.Linear(16, CLASSES))

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


def old_models():
    version = "-torch" + ".".join(torch.__version__.split(".")[:2])
    add("old-resnet", lively(OldResNet()), ["conv2", "relu", "relu#1", "stem.1"], (3, 20, 20), suffix=version)
    add("old-vgg", lively(OldVgg()), ["features.3", "features.4"], (3, 20, 20), suffix=version)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--old", action="store_true", help="write only the old PyTorch's archives")
    arguments = parser.parse_args()
    OUT.mkdir(parents=True, exist_ok=True)
    index = OUT / ("index-old.json" if arguments.old else "index.json")
    if arguments.old:
        old_models()
    else:
        torchvision_models()
        special_cases()
    index.write_text(json.dumps(INDEX, indent=1) + "\n")


if __name__ == "__main__":
    main()
