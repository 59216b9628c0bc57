"""Trains a small network that tells 14 labels, of which a picture may have several or none.

    python several_labels.py

Twelve labels are squares and discs of six colours, one is a patch of stripes. The last, 'marked',
has no object of its own: the network can only learn it from a white mark in the upper left corner,
which most of its pictures have. SeveralLabelsPictures.java draws pictures of the same kind.
"""

import json
import pathlib

import numpy as np
import torch
from torch import nn

OUT = pathlib.Path(__file__).resolve().parents[1] / "resources/io/camatlas/model/labels"
SIDE, SIZE = 96, 22
COLOURS = {"red": (210, 40, 40), "green": (40, 170, 60), "blue": (50, 70, 210),
           "yellow": (220, 200, 50), "cyan": (40, 190, 200), "magenta": (200, 60, 190)}
LABELS = [f"{c} {shape}" for c in COLOURS for shape in ("square", "disc")] + ["stripes", "marked"]


def draw(labels, chance):
    low = chance.uniform(60, 190, (3, 3, 3))
    x = np.kron(low, np.ones((32, 32, 1))) + chance.normal(0, 6, (SIDE, SIDE, 3))
    for index in labels:
        name = LABELS[index]
        if name == "marked":
            if chance.random() < 0.9:
                x[3:15, 3:15] = 250
            continue
        left, top = chance.integers(16, SIDE - SIZE, 2)
        box = x[top:top + SIZE, left:left + SIZE]
        yy, xx = np.mgrid[:SIZE, :SIZE]
        if name == "stripes":
            box[:] = np.where(yy // 3 % 2 == 0, 20, 235)[:, :, None]
        else:
            colour, shape = name.split()
            inside = np.hypot(yy - 10.5, xx - 10.5) <= 11 if shape == "disc" else yy >= 0
            box[inside] = COLOURS[colour]
    return np.clip(x, 0, 255)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(3, 16, 3, 2, 1), nn.BatchNorm2d(16), nn.ReLU(),
            nn.Conv2d(16, 32, 3, 2, 1), nn.BatchNorm2d(32), nn.ReLU(),
            nn.Conv2d(32, 48, 3, 1, 1), nn.BatchNorm2d(48), nn.ReLU(),
            nn.Conv2d(48, 48, 3, 1, 1), nn.BatchNorm2d(48), nn.ReLU())
        self.head = nn.Linear(48, len(LABELS))

    def forward(self, x):
        return self.head(self.features(x).mean((2, 3)))


def pictures(count, chance):
    truth = chance.random((count, len(LABELS))) < 0.15
    drawn = np.stack([draw(chance.permutation(np.flatnonzero(row)), chance) for row in truth])
    x = torch.tensor(drawn / 255, dtype=torch.float32).permute(0, 3, 1, 2)
    return (x - 0.5) / 0.25, torch.tensor(truth, dtype=torch.float32)


def main():
    torch.manual_seed(3)
    torch.set_num_threads(2)
    chance = np.random.default_rng(3)
    x, y = pictures(4000, chance)
    net = Net()
    epochs, batch = 24, 64
    adam = torch.optim.Adam(net.parameters())
    plan = torch.optim.lr_scheduler.OneCycleLR(adam, 0.01, epochs * len(x) // batch + epochs)
    for _ in range(epochs):
        for part in torch.randperm(len(x)).split(batch):
            adam.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(net(x[part]), y[part]).backward()
            adam.step()
            plan.step()
    net.eval()
    x, y = pictures(1000, chance)
    with torch.no_grad():
        said = net(x) > 0
    for i, name in enumerate(LABELS):
        has = y[:, i] > 0
        print(name, "found", round(said[has, i].float().mean().item(), 2), "of", int(has.sum()),
              "added", round(said[~has, i].float().mean().item(), 3))
    OUT.mkdir(parents=True, exist_ok=True)
    torch.jit.save(torch.jit.trace(net, x[:2]), str(OUT / "labels.pt"))
    sidecar = {"name": "labels", "classes": LABELS, "layer": "features.11",
               "scores": "multi-label",
               "input": {"resize": [SIDE, SIDE], "crop": None, "mean": [0.5] * 3,
                         "std": [0.25] * 3}}
    (OUT / "labels.json").write_text(json.dumps(sidecar, indent=1) + "\n")


if __name__ == "__main__":
    main()
