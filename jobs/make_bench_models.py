"""Writes the networks of `camatlas bench`: TorchScript archives without their weights.

    python jobs/make_bench_models.py

Needs torch and torchvision. Each archive is kept as it is but for the weights, for which stands a list
storages.csv: name of the storage, how many numbers it has, and the mean and standard deviation that random
ones are drawn with. camatlas bench draws them.
"""

import io
import pathlib
import zipfile

import torch
import torchvision

OUT = pathlib.Path(__file__).resolve().parents[1] / "src/bench/resources/io/camatlas/bench"
MODELS = ["vgg16", "squeezenet1_1", "densenet121", "resnet50"]


def laws(model):
    """Mean and standard deviation of every weight, so that activations neither vanish nor explode."""
    found = {}
    for path, module in model.named_modules():
        for name, tensor in list(module.named_parameters(recurse=False)) + list(module.named_buffers(recurse=False)):
            fan_in = tensor[0].numel() if tensor.dim() > 1 else 1
            if name == "weight" and tensor.dim() > 1:
                law = (0.0, (2 / fan_in) ** 0.5)
            elif name in ("weight", "running_var"):
                # The last norm of a residual block is weak, else blocks would add up without bound.
                law = (0.3 if path.endswith(("bn3", "bn2")) else 1.0, 0.05)
            else:
                law = (0.0, 0.05)
            found[f"{path}.{name}"] = (tensor, law)
    return found


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for name in MODELS:
        torch.manual_seed(0)
        model = getattr(torchvision.models, name)(weights=None).eval()
        tensors = laws(model)
        for tensor, _ in tensors.values():
            if tensor.is_floating_point():
                # Tells one storage from another.
                tensor.data.uniform_(-1, 1)
        archive = io.BytesIO()
        traced = torch.jit.trace(model, torch.randn(1, 3, 64, 64), check_trace=False)
        torch.jit.save(traced, archive)
        by_bytes = {t.detach().contiguous().numpy().tobytes(): (t, law) for t, law in tensors.values()}
        rows = []
        with zipfile.ZipFile(archive) as whole, zipfile.ZipFile(OUT / f"{name}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as bare:
            for entry in sorted(whole.namelist()):
                data = whole.read(entry)
                folder, _, inner = entry.partition("/")
                if inner.startswith("data/"):
                    tensor, (mean, deviation) = by_bytes[data]
                    kind = "float32" if tensor.dtype == torch.float32 else "int64"
                    rows.append(f"{inner[5:]},{kind},{tensor.numel()},{mean},{deviation:.6g}")
                elif not inner.endswith(".debug_pkl") and not inner.startswith("traced_inputs"):
                    info = zipfile.ZipInfo(name + "/" + inner, (1980, 1, 1, 0, 0, 0))
                    info.compress_type = zipfile.ZIP_DEFLATED
                    bare.writestr(info, data)
            bare.writestr(zipfile.ZipInfo("storages.csv", (1980, 1, 1, 0, 0, 0)), "\n".join(rows) + "\n")
        print(name, (OUT / f"{name}.zip").stat().st_size // 1024, "kB")


if __name__ == "__main__":
    main()
