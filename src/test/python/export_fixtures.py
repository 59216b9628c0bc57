"""Writes the TorchScript archives of the tests, what PyTorch's own hooks say about them, and index.json.

    python export_fixtures.py            all but the archives of an old PyTorch
    python3-with-torch-1.13 export_fixtures.py --old

Weights and inputs are drawn from seeds that depend on the name of the network only, so each part can be
written again by itself. A golden file is shared by the traced and the scripted archive of a network.
"""

import argparse
import io
import json
import os
import pathlib
import re
import sys
import warnings
import zipfile
import zlib

import numpy as np
import torch

warnings.filterwarnings("ignore")

MODELS = pathlib.Path(__file__).resolve().parents[1] / "resources/io/camatlas/torchscript/models"
SIZE = 48
DEBUG_LIMIT = 30_000  # bytes


def seed_of(name):
    return zlib.crc32(name.encode()) & 0x7FFFFFFF


def inputs_of(name, shape):
    generator = torch.Generator().manual_seed(seed_of(name) + 1)
    # Sixteenths, so that the golden files compress.
    return (torch.randn([2] + shape, generator=generator) * 16).round() / 16


def through_hook(model, call, path, nth, run):
    """Runs with the nth call of a module (from 1; 0 is the last) replaced by a leaf, and a clone of it behind.

    Returns the leaf, the scores and how often the module was called.
    """
    wanted, leaf, count = nth, None, 0
    if nth == 0:
        _, _, wanted = through_hook(model, call, path, -1, run)

    def hook(module, args, output):
        nonlocal leaf, count
        count += 1
        if count == wanted:
            leaf = output.detach().requires_grad_()
            return leaf.clone()
        return None

    handle = model.get_submodule(path).register_forward_hook(hook)
    try:
        scores = run(call())
    finally:
        handle.remove()
    return leaf, scores, count


def golden(model, x, layers, method, run, log, eager_names, grids):
    """What hooks see: input, targets, scores, and each layer's output and gradient.

    eager_names says which call of which module an archive's layer is, where hooks number calls otherwise; grids
    makes [N,K,h,w] of what a layer returns and of its gradient, where it is something else.
    """
    call = lambda: getattr(model, method)(x)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    with torch.no_grad():
        scores = run(call())
    targets = torch.stack([scores[0].argmax(), scores[1].argsort()[-2]])
    result = {"input": x.numpy(), "targets": targets.numpy(), "scores": scores.numpy()}
    for layer in layers:
        path, _, nth = eager_names.get(layer, layer).partition("#")
        leaf, own, calls = through_hook(model, call, path, int(nth or 0), run)
        if leaf is None:
            raise SystemExit(f"{layer} is not called")
        own.gather(1, targets[:, None]).sum().backward()
        assert torch.allclose(own, scores), layer
        grid = grids.get(layer) or (lambda out: out)
        gradient = grid(leaf.grad)
        result["activation:" + layer] = grid(leaf.detach()).contiguous().numpy()
        result["gradient:" + layer] = gradient.contiguous().numpy()
        lively = (leaf != 0).float().mean().item()
        flat = (gradient != 0).float().mean().item()
        if log:
            print(f"    {layer:44s} {str(tuple(leaf.shape)):20s} calls {calls}  max|a| {leaf.abs().max():.3g}"
                  f"  a!=0 {lively:.2f}  max|g| {gradient.abs().max():.3g}  g!=0 {flat:.2f}")
        if gradient.abs().max() < 1e-6:
            print(f"    WARNING: {layer} has no gradient worth comparing")
    return result


def first_tensor(result):
    """The scores where the index names no output."""
    if isinstance(result, torch.Tensor):
        return result
    return next(iter(result.values())) if isinstance(result, dict) else result[0]


class Index:
    def __init__(self):
        self.file = MODELS / "index.json"
        self.entries = json.loads(self.file.read_text()) if self.file.exists() else []

    def add(self, archive, golden_file, layers, shape, method="forward", output=None, error=None):
        entry = {"archive": archive, "golden": golden_file, "method": method, "output": output, "input": shape,
                 "layers": layers}
        if error:
            entry["error"] = error
        same = lambda e: (e["archive"], e.get("error") and (e["error"], e["layers"]), e["output"])
        self.entries = [e for e in self.entries if same(e) != same(entry)] + [entry]

    def write(self):
        rows = [e for e in self.entries if (MODELS / e["archive"]).exists()]
        rows.sort(key=lambda e: (e["archive"], e["method"], e["output"] or "", e.get("error") or "", e["layers"]))
        self.file.write_text("[\n" + ",\n".join(" " + json.dumps(e) for e in rows) + "\n]\n")


# The folders of the packages and of these scripts, which tell nothing about a network.
FOLDER = re.compile(rb"/[\w./-]*/(?:(?:site|dist)-packages|test/python)/")


def save(module, name):
    file = MODELS / name
    torch.jit.save(module, str(file))
    with zipfile.ZipFile(file) as whole:
        named = any(FOLDER.search(whole.read(entry)) for entry in whole.infolist())
    if named or file.stat().st_size > DEBUG_LIMIT:
        rewritten(file, debug=file.stat().st_size <= DEBUG_LIMIT)
    return file.stat().st_size


def rewritten(file, debug):
    """Blanks the folders that debug entries name, in place; or leaves these entries out and compresses data.pkl.

    Debug entries only make error messages better. With data.pkl they are more than half of a narrow network's
    archive.
    """
    whole = file.read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(file, "w") as new:
        for entry in old.infolist():
            if entry.filename.endswith(".debug_pkl") and not debug:
                continue
            kept = zipfile.ZipInfo(entry.filename)
            pickle = entry.filename.endswith("/data.pkl") and not debug
            kept.compress_type = zipfile.ZIP_DEFLATED if pickle else entry.compress_type
            content = old.read(entry)
            if entry.filename.endswith(".debug_pkl"):
                # Of the same length, as pickled strings carry theirs.
                content = FOLDER.sub(lambda found: b"." + b"/" * (len(found.group()) - 1), content)
            new.writestr(kept, content)


def scripted_without_folders(model):
    """Scripts a module; source files are named without the folders they lie in."""
    from torch import _sources

    original = _sources.get_source_lines_and_file

    def renamed(*args, **kwargs):
        lines, number, filename = original(*args, **kwargs)
        return lines, number, FOLDER.sub(b"", (filename or "").encode()).decode()

    _sources.get_source_lines_and_file = renamed
    try:
        return torch.jit.script(model)
    finally:
        _sources.get_source_lines_and_file = original


def archived(model, x, kind, method="forward"):
    with torch.no_grad():
        if kind == "scripted":
            return scripted_without_folders(model)
        if method != "forward":
            return torch.jit.trace_module(model, {"forward": x, method: x}, check_trace=False)
        return torch.jit.trace(model, x, check_trace=False, strict=False)


def export(index, name, model, layers, shape, method="forward", outputs=(None,), runs=(first_tensor,),
           kinds=("traced", "scripted"), suffix="", log=True, eager_names={}, errors={}, grids={}):
    """Writes the archives of one network and a golden file for each of its outputs."""
    x = inputs_of(name, shape)
    files = []
    for kind in kinds:
        archive = f"{name}-{kind}{suffix}.pt"
        size = save(archived(model, x, kind, method), archive)
        files.append(archive)
        print(f"  {archive}: {size // 1024} kB" + (" WARNING: large" if size > 200_000 else ""))
    for output, run in zip(outputs, runs):
        values = golden(model, x, layers, method, run, log, eager_names, grids)
        golden_file = f"{name}{suffix}{'-' + output if output else ''}.npz"
        np.savez_compressed(MODELS / golden_file, **values)
        size = (MODELS / golden_file).stat().st_size
        print(f"  {golden_file}: {size // 1024} kB" + (" WARNING: large" if size > 150_000 else ""))
        for archive in files:
            with torch.no_grad():
                got = run(getattr(torch.jit.load(str(MODELS / archive)), method)(x)).numpy()
            assert np.allclose(got, values["scores"], rtol=1e-4, atol=1e-5), archive
            index.add(archive, golden_file, layers, shape, method, output)
    for archive in files:
        for layer, error in errors.items():
            index.add(archive, None, [layer], shape, method, None, error)


def torchvision_networks(index, only, log):
    import tiny_networks

    for build, layers in tiny_networks.TORCHVISION:
        name = build.__name__
        if only and name not in only:
            continue
        torch.manual_seed(seed_of(name))
        size = 96 if build in tiny_networks.NEED_96 else 64 if build in tiny_networks.NEED_64 else SIZE
        export(index, name, tiny_networks.enliven(build(), seed_of(name)), layers, shape=[3, size, size], log=log)


def special_networks(index, only, log):
    import special_networks as special
    import tiny_networks
    import transformers

    def one(name, build, layers, kinds=("traced", "scripted"), shape=(3, 8, 8), **more):
        if only and name not in only:
            return
        torch.manual_seed(seed_of(name))
        model = tiny_networks.enliven(build(), seed_of(name))
        export(index, name, model, layers, shape=list(shape), kinds=kinds, log=log, **more)

    scripted, traced = ("scripted",), ("traced",)
    one("relu-three-times", special.ReluThreeTimes, ["relu", "relu#1", "relu#2", "relu#3", "conv2"])
    one("other-receiver", special.OtherReceiver, ["conv1", "conv2"], scripted)
    one("heads", special.Heads, ["layer", "layer.0"], scripted)
    one("two-views", special.TwoViews, ["encoder", "encoder#1", "encoder.0", "encoder.0#1", "mix"])
    one("module-list", special.Listed, ["blocks.0", "blocks.1", "blocks.2"])
    one("module-dict", special.ByKey, ["parts.conv-1", "parts.conv 2", "parts.7", "parts.act"])
    one("nested-sequential", special.Nested, ["body", "body.0", "body.1.1", "body.1.1.1", "body.1.0"])
    one("one-class-many-depths", special.OneClassAtManyDepths,
        ["unit.conv", "stage.first", "stage.second.conv", "stages.0.second", "stages.1.first.conv", "stages.1", "last.conv"])
    one("never-called", special.NeverCalled, ["conv"],
        errors={"auxiliary": "never called", "auxiliary.0": "never called"})
    pick = lambda key: lambda result: result[key]
    one("returns-tuple", special.ReturnsTuple, ["conv1"], outputs=(None, "1"), runs=(first_tensor, pick(1)))
    one("returns-list", special.ReturnsList, ["conv1"], outputs=(None, "1"), runs=(first_tensor, pick(1)))
    one("returns-dict", special.ReturnsDict, ["conv1"], outputs=(None, "out"), runs=(first_tensor, pick("out")))
    one("returns-named-tuple", special.ReturnsNamedTuple, ["conv1"], scripted, outputs=(None, "logits"),
        runs=(first_tensor, lambda result: result.logits))
    # Tracing makes a plain tuple of it.
    one("returns-named-tuple", special.ReturnsNamedTuple, ["conv1"], traced, outputs=(None, "1"),
        runs=(first_tensor, pick(1)))
    tokens = transformers.tokens(0, 2, 2)
    one("tokens", special.Tokens, ["patch", "encoder", "encoder.norm"],
        grids={"encoder": tokens, "encoder.norm": tokens}, errors={"scores": "need a grid"})
    one("tuple-layer", special.TupleLayer, ["halves.left", "halves.right"], errors={"halves": "not a tensor"})
    classify = ["conv", "stage.second", "stage.first.conv"]
    one("classify", special.Classifier, classify, scripted, method="classify")
    one("classify", special.TracedClassifier, classify, traced, method="classify")
    one("other-method", special.OtherMethod, ["stem.conv", "stem.unit", "stem.unit.act", "conv"], scripted)
    one("helpers", special.Helpers, ["conv1", "conv2"], scripted)
    one("branches", special.Branches, ["conv1", "small", "conv2"], scripted)
    one("loop-over-blocks", special.LoopOverBlocks, ["stem", "blocks.0", "blocks.1.conv", "blocks.2", "last"], scripted)
    one("repeated-block", special.Recurrent, ["block", "block#1", "block#2", "block.conv#2", "stem"])
    one("in-place-behind", special.InPlaceBehind, ["conv1", "conv2", "relu"])
    one("nested-calls", special.NestedCalls, ["a", "a#1", "b", "b#1", "c"])
    one("two-names", special.TwoNames, ["stem", "first", "second", "first.conv", "second.conv"], scripted,
        eager_names={"first": "first#1", "first.conv": "first.conv#1", "second": "first#2", "second.conv": "first.conv#2"})
    # Tracing calls the submodule by its first name both times.
    one("two-names-one-used", special.TwoNames, ["stem", "first", "first#1", "first.conv", "first.conv#1"], traced,
        errors={"second": "never called"})


def transformer_networks(index, only, log):
    import tiny_networks
    import transformers

    for name, build, shape, grids in transformers.ALL:
        if only and name not in only:
            continue
        torch.manual_seed(seed_of(name))
        model = tiny_networks.enliven(build(), seed_of(name))
        torch.backends.mha.set_fastpath_enabled(False)
        export(index, name, model, list(grids), shape=shape, log=log, grids=grids)
        torch.backends.mha.set_fastpath_enabled(True)
    name = "fast-attention"
    if not only or name in only:
        # Traced without gradients, as is usual, attention is one operation that has none.
        model = tiny_networks.enliven(transformers.vision_transformer(), seed_of(name))
        export(index, name, model, [], shape=[3, 32, 32], kinds=("traced",), outputs=(), runs=())


def frozen_networks(index, only):
    """Freezing inlines every module, so there is no layer left to probe."""
    import special_networks as special
    import tiny_networks

    name = "frozen"
    if only and name not in only:
        return
    model = tiny_networks.enliven(special.Plain(), seed_of(name))
    x = inputs_of(name, [3, 8, 8])
    for kind in ("traced", "scripted"):
        archive = f"{name}-{kind}.pt"
        size = save(torch.jit.freeze(archived(model, x, kind).eval()), archive)
        print(f"  {archive}: {size // 1024} kB")
        index.add(archive, None, ["conv2"], [3, 8, 8], error="frozen")


def hungry_networks(only):
    """Networks that the allocator refuses memory; they stand in no index, as there is nothing golden about them."""
    import special_networks as special
    import tiny_networks

    for name, build in [
        ("hungry-from-five-rows", special.HungryFromFiveRows),
        ("hungry-for-bright-images", special.HungryForBrightImages),
        ("one-score", special.OneScore),
    ]:
        if only and name not in only:
            continue
        torch.manual_seed(seed_of(name))
        size = save(scripted_without_folders(tiny_networks.enliven(build(), seed_of(name))), f"{name}-scripted.pt")
        print(f"  {name}-scripted.pt: {size // 1024} kB")


def old_networks(index, log):
    """Two plain networks, for the archives of an old PyTorch."""
    import special_networks as special
    import tiny_networks

    suffix = "-torch" + ".".join(torch.__version__.split(".")[:2])
    for name, build, layers in [
        ("residual", special.SmallResidual, ["layer2", "layer2.1.conv2", "layer2.0.downsample.0", "layer1.0.relu", "layer1.0.relu#1", "stem.0"]),
        ("stack", special.SmallPlainStack, ["features.6", "features.7", "features.3", "features.0"]),
    ]:
        torch.manual_seed(seed_of(name))
        model = tiny_networks.enliven(build(), seed_of(name))
        export(index, name, model, layers, shape=[3, 20, 20], suffix=suffix, log=log)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--old", action="store_true", help="only the two networks meant for an old PyTorch")
    parser.add_argument("--log", action="store_true", help="say how lively each layer is")
    parser.add_argument("only", nargs="*", help="names of networks; all by default")
    args = parser.parse_args()
    torch.set_num_threads(1)
    MODELS.mkdir(parents=True, exist_ok=True)
    index = Index()
    if args.old:
        old_networks(index, args.log)
    else:
        torchvision_networks(index, args.only, args.log)
        special_networks(index, args.only, args.log)
        transformer_networks(index, args.only, args.log)
        frozen_networks(index, args.only)
        hungry_networks(args.only)
    index.write()
    print(f"{sum(f.stat().st_size for f in MODELS.iterdir()) / 1e6:.2f} MB in {MODELS.name}/")


if __name__ == "__main__":
    # Scripting numbers the classes in the order of a set.
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    sys.exit(main())
