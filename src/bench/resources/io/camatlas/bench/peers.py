"""Other tools' versions of a measurement, for `camatlas bench --against PYTHON`.

Reads one JSON object a line and answers each with one. The first says what to measure; then
{"run": NAME} does it once and answers with seconds. Needs torch and torchvision, and torchcam (torch-cam)
or grad-cam (pytorch-grad-cam); what is not there is left out.
"""

import json
import sys
import time
import warnings

warnings.filterwarnings("ignore")
answers = sys.stdout
# Whatever libraries print is not an answer.
sys.stdout = sys.stderr


def answer(**fields):
    print(json.dumps(fields), file=answers, flush=True)


def versions(*packages):
    from importlib import metadata

    found = {}
    for package in packages:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            pass
    return found


def main():
    task = json.loads(sys.stdin.readline())
    import numpy
    import torch
    import torchvision

    torch.set_num_threads(task["threads"])
    device = torch.device(task["device"])
    tf32 = task["precision"] == "tf32"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
    numbers = getattr(torch, task["precision"], torch.float32)

    def wait():
        if device.type == "cuda":
            torch.cuda.synchronize()

    torch.manual_seed(0)
    model = getattr(torchvision.models, task["model"])(weights=None).eval()
    model.load_state_dict(torch.jit.load(task["archive"]).state_dict())
    model = model.to(device, numbers)
    # torch-cam draws noise in the default type, which must be that of the weights.
    torch.set_default_dtype(numbers)
    layer = model.get_submodule(task["layer"])
    pixels = numpy.fromfile(task["pixels"], dtype="<f4").reshape(task["shape"])
    images = torch.from_numpy(pixels).to(device, numbers)
    samples = task["samples"]
    # The noise's scale is the images' range; the tools take one for a batch.
    sigma = task["sigma"] * float(images.max() - images.min())
    there = versions("torch", "torchvision", "torchcam", "grad-cam")
    ways = {}

    def plain():
        with torch.no_grad():
            model(images)

    def plain_without_onednn():
        with torch.backends.mkldnn.flags(enabled=False):
            plain()

    ways["plain forward"] = plain
    if device.type == "cpu":
        ways["plain forward without oneDNN"] = plain_without_onednn
    with torch.no_grad():
        classes = model(images).argmax(1).tolist()

    if "torchcam" in there:
        from torchcam.methods import SmoothGradCAMpp

        def torch_cam():
            extractor = SmoothGradCAMpp(model, layer, num_samples=samples, std=sigma)
            try:
                extractor(classes, model(images))
            finally:
                extractor.remove_hooks()

        ways["torch-cam SmoothGradCAMpp"] = torch_cam

    if "grad-cam" in there:
        from pytorch_grad_cam import GradCAMPlusPlus
        from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget

        targets = [ClassifierOutputTarget(c) for c in classes]

        def pytorch_grad_cam():
            with GradCAMPlusPlus(model=model, target_layers=[layer]) as cam:
                total = 0
                for _ in range(samples):
                    total = total + cam(images + sigma * torch.randn_like(images), targets)
                return total / samples

        ways["pytorch-grad-cam GradCAMPlusPlus on noisy copies"] = pytorch_grad_cam

    answer(ways=list(ways), versions=there)
    for line in sys.stdin:
        way = ways[json.loads(line)["run"]]
        wait()
        start = time.perf_counter()
        try:
            way()
            wait()
        except Exception as problem:
            answer(problem=f"{type(problem).__name__}: {problem}")
            continue
        answer(seconds=time.perf_counter() - start)


if __name__ == "__main__":
    try:
        main()
    except Exception as problem:
        answer(problem=f"{type(problem).__name__}: {problem}")
