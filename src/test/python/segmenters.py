"""Writes small networks that score every pixel, and what PyTorch's autograd says about them.

    python segmenters.py
"""

import json
import math
import pathlib

import torch
from torch import nn
from torch.nn import functional

from tiny_networks import enliven
from transformers import Block

OUT = pathlib.Path(__file__).resolve().parents[1] / "resources/io/camatlas/model/segmentation"
CLASSES = 5
HEIGHT, WIDTH = 32, 48


def stage(before, after, stride=1):
    return nn.Sequential(nn.Conv2d(before, after, 3, stride, 1), nn.BatchNorm2d(after), nn.ReLU())


class UNet(nn.Module):
    """Scores as large as the image, through a bottleneck and past it."""

    def __init__(self, classes=CLASSES):
        super().__init__()
        self.down = stage(3, 6, 2)
        self.deep = stage(6, 12, 2)
        self.bottom = stage(12, 16)
        self.up = nn.ConvTranspose2d(16, 6, 2, 2)
        self.last = stage(12, 8)
        self.head = nn.Conv2d(8, classes, 1)

    def forward(self, x):
        first = self.down(x)
        y = self.up(self.bottom(self.deep(first)))
        y = self.head(self.last(torch.cat([first, y], 1)))
        return functional.interpolate(y, scale_factor=2.0, mode="bilinear", align_corners=False)


class Single(nn.Module):
    """Says of every pixel how likely it is to be of the one class, or the logarithm of that."""

    def __init__(self, ending):
        super().__init__()
        self.unet = UNet(1)
        self.head = self.unet.head
        self.ending = ending

    def forward(self, x):
        return self.ending(self.unet(x))


class WithHelper(nn.Module):
    """Returns a dictionary, as torchvision's do; its scores are smaller than the image."""

    def __init__(self):
        super().__init__()
        self.backbone = nn.Sequential(stage(3, 8, 2), stage(8, 14, 2))
        self.classifier = nn.Conv2d(14, CLASSES, 1)
        self.aux_classifier = nn.Conv2d(14, CLASSES, 1)

    def forward(self, x):
        y = self.backbone(x)
        return {"out": self.classifier(y), "aux": self.aux_classifier(y)}


class Patches(nn.Module):
    """Tokens, whose grid is enlarged to the image."""

    def __init__(self, width=12):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 8, 8)
        self.blocks = nn.Sequential(Block(width), Block(width))
        self.head = nn.Linear(width, CLASSES)

    def forward(self, x):
        y = self.patches(x)
        rows, columns = y.size(2), y.size(3)
        y = self.head(self.blocks(y.flatten(2).transpose(1, 2)))
        y = y.transpose(1, 2).unflatten(2, (rows, columns))
        return functional.interpolate(y, scale_factor=4.0, mode="bilinear", align_corners=False)


# From which score on a pixel is more likely than not of the one class, and the scores' logits.
LIMITS = {
    "probability": (0.5, torch.logit),
    "log-probability": (math.log(0.5), lambda scores: torch.logit(scores.exp())),
}

# Name, network, whether it is scripted, the layer, and its output as [N,K,h,w].
ALL = [
    ("unet", UNet, False, "bottom", None),
    ("helper", WithHelper, True, "backbone.0", None),
    ("patches", Patches, False, "blocks.0", lambda out: out.transpose(1, 2).unflatten(2, (4, 6))),
    ("single", lambda: UNet(1), True, "bottom", None),
    ("probability", lambda: Single(nn.Sigmoid()), True, "unet.bottom", None),
    ("log-probability", lambda: Single(nn.LogSigmoid()), True, "unet.bottom", None),
]


def winners(scores, limit):
    if scores.size(1) == 1:
        return (scores[:, 0] > limit).long() - 1
    return scores.argmax(1)


class Tapped:
    """Scores and gradients by a hook on the layer."""

    def __init__(self, network, layer):
        self.network, self.layer = network, network.get_submodule(layer)

    def __call__(self, image):
        kept = []
        handle = self.layer.register_forward_hook(lambda module, args, out: kept.append(out))
        scores = self.network(image)
        handle.remove()
        return (scores["out"] if isinstance(scores, dict) else scores), kept[-1]


def gradient(run, image, pixels, target, grid):
    """Of the mean score over pixels; pixels: [H,W]."""
    scores, out = run(image)
    mean = (scores[0, target] * pixels).sum() / pixels.sum()
    found = torch.autograd.grad(mean, out)[0]
    return mean.item(), (found if grid is None else grid(found))


def numbers(tensor):
    return [float(f"{x:.6g}") for x in tensor.detach().flatten().tolist()]


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    golden = {}
    for name, build, scripted, layer, grid in ALL:
        torch.manual_seed(len(name))
        network = enliven(build(), len(name) + 2)
        generator = torch.Generator().manual_seed(3)
        image = (torch.randn(1, 3, HEIGHT, WIDTH, generator=generator) * 16).round() / 16
        noisy = (torch.randn(1, 3, HEIGHT, WIDTH, generator=generator) * 16).round() / 16
        with torch.no_grad():
            scores = network(image)
            scores = scores["out"] if isinstance(scores, dict) else scores
            limit, logit = LIMITS.get(name, (0, lambda scores: scores))
            scores = logit(scores)
            # So that several classes win somewhere.
            last = network.head if hasattr(network, "head") else network.classifier
            last.bias -= scores.mean((0, 2, 3))
        archive = torch.jit.script(network) if scripted else torch.jit.trace(network, image)
        torch.jit.save(archive, str(OUT / f"{name}.pt"))
        run = Tapped(network, layer)
        clean = run(image)[0]
        won = winners(clean, limit)[0]
        height, width = won.shape
        mask = torch.zeros(height, width)
        mask[height // 4:height // 2, width // 3:] = 1
        cases = []
        present = won.unique()[won.unique() >= 0].tolist()
        for target in sorted({present[0], present[-1]}):
            own = (won == target).float()
            for over, pixels in (("winning", own), ("mask", mask), ("picture", torch.ones_like(mask))):
                score, found = gradient(run, image, pixels, target, grid)
                moved, other = gradient(run, noisy, pixels, target, grid)
                cases.append({"target": target, "over": over, "score": score, "gradient": numbers(found),
                              "noisy_score": moved, "noisy_gradient": numbers(other)})
        counted = [(won == k).float().mean().item() for k in range(clean.size(1))]
        inside = [((won == k).float() * mask).sum().item() / mask.sum().item() for k in range(clean.size(1))]
        golden[name] = {"layer": layer, "image": numbers(image), "noisy": numbers(noisy), "height": height,
                        "width": width, "winners": won.flatten().tolist(), "shares": counted,
                        "shares_of_mask": inside, "mask": mask.flatten().tolist(), "cases": cases}
        print(name, "shares", [round(x, 3) for x in counted])
    (OUT / "golden.json").write_text(json.dumps(golden))


if __name__ == "__main__":
    main()
