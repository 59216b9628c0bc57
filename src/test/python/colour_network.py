"""A network that takes red and yellow, wherever they are, for its first class; it is written beside
the tests of experiments. Runs with torch 2.7.1."""

import json
from pathlib import Path

import torch
from torch import nn

FOLDER = Path(__file__).resolve().parents[1] / "resources/io/camatlas/spark/causes"


class Colours(nn.Module):
    """Feature maps respond to red, yellow, blue and green; scores count their area."""

    def __init__(self):
        super().__init__()
        self.colours = nn.Conv2d(3, 4, 1)
        self.relu = nn.ReLU()
        self.pool = nn.AvgPool2d(12, stride=4, padding=4)  # as large as a square
        self.scores = nn.Linear(4, 3)
        with torch.no_grad():
            self.colours.weight.copy_(torch.tensor(
                [[1.0, -1, -1], [1, 1, -1], [-1, -1, 1], [-1, 1, -1]]).reshape(4, 3, 1, 1))
            self.colours.bias.copy_(torch.tensor([0.0, -1, 0, 0]))
            # Red or yellow weighs more than blue or green of the same size.
            self.scores.weight.copy_(torch.tensor(
                [[600.0, 600, 0, 0], [0, 0, 400, 0], [0, 0, 0, 400]]))
            self.scores.bias.zero_()

    def forward(self, x):
        x = self.pool(self.relu(self.colours(x)))
        return self.scores(x.mean((2, 3)))


def main():
    FOLDER.mkdir(parents=True, exist_ok=True)
    torch.jit.trace(Colours().eval(), torch.rand(2, 3, 64, 64)).save(str(FOLDER / "colours.pt"))
    card = {"name": "colours", "classes": ["warm", "blue", "green"], "layer": "pool",
            "scores": "logits",
            "input": {"channels": "rgb", "resize": [64, 64], "interpolation": "bilinear",
                      "crop": None, "mean": [0, 0, 0], "std": [1, 1, 1]}}
    (FOLDER / "colours.json").write_text(json.dumps(card) + "\n")


if __name__ == "__main__":
    main()
