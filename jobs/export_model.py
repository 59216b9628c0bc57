#!/usr/bin/env python3
"""Exports an image classifier of torchvision or timm for CamAtlas.

    python export_model.py --model resnet50 --weights DEFAULT --out resnet50.pt
    python export_model.py --model convnext_tiny --source timm --weights default --out convnext.pt
    python export_model.py --model resnet18 --num-classes 5 --state-dict mine.pth --classes names.txt --out mine.pt

Writes a TorchScript archive and beside it a .json file that says how images are prepared, what the classes are
called, and which layer to look at first. The archive is traced with a batch of two and checked with a batch of
three. Needs PyTorch, and torchvision or timm.
"""

import argparse
import difflib
import json
import math
import pathlib
import sys
import warnings

import torch
from torch import nn

POOLING = (nn.MaxPool2d, nn.AvgPool2d, nn.AdaptiveAvgPool2d, nn.AdaptiveMaxPool2d)
IMAGENET_MEAN = [0.485, 0.456, 0.406]
IMAGENET_STD = [0.229, 0.224, 0.225]


class Refused(Exception):
    """A setting that cannot be followed; the message names the value, the rule and the remedy."""


def closest(name, names):
    near = difflib.get_close_matches(name, names, 4, 0.5)
    return "; closest are " + ", ".join(f"'{n}'" for n in near) if near else ""


# Models


def from_torchvision(args):
    """Returns the model, its preparation of images and its class names or None."""
    try:
        from torchvision import models
    except ImportError as e:
        raise Refused(f"source is 'torchvision', which cannot be imported ({e}); install it with 'pip install torchvision'.")
    known = models.list_models(module=models)
    if args.model not in known:
        raise Refused(f"model is '{args.model}'; torchvision has no classifier of that name{closest(args.model, known)}.")
    settings = {} if args.num_classes is None else {"num_classes": args.num_classes}
    if args.weights == "none":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = models.get_model(args.model, weights=None, **settings)
        size = args.input_size or (299 if args.model == "inception_v3" else 224)
        return model, preparation(math.floor(size / 0.875 + 0.5), "bilinear", size, IMAGENET_MEAN, IMAGENET_STD), None
    choices = models.get_model_weights(args.model)
    if args.weights not in choices.__members__:
        offered = ", ".join(f"'{n}'" for n in [*choices.__members__, "none"])
        raise Refused(f"weights is '{args.weights}'; '{args.model}' has {offered}. Choose one of these.")
    weights = choices[args.weights]
    names = list(weights.meta["categories"])
    check_pretrained_classes(args, len(names))
    model = models.get_model(args.model, weights=weights)
    steps = weights.transforms()
    crop, resize = steps.crop_size[0], steps.resize_size[0]
    if args.input_size:
        resize, crop = math.floor(args.input_size * resize / crop + 0.5), args.input_size
    return model, preparation(resize, steps.interpolation.value, crop, steps.mean, steps.std), names


def from_timm(args):
    try:
        import timm
        from timm.data import resolve_data_config
    except ImportError as e:
        raise Refused(f"source is 'timm', which cannot be imported ({e}); install it with 'pip install timm'.")
    architecture, _, tag = args.model.partition(".")
    known = timm.list_models()
    if architecture not in known:
        raise Refused(f"model is '{args.model}'; timm has no model of that name{closest(architecture, known)}.")
    pretrained = args.weights != "none"
    if pretrained:
        tags = [name.partition(".")[2] for name in timm.list_pretrained(architecture + "*")
                if name.partition(".")[0] == architecture]
        if args.weights.lower() != "default":
            tag = args.weights
        if not tags or (tag and tag not in tags):
            offered = ", ".join(f"'{t}'" for t in ["default", *tags, "none"]) if tags else "'none' only"
            raise Refused(f"weights is '{args.weights}'; '{architecture}' has {offered}. Choose one of these.")
    name = f"{architecture}.{tag}" if tag else architecture
    settings = {} if args.num_classes is None else {"num_classes": args.num_classes}
    try:
        config = timm.get_pretrained_cfg(name)
        if pretrained and config is not None:
            check_pretrained_classes(args, config.num_classes)
        try:
            model = timm.create_model(name, pretrained=pretrained, scriptable=args.script, **settings)
        except TypeError:
            model = timm.create_model(name, pretrained=pretrained, **settings)
    except RuntimeError as e:
        raise Refused(f"model is '{args.model}'; timm cannot make it: {e}.")
    data = resolve_data_config({}, model=model)
    _, height, width = data["input_size"]
    if height != width:
        raise Refused(f"model is '{args.model}' with images of {height}x{width}; only square ones are exported. "
                      "Choose another model.")
    crop = args.input_size or height
    mode = data.get("crop_mode", "center")
    if mode == "squash":
        side = math.floor(crop / data["crop_pct"])
        resize = [side, side]
    elif mode == "center":
        resize = math.floor(crop / data["crop_pct"])
    else:
        raise Refused(f"model is '{args.model}', whose images are cropped by '{mode}'; only 'center' and 'squash' can be "
                      "written down. Choose another model.")
    names = None
    if pretrained and config is not None and model.num_classes == 1000:
        from timm.data import ImageNetInfo

        info = ImageNetInfo("imagenet-1k")
        names = [info.index_to_description(i) for i in range(1000)]
    return model, preparation(resize, data["interpolation"], crop, data["mean"], data["std"]), names


def check_pretrained_classes(args, classes):
    if args.num_classes is not None and args.num_classes != classes:
        raise Refused(f"num-classes is {args.num_classes}, but the weights '{args.weights}' have {classes} classes; leave it "
                      "out, or give weights of your own with --state-dict and --weights none.")


def preparation(resize, interpolation, crop, mean, std):
    if interpolation not in ("bilinear", "bicubic"):
        raise Refused(f"images are resized by '{interpolation}'; only 'bilinear' and 'bicubic' can be written down. Choose "
                      "another model.")
    return {"channels": "rgb", "resize": resize, "interpolation": interpolation, "crop": [crop, crop],
            "mean": [float(v) for v in mean], "std": [float(v) for v in std]}


def load_own_weights(model, file):
    if not file.is_file():
        raise Refused(f"state-dict is '{file}'; there is no such file.")
    try:
        state = torch.load(file, map_location="cpu", weights_only=True)
    except Exception as e:
        raise Refused(f"state-dict is '{file}'; PyTorch cannot read it as a file of tensors only ({type(e).__name__}). Save it "
                      "with torch.save(model.state_dict(), file).")
    for key in ("state_dict", "model", "model_state_dict"):
        if isinstance(state, dict) and isinstance(state.get(key), dict):
            state = state[key]
    if not isinstance(state, dict):
        raise Refused(f"state-dict is '{file}'; it holds a {type(state).__name__}. Save it with "
                      "torch.save(model.state_dict(), file).")
    state = {key.removeprefix("module."): value for key, value in state.items()}
    try:
        model.load_state_dict(state)
    except RuntimeError as e:
        lines = [line.strip() for line in str(e).splitlines()[1:4]]
        raise Refused(f"state-dict is '{file}'; it does not fit the model: {' '.join(lines)[:400]} Check --model and "
                      "--num-classes.")


# Layers


def scores_of(output):
    """The first tensor, where a model returns several."""
    if isinstance(output, torch.Tensor):
        return output
    return scores_of(next(iter(output.values())) if isinstance(output, dict) else output[0])


def first_layer_to_look_at(model, x):
    """Path of the last module with convolutions whose output is [N,C,h,w] with h*w > 1; None where there is none.

    Of modules that return the same tensor it is the outermost. What ends in pooling is passed over for what stands
    before the pooling, and so is a convolution that makes the scores themselves. Also returns how far into
    the network the layer stands, from 0 to 1.
    """
    calls = []
    paths = {module: path for path, module in model.named_modules()}

    def hook(module, args, output):
        calls.append((module, output))

    handles = [module.register_forward_hook(hook) for module in paths if module is not model]
    try:
        with torch.no_grad():
            classes = scores_of(model(x)).shape[1]
    finally:
        for handle in handles:
            handle.remove()
    spatial = lambda out: (isinstance(out, torch.Tensor) and out.dim() == 4 and out.shape[2] == out.shape[3] > 1)
    pooled = {id(out) for module, out in calls if isinstance(module, POOLING)}
    found = None
    for place, (module, out) in enumerate(calls):
        convolves = any(isinstance(m, nn.Conv2d) for m in module.modules())
        if convolves and spatial(out) and id(out) not in pooled and out.shape[1] != classes:
            found = paths[module], (place + 1) / len(calls)
    return found or (None, 0.0)


# Archive


def archive(model, x, script):
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if script:
            try:
                return torch.jit.script(model)
            except Exception as e:
                first = str(e).strip().splitlines()[0]
                raise Refused(f"script is on, but the model cannot be scripted ({first}); leave --script out to trace it.")
        return torch.jit.trace(model, x, check_trace=False, strict=False)


def check(file, model, x):
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wanted = scores_of(model(x))
        try:
            got = scores_of(torch.jit.load(str(file))(x))
        except RuntimeError as e:
            last = str(e).strip().splitlines()[-1]
            raise Refused(f"the archive '{file}' does not run on a batch of {len(x)} ({last}); its batch size is fixed. "
                          "Try --script.")
    gap = (got - wanted).abs().max().item() / max(wanted.abs().max().item(), 1e-12)
    if not gap < 1e-3:
        raise Refused(f"the archive '{file}' gives scores that differ from the model's by {gap:.1e} on a batch of {len(x)}; "
                      "tracing has fixed something that depends on the input. Try --script.")
    return wanted.shape[1]


def class_names(args, names, count):
    if args.classes is None:
        return names if names is not None and len(names) == count and not args.state_dict else None
    if not args.classes.is_file():
        raise Refused(f"classes is '{args.classes}'; there is no such file.")
    names = [line.strip() for line in args.classes.read_text(encoding="utf-8").splitlines() if line.strip()]
    if len(names) != count:
        raise Refused(f"classes is '{args.classes}' with {len(names)} names, but the model has {count} scores; write one name "
                      "a line.")
    return names


def export(args):
    if args.out.suffix != ".pt":
        raise Refused(f"out is '{args.out}'; it must end in .pt, since the .json of that name is written beside it.")
    if not args.out.resolve().parent.is_dir():
        raise Refused(f"out is '{args.out}'; there is no folder '{args.out.parent}'. Make it first.")
    for name in ("num_classes", "input_size"):
        value = getattr(args, name)
        if value is not None and value < 1:
            raise Refused(f"{name.replace('_', '-')} is {value}; it must be at least 1.")
    torch.manual_seed(args.seed)
    try:
        model, prepared, names = from_timm(args) if args.source == "timm" else from_torchvision(args)
    except OSError as e:
        raise Refused(f"weights is '{args.weights}', which cannot be fetched ({e}). Fetch them where there is a network and give "
                      "them with --state-dict.")
    if args.state_dict:
        load_own_weights(model, args.state_dict)
    model.eval()
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    side = prepared["crop"][0]
    try:
        layer, depth = first_layer_to_look_at(model, torch.rand(2, 3, side, side))
    except (RuntimeError, ValueError, AssertionError) as e:
        first = str(e).strip().splitlines()[0] if str(e) else type(e).__name__
        raise Refused(f"input-size is {side}; the model does not run on images of {side}x{side} ({first}). Choose another "
                      "--input-size.")
    # The file appears under its name only once it is whole and checked.
    partial = args.out.with_name(args.out.name + ".part")
    try:
        torch.jit.save(archive(model, torch.rand(2, 3, side, side), args.script), str(partial))
        count = check(partial, model, torch.rand(3, 3, side, side))
        names = class_names(args, names, count)
        partial.replace(args.out)
    finally:
        partial.unlink(missing_ok=True)
    sidecar = {"name": args.model}
    if names:
        sidecar["classes"] = names
    if layer:
        sidecar["layer"] = layer
    sidecar |= {"scores": "logits", "input": prepared}
    described = args.out.with_suffix(".json")
    described.write_text(json.dumps(sidecar, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"Wrote {args.out} ({args.out.stat().st_size / 1e6:.1f} MB, {'scripted' if args.script else 'traced'}, {count} scores) "
          f"and {described} (layer {layer}).")
    if not layer:
        print("No layer of this model returns [N,C,h,w]; class activation maps need one. Choose a convolutional model.",
              file=sys.stderr)
    elif depth < 0.5:
        print(f"'{layer}' is the last layer that returns [N,C,h,w], and it stands early; maps of it say little. Choose a "
              "convolutional model.", file=sys.stderr)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", required=True, help="name of the model, for example resnet50")
    parser.add_argument("--source", choices=("torchvision", "timm"), default="torchvision")
    parser.add_argument("--weights", default="none",
                        help="torchvision: DEFAULT or a name such as IMAGENET1K_V1; timm: default or a tag such as a1_in1k; "
                             "none (the default): random, or those of --state-dict")
    parser.add_argument("--state-dict", type=pathlib.Path, metavar="FILE", help="weights of your own, from torch.save(model.state_dict(), FILE)")
    parser.add_argument("--num-classes", type=int, metavar="N", help="number of scores; the model's own by default")
    parser.add_argument("--classes", type=pathlib.Path, metavar="FILE", help="names of the classes, one a line, UTF-8")
    parser.add_argument("--script", action="store_true", help="script the model instead of tracing it")
    parser.add_argument("--input-size", type=int, metavar="N", help="height and width of the input; the weights' own by default")
    parser.add_argument("--seed", type=int, default=0, help="of random weights")
    parser.add_argument("--out", type=pathlib.Path, required=True, metavar="FILE.pt")
    try:
        export(parser.parse_args())
    except Refused as e:
        print(e, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
