"""Writes the archives of heads whose linearity is to be judged, and checks with autograd what their names say.

    python export_heads.py
    python export_heads.py --seed 7 --count 5000 --folder /tmp/heads     other heads, for a look
"""

import argparse
import contextlib
import copy
import importlib.util

import io
import os
import pathlib
import sys
import tempfile
import warnings
import zipfile

import torch

from export_fixtures import MODELS, scripted_without_folders

IMAGES = 6


def images(seed, count=IMAGES):
    """Images of several sizes of contrast and brightness."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn([count, 3, 8, 8], generator=generator)
    return x * torch.linspace(0.5, 3, count)[:, None, None, None] + torch.linspace(-1, 1, count)[:, None, None, None]


def gradients(model, method, x, classes):
    """Gradients of some classes at the layer, one image at a time, as the probe takes them."""
    found = []
    for image in x:
        leaf = None

        def hook(module, args, output):
            nonlocal leaf
            leaf = output.detach().requires_grad_()
            return leaf.clone()

        handle = model.layer.register_forward_hook(hook)
        try:
            scores = getattr(model, method)(image[None].clone())
        finally:
            handle.remove()
        rows = []
        for c in classes:
            rows.append(torch.autograd.grad(scores[0, c], leaf, retain_graph=True, allow_unused=True)[0])
            rows[-1] = torch.zeros_like(leaf) if rows[-1] is None else rows[-1]
        found.append(torch.cat(rows))
    return torch.stack(found)


def is_affine(model, method, seed=1):
    """Whether gradients are the same for all images and in two passes, to rounding."""
    classes = range(0, 10, 3)
    found = torch.cat([gradients(model, method, images(s), classes) for s in (seed, seed + 1)])
    largest = found.abs().max()
    if largest == 0:
        raise RuntimeError(f"{method} has no gradient")
    return bool((found - found[:1]).abs().max() <= 1e-5 * largest)


def save(module, file):
    torch.jit.save(module, str(file))
    compressed(file)
    print(f"  {file.name}: {file.stat().st_size // 1024} kB")


def compressed(file):
    """Leaves out debug entries and compresses the others; nobody runs these archives for speed."""
    whole = file.read_bytes()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for entry in old.infolist():
            if not entry.filename.endswith(".debug_pkl"):
                new.writestr(zipfile.ZipInfo(entry.filename), old.read(entry), zipfile.ZIP_DEFLATED)


def methods(model):
    return [name for name in dir(type(model)) if hasattr(getattr(type(model), name), "_torchscript_modifier")
            and not hasattr(torch.nn.Module, name)]


def side_paths():
    import side_paths as paths

    torch.manual_seed(3)
    model = paths.SidePaths().eval()
    scripted = scripted_without_folders(model)
    for method in methods(model):
        # A model of its own for each, as some leave traces in it.
        torch.manual_seed(3)
        affine = is_affine(paths.SidePaths().eval(), method)
        if affine != method.startswith("affine_"):
            print(f"  WARNING: {method} is {'' if affine else 'not '}affine")
    save(scripted, MODELS / "side-paths-scripted.pt")


def imported(source):
    """A module of the given text; scripting wants to read it from a file."""
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "generated_heads.py").write_text(source)
    spec = importlib.util.spec_from_file_location("generated_heads", folder / "generated_heads.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def built(source, seed):
    torch.manual_seed(seed)
    return imported(source).Heads().eval().requires_grad_(False)


def short_heads():
    import random_heads as generator
    import short_heads as short

    listed = list(short.heads())
    eager = built(short.preamble() + "".join(generator.method(name, lines, True) for name, lines in listed), 3)
    for name, lines in listed:
        torch.manual_seed(1)
        with contextlib.redirect_stdout(io.StringIO()):
            affine = is_affine(copy.deepcopy(eager), name)
        if affine != name.startswith("affine_"):
            print(f"  WARNING: {name} is {'' if affine else 'not '}affine: {lines}")
    source = short.preamble() + "".join(generator.method(name, lines, False) for name, lines in listed)
    save(scripted_without_folders(built(source, 3)), MODELS / "short-heads-scripted.pt")


def random_heads(seed, count, traced, file):
    """Many heads in one archive, each a method whose name says what autograd found."""
    import random_heads as generator

    # Some cannot be differentiated, as they change what is needed for it.
    found = generator.heads(seed, count + count // 2, traced)
    first = built(generator.PREAMBLE + "".join(generator.method(f"head_{i}", lines, True)
                                               for i, (lines, _) in enumerate(found)), seed)
    source, listing, names = generator.PREAMBLE, [], []
    for i, (lines, pieces) in enumerate(found):
        torch.manual_seed(i)
        try:
            # A model of its own for each, as some leave traces in it.
            affine = is_affine(copy.deepcopy(first), f"head_{i}")
        except RuntimeError as error:
            if "modified by an inplace operation" in str(error) or "no gradient" in str(error):
                continue
            raise
        names.append(f"{'affine' if affine else 'other'}_{len(names)}")
        source += generator.method(names[-1], lines, traced)
        listing.append(f"{names[-1]}: {', '.join(pieces)}")
        if len(names) == count:
            break
    assert len(names) == count
    model = built(source, seed)
    if traced:
        x = images(seed, 1)
        with torch.no_grad():
            archive = torch.jit.trace_module(model, {"forward": x} | {name: x for name in names}, check_trace=False)
    else:
        archive = scripted_without_folders(model)
    save(archive, file)
    print(f"  {sum(name.startswith('affine') for name in names)} of {count} are affine")
    return listing


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--traced", type=int, default=150)
    parser.add_argument("--folder", type=pathlib.Path, default=MODELS)
    args = parser.parse_args()
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    if args.seed is None:
        side_paths()
        short_heads()
    seed = args.seed or 11
    for kind, count in (("scripted", args.count), ("traced", args.traced)):
        listing = random_heads(seed, count, kind == "traced", args.folder / f"random-heads-{kind}.pt")
        if args.folder != MODELS:
            (args.folder / f"random-heads-{kind}.txt").write_text("\n".join(listing) + "\n")


if __name__ == "__main__":
    # Scripting numbers the classes in the order of a set.
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    sys.exit(main())
