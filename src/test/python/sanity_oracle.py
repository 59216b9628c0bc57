"""Writes what Quantus 0.6.0 and NumPy say about pairs of maps: resources/golden/sanity.json; and how Quantus fills removed
pixels: road.json.

    python sanity_oracle.py
"""

import json
import pathlib

import numpy as np
from quantus.functions.complexity_func import discrete_entropy
from quantus.functions.norm_func import fro_norm
from quantus.functions.perturb_func import noisy_linear_imputation
from quantus.functions.similarity_func import correlation_pearson, correlation_spearman, difference

OUT = pathlib.Path(__file__).resolve().parents[1] / "resources/golden/sanity.json"


def main():
    chance = np.random.default_rng(4)
    cases = []
    for side in (3, 7, 14):
        for kind in range(4):
            a = chance.random((side, side)).astype(np.float32)
            b = (0.5 * a + 0.5 * chance.random((side, side))).astype(np.float32)
            if kind == 1:  # many ties
                a, b = np.maximum(a - np.float32(0.6), 0), np.maximum(b - np.float32(0.6), 0)
            if kind == 2:  # one bright cell
                a[0, 0] = 40
            if kind == 3:
                b = a[::-1].copy()
            a, b = a.ravel(), b.ravel()
            own, other = a.astype(float) / a.max(), b.astype(float) / max(b.max(), 1e-30)
            cases.append({
                "a": a.tolist(), "b": b.tolist(),
                "spearman": float(correlation_spearman(a, b)), "pearson": float(correlation_pearson(a, b)),
                "entropy": float(discrete_entropy(a, a)),
                "distance": float(fro_norm(difference(own, other)) / fro_norm(own))})
    OUT.write_text(json.dumps(cases))


def write_road():
    """Pixels [3,H,W], the places that are removed, and what noisy linear imputation without noise makes of them."""
    chance = np.random.default_rng(8)
    cases = []
    for height, width, share in ((6, 9, 0.3), (12, 7, 0.9), (10, 10, 0.5)):
        pixels = np.round(chance.normal(0, 1, (3, height, width)) * 64) / 64
        order = chance.permutation(height * width)
        if share == 0.5:  # one half of the picture, as maps remove it
            order = np.argsort(-np.add.outer(np.arange(height), np.arange(width) / 100).ravel(), kind="stable")
        removed = order[:int(share * height * width)]
        filled = noisy_linear_imputation(pixels, removed, noise=0.0)
        cases.append({"height": height, "width": width, "pixels": pixels.ravel().tolist(),
                      "removed": sorted(removed.tolist()), "filled": filled.ravel().round(9).tolist()})
    OUT.with_name("road.json").write_text(json.dumps(cases))


if __name__ == "__main__":
    main()
    write_road()
