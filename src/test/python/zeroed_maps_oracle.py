"""Scores of archives some of whose convolutions and norms have a feature map set to zero.

A convolution's feature map is zero if its filter and its bias are, and a norm's if its weight and
its bias are, so PyTorch itself says what a network answers without that feature map, with no probe
involved. A norm's is zero in all tokens, also in those before the grid's.

    python src/test/python/zeroed_maps_oracle.py

writes src/test/resources/io/camatlas/model/zeroed-maps.csv, where ZeroedMapsTest reads it. Needs
torch 2.7.1.
"""
import csv
import pathlib

import torch

HERE = pathlib.Path(__file__).resolve().parents[1] / "resources/io/camatlas"
CASES = [
    ("vgg11-scripted.pt", "features.11", 32, [0, 5]),
    ("vgg11_bn-traced.pt", "features.8", 32, [1, 2, 7]),
    ("resnet18-traced.pt", "layer3.0.conv1", 32, [3]),
    ("squeezenet1_1-traced.pt", "features.12.expand3x3", 64, [4, 6]),
    ("densenet121-scripted.pt", "features.denseblock2.denselayer1.conv1", 32, [2]),
    ("in-place-behind-traced.pt", "conv1", 16, [0]),
    ("vision-transformer-traced.pt", "encoder.layers.encoder_layer_1.ln_1", 32, [2, 9]),
    ("swin-transformer-scripted.pt", "features.1.0.norm1", 32, [1, 3]),
    ("tokens-first-traced.pt", "blocks.1.norm", 16, [0]),
    ("tokens-scripted.pt", "encoder.norm", 8, [4]),
]


def image(size):
    values = torch.arange(3 * size * size, dtype=torch.float64)
    return torch.sin(0.37 * values).to(torch.float32).reshape(1, 3, size, size)


def main():
    rows = []
    for name, layer, size, maps in CASES:
        model = torch.jit.load(str(HERE / "torchscript/models" / name)).eval()
        x = image(size)
        with torch.no_grad():
            before = model(x)
            parameters = dict(model.named_parameters())
            for part in ("weight", "bias"):
                if f"{layer}.{part}" in parameters:
                    parameters[f"{layer}.{part}"][maps] = 0
            after = model(x)
        assert (before - after).abs().max() > 1e-4 * before.abs().max(), (name, layer)
        for state, scores in (("before", before), ("after", after)):
            rows.append([name, layer, size, " ".join(map(str, maps)), state]
                        + [f"{score:.7g}" for score in scores[0].tolist()])
    with open(HERE / "model/zeroed-maps.csv", "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
