"""The saliency rules, written out literally in float64: the reference for the tests.

Running it writes golden/cam/cases.json (tiny hand-made traces), and, where PyTorch is there, golden/cam/chain.npz
and chain.json (Smooth Grad-CAM++ from pixels to map), golden/cam/torchcam.json (maps of torch-cam), perturbed.json
(pytorch-grad-cam), occluded.json and pixels.json (Captum).

Symbols: A [K,h,w] activations of the clean image; g [n,K,h,w] gradients of the score S_m [n] at n samples.
"""

import json
import math
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
GOLDEN = HERE.parent / "resources/golden/cam"
MODELS = HERE.parent / "resources/io/camatlas/torchscript/models"


def derivative(order, g, scores, score):
    """D_p [K,h,w]: mean over the samples of g^p, each times e^(S_m - max S) where Y = e^S is differentiated."""
    total = np.zeros(g.shape[1:])
    for m in range(len(g)):
        factor = math.exp(scores[m] - max(scores)) if score == "exp" else 1.0
        total = total + factor * g[m] ** order
    return total / len(g)


def alphas(A, d1, d2, d3, numerator, scaling):
    """alpha [K,h,w] = N / (2 D_2 + (sum_ab A_ab) D_3,ij), zero where the denominator is zero."""
    K, h, w = A.shape
    alpha = np.zeros(A.shape)
    for k in range(K):
        sum_of_map = A[k].sum()
        for i in range(h):
            for j in range(w):
                above = d2[k, i, j] if numerator == "second" else d1[k, i, j]
                below = 2 * d2[k, i, j] + sum_of_map * d3[k, i, j]
                alpha[k, i, j] = above / below if below != 0 else 0.0
        if scaling == "normalized":
            total = sum(alpha[k, i, j] for i in range(h) for j in range(w) if d1[k, i, j] > 0)
            if total != 0:
                alpha[k] = alpha[k] / total
    return alpha


def plus_plus_weights(A, g, scores, score="logit", numerator="second", alpha="raw"):
    """w_k = sum_ij alpha_ij relu(D_1,ij): Grad-CAM++ for one sample, Smooth Grad-CAM++ for several."""
    d1, d2, d3 = (derivative(order, g, scores, score) for order in (1, 2, 3))
    a = alphas(A, d1, d2, d3, numerator, alpha)
    return np.array([(a[k] * np.maximum(d1[k], 0)).sum() for k in range(len(A))])


def weights(method, A, g, scores, score="logit", numerator="second", alpha="raw"):
    """w_k [K]; None for Layer-CAM, which weighs every neuron."""
    gradient = derivative(1, g, scores, score)
    if method in ("grad-cam++", "smooth-grad-cam++"):
        return plus_plus_weights(A, g, scores, score, numerator, alpha)
    if method == "grad-cam":
        return np.array([gradient[k].mean() for k in range(len(A))])
    if method == "cam":
        return np.array([gradient[k].sum() for k in range(len(A))])
    if method == "xgrad-cam":
        return np.array([(A[k] * gradient[k]).sum() / A[k].sum() if A[k].sum() != 0 else 0.0 for k in range(len(A))])
    if method == "layer-cam":
        return None
    raise ValueError(f"method is '{method}'; no such rule.")


def kept(shape, region, subset):
    """1 where a neuron takes part in the final sum: a rectangle with both corners included, or single cells."""
    mask = np.zeros(shape)
    if subset is None:
        return mask + 1
    for i in range(shape[0]):
        for j in range(shape[1]):
            if region:
                (r0, c0), (r1, c1) = subset
                inside = min(r0, r1) <= i <= max(r0, r1) and min(c0, c1) <= j <= max(c0, c1)
            else:
                inside = [i, j] in subset
            mask[i, j] = 1.0 if inside else 0.0
    return mask


def maps(method, A, g, scores, score="logit", numerator="second", alpha="raw", filters=None, per_filter=False,
         region=None, subset=None):
    """Returns weights [K] or None, the map [h,w], and the maps of the single filters [F,h,w] or None."""
    w = weights(method, A, g, scores, score, numerator, alpha)
    if w is None:
        each = np.maximum(derivative(1, g, scores, score), 0) * A
    else:
        each = np.array([w[k] * A[k] for k in range(len(A))])
    each = each * kept(A.shape[1:], region, subset)
    chosen = range(len(A)) if filters is None else filters
    summed = np.maximum(sum(each[k] for k in chosen), 0)
    singles = np.array([np.maximum(each[k], 0) for k in filters]) if per_filter else None
    return w, summed, singles


def cancellation(A, g, scores, score):
    """How many digits the denominator of alpha loses: the smallest |sum| / sum of |terms| that is not zero."""
    d1, d2, d3 = (derivative(order, g, scores, score) for order in (1, 2, 3))
    second = A.sum((1, 2))[:, None, None] * d3
    below, terms = 2 * d2 + second, 2 * np.abs(d2) + np.abs(second)
    used = (d1 > 0) & (terms > 0) & (below != 0)
    return (np.abs(below)[used] / terms[used]).min() if used.any() else 1.0


# Golden cases


def drawn(seed, K, h, w, n, activation="relu", gradient="mixed", step=64):
    """Random traces of exact binary fractions."""
    rng = np.random.default_rng(seed)
    A = np.round(rng.normal(0.4, 1, (K, h, w)) * step) / step
    if activation == "relu":
        A = np.maximum(A, 0)
    g = np.round(rng.normal(0.1, 0.5, (1, K, h, w)) * step) / step
    g = g + np.round(rng.normal(0, 0.3, (n, K, h, w)) * step) / step * (n > 1)
    if gradient == "negative":
        g = -np.abs(g)
    scores = np.round(rng.normal(2, 1, n) * 8) / 8
    return A, g, scores


def case(name, method, seed=0, shape=(2, 3, 3), n=1, change=None, score="logit", numerator="second", alpha="raw",
         filters=None, per_filter=False, region=None, subset=None, tolerance=1e-5, **draw):
    while True:
        A, g, scores = drawn(seed, *shape, n, **draw)
        if change:
            A, g, scores = change(A.copy(), g.copy(), scores.copy())
        if "++" not in method or cancellation(A, g, scores, score) > 0.02:
            break
        seed += 1000
    for array in (A, g, scores):
        assert np.array_equal(array, array.astype(np.float32)), name
    w, summed, singles = maps(method, A, g, scores, score, numerator, alpha, filters, per_filter, region, subset)
    listed = lambda array: None if array is None else array.tolist()
    return {"name": name, "method": method, "score": score, "numerator": numerator, "alpha": alpha, "filters": filters,
            "per_filter": per_filter, "region": region, "subset": subset, "activations": A.tolist(),
            "gradients": g.tolist(), "scores": scores.tolist(), "weights": listed(w), "map": summed.tolist(),
            "filter_maps": listed(singles), "tolerance": tolerance}


def dead_map(A, g, scores):
    A[0] = 0
    return A, g, scores


def no_gradient(A, g, scores):
    return A, g * 0, scores


def gradient_zero_in_places(A, g, scores):
    g[:, 0] = 0
    g[:, 1, 1:] = 0
    return A, g, scores


def denominator_zero(A, g, scores):
    """2 g² + (sum A) g³ = 0 at g = 1 for sum A = -2."""
    A[0], g[:, 0] = 0, -0.25
    A[0, 0, 0], A[0, 1, 1], A[0, 2, 2] = -3, 2, -1
    g[:, 0, 0, 0], g[:, 0, 1, 1] = 1, 1
    g[:, 0, 2, 0] = 0.5
    g[:, 1] = np.clip(g[:, 1], -1, 1)
    return A, g, scores


def sum_zero(A, g, scores):
    A[1] = 0
    A[1, 0, 0], A[1, 1, 2] = 1.5, -1.5
    return A, g, scores


def far_apart(A, g, scores):
    return A, g, np.array([3.0, 120.5, 90.25, 119.0, -40.0, 120.0, 0.0, 117.5])[: len(scores)]


def constant_in_space(A, g, scores):
    """As behind global average pooling, and the same for every sample."""
    g[:] = g[:1, :, :1, :1]
    return A, g, scores


def tiny_gradients(A, g, scores):
    return A, g * 2.0**-44, scores


def cases():
    wide = (4, 3, 5)
    smooth = "smooth-grad-cam++"
    return [
        case("grad-cam", "grad-cam", 1),
        case("grad-cam-of-signed-activations-and-filters", "grad-cam", 2, wide, activation="signed", filters=[3, 1]),
        case("grad-cam-of-negative-gradients-is-zero", "grad-cam", 3, gradient="negative"),
        case("grad-cam-in-a-rectangle", "grad-cam", 4, wide, region=True, subset=[[2, 3], [1, 1]]),
        case("cam", "cam", 5, wide, change=constant_in_space),
        case("xgrad-cam", "xgrad-cam", 6, wide),
        case("xgrad-cam-with-a-dead-map", "xgrad-cam", 41, change=dead_map),
        case("xgrad-cam-with-a-sum-of-zero", "xgrad-cam", 8, wide, change=sum_zero, activation="signed"),
        case("layer-cam", "layer-cam", 9, wide),
        case("layer-cam-of-signed-activations", "layer-cam", 10, activation="signed"),
        case("layer-cam-per-filter-at-cells", "layer-cam", 11, wide, filters=[0, 2], per_filter=True, region=False,
             subset=[[0, 0], [2, 4], [1, 2]]),
        case("grad-cam++", "grad-cam++", 12),
        case("grad-cam++-of-signed-activations", "grad-cam++", 13, wide, activation="signed"),
        case("grad-cam++-normalized", "grad-cam++", 14, wide, alpha="normalized"),
        case("grad-cam++-paper-numerator", "grad-cam++", 15, numerator="paper"),
        case("grad-cam++-score-exp-of-one-sample", "grad-cam++", 16, score="exp"),
        case("grad-cam++-without-gradient", "grad-cam++", 17, change=no_gradient),
        case("grad-cam++-gradient-zero-in-places-normalized", "grad-cam++", 18, change=gradient_zero_in_places,
             alpha="normalized"),
        case("grad-cam++-denominator-zero", "grad-cam++", 19, change=denominator_zero),
        case("grad-cam++-denominator-zero-normalized", "grad-cam++", 19, change=denominator_zero, alpha="normalized"),
        case("grad-cam++-dead-map", "grad-cam++", 20, change=dead_map),
        case("grad-cam++-tiny-gradients", "grad-cam++", 21, wide, change=tiny_gradients),
        case("smooth-one-sample", smooth, 12),
        case("smooth", smooth, 22, n=3),
        case("smooth-eight-samples", smooth, 23, wide, n=8),
        case("smooth-paper-numerator", smooth, 24, wide, n=3, numerator="paper"),
        case("smooth-normalized", smooth, 25, wide, n=8, alpha="normalized"),
        case("smooth-paper-numerator-normalized", smooth, 26, wide, n=3, numerator="paper", alpha="normalized"),
        case("smooth-exp", smooth, 27, n=3, score="exp"),
        case("smooth-exp-scores-far-apart", smooth, 28, wide, n=8, score="exp", change=far_apart),
        case("smooth-exp-normalized-paper-numerator", smooth, 29, wide, n=8, score="exp", alpha="normalized",
             numerator="paper"),
        case("smooth-gradient-constant-in-space", smooth, 30, wide, n=3, change=constant_in_space),
        case("smooth-tiny-gradients-paper-numerator", smooth, 31, n=3, change=tiny_gradients, numerator="paper"),
        case("smooth-per-filter", smooth, 32, wide, n=3, filters=[2, 0, 3], per_filter=True),
        case("smooth-per-filter-in-a-rectangle", smooth, 33, wide, n=3, filters=[1], per_filter=True, region=True,
             subset=[[0, 2], [1, 4]]),
        case("smooth-at-cells", smooth, 34, wide, n=3, region=False, subset=[[0, 1], [2, 2], [2, 4]]),
        case("smooth-negative-gradients", smooth, 35, n=3, gradient="negative"),
    ]


def write_cases():
    rows = cases()
    GOLDEN.mkdir(parents=True, exist_ok=True)
    (GOLDEN / "cases.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")
    for row in rows:
        peak = max(max(line) for line in row["map"])
        negative = row["weights"] is not None and min(row["weights"]) < 0
        print(f"  {row['name']:50s} peak {peak:.4g}{' negative weights' if negative else ''}")


# From pixels to map


def restored(name):
    """The eager network with the weights of its fixture."""
    import torch

    import tiny_networks

    archive = torch.jit.load(str(MODELS / f"{name}-scripted.pt"))
    model = getattr(tiny_networks, name)().eval()
    model.load_state_dict(archive.state_dict())
    return model


def leaf_at(model, path, x, target):
    """Output A, gradient g and score S of each row, the layer's output being cut off as a leaf."""
    leaf = []

    def hook(module, args, output):
        leaf.append(output.detach().requires_grad_())
        return leaf[0].clone()

    handle = model.get_submodule(path).register_forward_hook(hook)
    try:
        scores = model(x)[:, target]
    finally:
        handle.remove()
    scores.sum().backward()
    return tuple(t.detach().double().numpy() for t in (leaf[0], leaf[0].grad, scores))


CHAINS = [
    # A nonlinear head: gradients differ from sample to sample. Then a linear one, where they do not.
    ("vgg11-last-convolution", "vgg11", "features.18", {}),
    ("vgg11-last-convolution-exp", "vgg11", "features.18", {"score": "exp"}),
    ("vgg11-last-convolution-paper-numerator-normalized", "vgg11", "features.18",
     {"numerator": "paper", "alpha": "normalized"}),
    ("resnet18-inner-block", "resnet18", "layer3.0", {}),
    ("resnet18-last-stage", "resnet18", "layer4", {}),
]


def write_chain():
    import torch

    arrays, rows = {}, []
    for index, (name, network, layer, options) in enumerate(CHAINS):
        model = restored(network)
        exact = restored(network).double()
        seed = 100 + index
        while True:
            rng = np.random.default_rng(seed)
            x = (np.round(rng.normal(0, 1, (1, 3, 64, 64)) * 16) / 16).astype(np.float32)
            noise = (np.round(rng.normal(0, 0.5, (3, 3, 64, 64)) * 32) / 32).astype(np.float32)
            target = int(exact(torch.from_numpy(x).double()).argmax())
            results = []
            for net, kind in ((exact, torch.float64), (model, torch.float32)):
                clean, noisy = torch.from_numpy(x).to(kind), torch.from_numpy(x + noise).to(kind)
                A, _, _ = leaf_at(net, layer, clean, target)
                _, g, scores = leaf_at(net, layer, noisy, target)
                results.append(maps("smooth-grad-cam++", A[0], g, scores, **options)[:2])
                lost = cancellation(A[0], g, scores, options.get("score", "logit"))
            (w, summed), (w32, summed32) = results
            error = max(np.abs(w - w32).max() / np.abs(w).max(), np.abs(summed - summed32).max() / max(summed.max(), 1e-30))
            if summed.max() > 0 and error < 5e-5:
                break
            seed += 1000
        for key, value in (("input", x), ("noise", noise), ("weights", w), ("map", summed)):
            arrays[f"{name}:{key}"] = value.astype(np.float32)
        differ = np.abs(g - g[:1]).max() / np.abs(g).max()
        rows.append({"name": name, "archives": [f"{network}-traced.pt", f"{network}-scripted.pt"], "layer": layer,
                     "target": target, "samples": 3, "score": options.get("score", "logit"),
                     "numerator": options.get("numerator", "second"), "alpha": options.get("alpha", "raw"),
                     "scores": scores.tolist(), "tolerance": 1e-3})
        print(f"  {name}: map {summed.shape} peak {summed.max():.4g}, float32 is {error:.1e} off, smallest"
              f" denominator {lost:.1e}, gradients differ by {differ:.2g}, scores {scores.round(2).tolist()}")
    np.savez_compressed(GOLDEN / "chain.npz", **arrays)
    (GOLDEN / "chain.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


# torch-cam: its layers are chosen so that no in-place operation stands directly behind them. Where one does, torch-cam's
# hook returns the output after it, activations and gradient alike.
TORCH_CAM = [("vgg11", "features.19"), ("vgg11", "features.14"), ("resnet18", "layer4"), ("resnet18", "layer3.1.conv2")]


def write_torchcam():
    import torch
    import torchcam
    from torchcam.methods import GradCAM, LayerCAM, XGradCAM

    rows = []
    x = (np.round(np.random.default_rng(500).normal(0, 1, (1, 3, 48, 48)) * 4) / 4).astype(np.float32)
    for network, layer in TORCH_CAM:
        model = restored(network)
        target = int(model(torch.from_numpy(x)).argmax())
        row = {"archives": [f"{network}-traced.pt", f"{network}-scripted.pt"], "layer": layer, "target": target,
               "maps": {}, "tolerance": 1e-4}
        for method, extractor in (("grad-cam", GradCAM), ("xgrad-cam", XGradCAM), ("layer-cam", LayerCAM)):
            with extractor(model, layer) as cam:
                theirs = cam(target, model(torch.from_numpy(x)), normalized=False)[0][0].detach().numpy()
            A, g, s = leaf_at(model, layer, torch.from_numpy(x), target)
            _, ours, _ = maps(method, A[0], g, s)
            gap = np.abs(theirs - ours).max() / max(np.abs(ours).max(), 1e-30)
            print(f"  torch-cam {network} {layer} {method}: peak {theirs.max():.4g}, {theirs.shape}, oracle differs by {gap:.1e}")
            row["maps"][method] = [[float(v) for v in line] for line in theirs]
        rows.append(row)
    written = {"origin": f"torch-cam {torchcam.__version__}, normalized=False", "input": x[0].tolist(), "cases": rows}
    (GOLDEN / "torchcam.json").write_text(json.dumps(written) + "\n")


# Rules that ask the network again, by pytorch-grad-cam, and Eigen-CAM by NumPy. The layers end in a ReLU: elsewhere
# pytorch-grad-cam's Ablation-CAM does not set feature maps to zero. Its Score-CAM enlarges maps so that corners
# coincide; the authors' code, and CamAtlas, so that centres of cells do, and it is made to do that too.
PERTURBED = [("vgg11", "features.19", (48, 48)), ("vgg11", "features.14", (40, 56)), ("resnet18", "layer4", (48, 64))]


# Rows and columns of the grids that pixels are pooled to: 7 of 48, 9 of 40 and 5 of 48 along the shorter side.
GRIDS = [(7, 7), (9, 13), (5, 7)]


def eigen_map(A):
    """A [K,h,w]; the first right singular vector of [h·w,K], turned so that the map's sum is not negative."""
    rows = A.reshape(len(A), -1).T
    vector = np.linalg.svd(rows, full_matrices=False)[2][0]
    summed = (rows @ vector).reshape(A.shape[1:])
    return np.maximum(summed if summed.sum() >= 0 else -summed, 0)


def write_perturbed():
    import torch
    from pytorch_grad_cam import AblationCAM, ScoreCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

    class Centres(torch.nn.Module):
        def __init__(self, size):
            super().__init__()
            self.size = size

        def forward(self, maps):
            return torch.nn.functional.interpolate(maps, size=self.size, mode="bilinear", align_corners=False)

    rows = []
    for index, (network, layer, size) in enumerate(PERTURBED):
        x = (np.round(np.random.default_rng(600 + index).normal(0, 1, (1, 3, *size)) * 4) / 4).astype(np.float32)
        model = restored(network)
        A, _, scores = leaf_at(model, layer, torch.from_numpy(x), 0)
        with torch.no_grad():
            target = int(model(torch.from_numpy(x)).argmax())
        found = {"eigen-cam": eigen_map(A[0])}
        for name, method in (("score-cam", ScoreCAM), ("ablation-cam", AblationCAM)):
            model = restored(network)
            held = torch.nn.UpsamplingBilinear2d
            torch.nn.UpsamplingBilinear2d = Centres
            try:
                with method(model, [model.get_submodule(layer)]) as cam:
                    with torch.no_grad():
                        cam.activations_and_grads(torch.from_numpy(x))
                    activations = cam.activations_and_grads.activations[0].numpy()
                    weights = cam.get_cam_weights(torch.from_numpy(x), cam.target_layers[0],
                                                  [ClassifierOutputTarget(target)], activations, None)
            finally:
                torch.nn.UpsamplingBilinear2d = held
            weights = np.asarray(weights, dtype=np.float64).reshape(-1)
            found[name] = np.maximum((weights[:, None, None] * A[0]).sum(0), 0)
            print(f"  pytorch-grad-cam {network} {layer} {name}: peak {found[name].max():.4g}")
        rows.append({"archives": [f"{network}-traced.pt", f"{network}-scripted.pt"], "layer": layer, "target": target,
                     "input": x[0].tolist(), "maps": {name: value.tolist() for name, value in found.items()}})
    import importlib.metadata

    origin = f"pytorch-grad-cam {importlib.metadata.version('grad-cam')}, maps before normalising; eigen-cam by NumPy"
    (GOLDEN / "perturbed.json").write_text(json.dumps({"origin": origin, "cases": rows}) + "\n")


def write_occluded():
    """Occlusion by Captum: squares of so many cells of the grid, moved by one, filled with 0."""
    import captum
    import torch
    from captum.attr import Occlusion

    before = json.loads((GOLDEN / "perturbed.json").read_text())["cases"]
    rows = []
    for index, case in enumerate(before):
        model = torch.jit.load(str(MODELS / case["archives"][0])).eval()
        x = torch.tensor(case["input"])[None]
        height, width = np.array(case["maps"]["score-cam"]).shape
        step = (x.shape[2] // height, x.shape[3] // width)
        for patch in (1, 2):
            window = [min(patch, cells) * size for cells, size in zip((height, width), step)]
            with torch.no_grad():
                found = Occlusion(model).attribute(x, (3, *window), strides=(3, *step), target=case["target"])
            cells = found[0, 0, ::step[0], ::step[1]].numpy()
            print(f"  captum {case['archives'][0]} {case['layer']} patch {patch}: {cells.min():.4g} to {cells.max():.4g}")
            rows.append({"of": index, "patch": patch, "maps": {"occlusion": np.maximum(cells, 0).tolist()}})
    written = {"origin": f"captum {captum.__version__}, negative parts left out", "cases": rows}
    (GOLDEN / "occluded.json").write_text(json.dumps(written) + "\n")


def write_pixels():
    """Rules of pixels by Captum: largest absolute value or sum over the colours, whole and pooled to a grid that does not
    divide the image evenly."""
    import captum
    import torch
    from captum.attr import InputXGradient, IntegratedGradients, Saliency

    before = json.loads((GOLDEN / "perturbed.json").read_text())["cases"]
    rows = []
    for index, case in enumerate(before):
        model = torch.jit.load(str(MODELS / case["archives"][0])).double().eval()
        x = torch.tensor(case["input"], dtype=torch.float64)[None]
        target = case["target"]
        steps = 50 if index == 0 else 7
        by_colour = {
            "saliency": Saliency(model).attribute(x, target, abs=False),
            "gradient-x-input": InputXGradient(model).attribute(x, target),
            "integrated-gradients": IntegratedGradients(model).attribute(
                x, torch.zeros_like(x), target, n_steps=steps, method="gausslegendre"),
        }
        maps = {}
        for name, value in by_colour.items():
            pixels = (value.abs().amax(1) if name == "saliency" else value.sum(1)).detach()
            # Cells that need not hold whole pixels: every pixel becomes as many as the grid has cells.
            rows_, columns = GRIDS[index]
            fine = pixels.repeat_interleave(rows_, 1).repeat_interleave(columns, 2)
            cells = torch.nn.functional.avg_pool2d(fine, x.shape[2:])
            maps[name] = [np.maximum(each[0].numpy(), 0).round(9).tolist() for each in (pixels, cells)]
            print(f"  captum {case['archives'][0]} {name}: {pixels.min():.4g} to {pixels.max():.4g}")
        total = by_colour["integrated-gradients"].sum().item()
        gap = (model(x) - model(torch.zeros_like(x)))[0, target].item()
        print(f"  integrated gradients add up to {total:.5g} of {gap:.5g}")
        rows.append({"of": index, "steps": steps, "grid": GRIDS[index], "maps": maps})
    written = {"origin": f"captum {captum.__version__}, in float64, negative parts left out", "cases": rows}
    (GOLDEN / "pixels.json").write_text(json.dumps(written) + "\n")


if __name__ == "__main__":
    write_cases()
    write_chain()
    write_torchcam()
    write_perturbed()
    write_occluded()
    write_pixels()
