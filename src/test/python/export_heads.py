"""Writes the archives of heads whose linearity is to be judged, and checks with autograd what their names say.

    python export_heads.py
"""

import os
import pathlib
import sys
import zlib

import torch

from export_fixtures import MODELS, rewritten, scripted_without_folders

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
    assert largest > 0, method
    return bool((found - found[:1]).abs().max() <= 1e-5 * largest)


def save(module, name):
    file = MODELS / name
    torch.jit.save(module, str(file))
    compressed(file)
    print(f"  {name}: {file.stat().st_size // 1024} kB")


def compressed(file):
    """Leaves out debug entries and compresses the others; nobody runs these archives for speed."""
    import io
    import zipfile

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
    save(scripted, "side-paths-scripted.pt")


def main():
    torch.set_num_threads(1)
    side_paths()


if __name__ == "__main__":
    # Scripting numbers the classes in the order of a set.
    if os.environ.get("PYTHONHASHSEED") != "0":
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, "PYTHONHASHSEED": "0"})
    sys.exit(main())
