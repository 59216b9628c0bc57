#!/usr/bin/env python3
"""Turns a torchvision or timm classifier into what `camatlas explain` takes.

Writes FILE.pt, a TorchScript archive, and FILE.json beside it: class names, preprocessing, and the
layer to explain. The archive is compared with the model on a batch of another size before it
replaces anything. Needs torch, and torchvision or timm.
"""

import argparse
import difflib
import importlib
import json
import math
import os
import re
import sys
import warnings
from pathlib import Path

EXAMPLE = """\
examples:
  torchvision's ResNet-50 with its best ImageNet weights:
    python3 jobs/export_model.py --model resnet50 --out resnet50.pt
    jobs/camatlas layers resnet50.pt

  a checkpoint of your own, with five classes named one a line in flowers.txt:
    python3 jobs/export_model.py --model resnet50 --state-dict best.pth \\
        --num-classes 5 --classes flowers.txt --out flowers.pt

  timm:
    python3 jobs/export_model.py --source timm --model mobilenetv3_small_100 --out small.pt
"""

TOLERANCE = 1e-4
LONGEST_SIDE = 2047
IMAGENET_MEAN = [0.485, 0.456, 0.406]
IMAGENET_STD = [0.229, 0.224, 0.225]
# Run in training only, so a checkpoint may lack them or have them in excess.
AUXILIARY = ("aux1.", "aux2.", "AuxLogits.")
POOLING = re.compile(r"Pool(ing)?(\dd)?(Same)?$")
NO_STAGE = re.compile(r"(Identity|Dropout\d?d?|DropPath|StochasticDepth|Softmax\d?d?|Flatten)$")


class Refused(Exception):
    """Something that the user can set right; the message says how."""


def warn(text):
    print(f"export_model: warning: {text}", file=sys.stderr)


def nearest(name, known, count=3):
    found = difflib.get_close_matches(name, known, count, 0)
    return f"The nearest are {', '.join(found)}." if found else ""


def lines_of(error):
    plain = re.sub(r"\x1b\[[0-9;]*m", "", str(error))
    lines = [line.strip() for line in plain.splitlines() if line.strip()]
    return lines or [type(error).__name__]


def first_line(error):
    return lines_of(error)[0].rstrip(".!")


def reason(error):
    """The line of PyTorch's long messages that says what is wrong."""
    for line in reversed(lines_of(error)):
        if re.match(r"(\w+\.)*\w*(Error|Exception): ", line):
            return line.rstrip(".!")
    return first_line(error)


def load_library(name, *together):
    """Imports a library; `together` are those to install with it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Refused(
            f"Python cannot import {name} ({first_line(error)}), which this export needs."
            f" Install it: {sys.executable} -m pip install {' '.join((name, *together))}"
        ) from error


# --- models ---------------------------------------------------------------------------------------


def check_class_count(given, has, weights):
    if given is not None and given != has:
        raise Refused(
            f"--num-classes is {given}, but the weights {weights} have {has} classes; the two must"
            " agree, since other classes need a head that was trained. Leave --num-classes away, or"
            " give your trained checkpoint: --state-dict FILE --num-classes"
            f" {given} (random weights: --weights none)."
        )


def torchvision_model(given, weights_name):
    """The model, its class names (none: empty) and its preprocessing."""
    load_library("torchvision")
    from torchvision import models

    if not hasattr(models, "get_model_weights"):
        raise Refused(
            "torchvision is too old; this export needs 0.14 or newer. Upgrade it:"
            f" {sys.executable} -m pip install --upgrade torch torchvision"
        )
    known = models.list_models(module=models)
    if given.model not in known:
        raise Refused(
            f"--model is '{given.model}'; it must be a classifier of torchvision."
            f" {nearest(given.model, known)} For a model of timm add --source timm."
        )
    available = models.get_model_weights(given.model)
    weights = None
    if weights_name == "default":
        weights = available.DEFAULT
    elif weights_name != "none":
        names = [name for name in available.__members__ if name != "DEFAULT"]
        if weights_name not in names:
            raise Refused(
                f"--weights is '{weights_name}'; for {given.model} it must be one of"
                f" {', '.join(names + ['default', 'none'])}."
            )
        weights = available[weights_name]
    options = {}
    classes = []
    if weights is None:
        if given.num_classes is not None:
            options["num_classes"] = given.num_classes
        preprocessing = imagenet_input()
    else:
        classes = list(weights.meta.get("categories") or [])
        check_class_count(given.num_classes, len(classes), weights)
        preprocessing = torchvision_input(weights.transforms())
    try:
        model = models.get_model(given.model, weights=weights, **options)
    except OSError as error:
        raise no_download(weights, error) from error
    return model, classes, preprocessing


def timm_model(given, weights_name):
    timm = load_library("timm")
    if not hasattr(timm.data, "resolve_model_data_config"):
        raise Refused(
            "timm is too old; this export needs 0.9 or newer. Upgrade it:"
            f" {sys.executable} -m pip install --upgrade timm"
        )
    name, _, tag = given.model.partition(".")
    if not timm.is_model(name):
        raise Refused(
            f"--model is '{given.model}'; it must be a model of timm."
            f" {nearest(name, timm.list_models())} For a model of torchvision leave --source away."
        )
    if weights_name not in ("default", "pretrained", "none"):
        if tag and tag != weights_name:
            raise Refused(
                f"--weights is '{weights_name}', but --model names the weights '{tag}'; name them"
                " once."
            )
        tag = weights_name
    pretrained = weights_name != "none"
    tagged = [
        known.partition(".")[2]
        for known in timm.list_models(f"{name}.*", pretrained=True)
        if known.partition(".")[0] == name
    ]
    if tag and tag not in tagged:
        raise Refused(
            f"the weights '{tag}' are not known; for {name} --weights must be one of"
            f" {', '.join(tagged + ['default', 'none'])}."
        )
    if pretrained and name not in timm.list_models(name, pretrained=True) and not tagged:
        raise Refused(
            f"--weights is '{weights_name}', but timm has no weights for {name}. Give a checkpoint"
            " with --state-dict FILE, or --weights none for random weights."
        )
    full = f"{name}.{tag}" if tag else name
    options = {"scriptable": given.script, "exportable": True}
    if pretrained:
        has = timm.get_pretrained_cfg(full)
        check_class_count(given.num_classes, has.num_classes if has else None, full)
    elif given.num_classes is not None:
        options["num_classes"] = given.num_classes
    try:
        model = timm.create_model(full, pretrained=pretrained, **options)
    except (OSError, RuntimeError) as error:
        if not pretrained:
            raise
        raise no_download(full, error) from error
    classes = timm_classes(timm, model) if pretrained else []
    return model, classes, timm_input(timm.data.resolve_model_data_config(model))


def timm_classes(timm, model):
    if not hasattr(timm.data, "infer_imagenet_subset"):
        return []
    subset = timm.data.infer_imagenet_subset(model)
    if not subset:
        return []
    info = timm.data.ImageNetInfo(subset)
    return [info.index_to_description(index) for index in range(info.num_classes())]


def no_download(weights, error):
    return Refused(
        f"the weights {weights} cannot be had ({first_line(error)}); they are downloaded on first"
        " use. Run this where the network reaches them, give a downloaded file with --state-dict"
        " FILE, or --weights none for random weights."
    )


# --- preprocessing --------------------------------------------------------------------------------


def imagenet_input():
    return {
        "channels": "rgb",
        "resize": 256,
        "interpolation": "bilinear",
        "crop": [224, 224],
        "mean": IMAGENET_MEAN,
        "std": IMAGENET_STD,
    }


def interpolation(name):
    if name in ("bilinear", "bicubic"):
        return name
    warn(f"the model's preprocessing resizes '{name}'; CamAtlas does bilinear and bicubic. The"
         " sidecar says bicubic, so scores may differ a little.")
    return "bicubic"


def torchvision_input(transforms):
    missing = [
        name
        for name in ("crop_size", "resize_size", "interpolation", "mean", "std")
        if not hasattr(transforms, name)
    ]
    if missing:
        raise Refused(
            f"the weights' preprocessing is {type(transforms).__name__} without"
            f" {', '.join(missing)}; it must be an image classifier's. Choose other weights, or"
            " --weights none with --state-dict."
        )
    crop = list(transforms.crop_size)
    resize = list(transforms.resize_size)
    return {
        "channels": "rgb",
        "resize": resize[0] if len(resize) == 1 else resize,
        "interpolation": interpolation(transforms.interpolation.value),
        "crop": crop * 2 if len(crop) == 1 else crop,
        "mean": list(transforms.mean),
        "std": list(transforms.std),
    }


def timm_input(config):
    planes, height, width = config["input_size"]
    if planes not in (1, 3):
        raise Refused(
            f"the model takes {planes} channels; CamAtlas feeds 3 (RGB) or 1 (gray). Choose another"
            " model."
        )
    share = config["crop_pct"] or 1.0
    mode = config.get("crop_mode") or "center"
    scaled = [math.floor(height / share), math.floor(width / share)]
    if mode == "border":
        warn("the model's preprocessing fits the longer side and pads; the sidecar resizes the"
             " shorter side and crops, so scores may differ.")
    elif mode != "squash" and height != width:
        warn("the model's input is not square; the sidecar resizes to it without keeping the aspect"
             " ratio, so scores may differ.")
    resize = scaled[0] if mode != "squash" and height == width else scaled
    return {
        "channels": "rgb" if planes == 3 else "gray",
        "resize": resize,
        "interpolation": interpolation(config["interpolation"]),
        "crop": [height, width],
        "mean": [float(value) for value in config["mean"]],
        "std": [float(value) for value in config["std"]],
    }


def resized(preprocessing, side):
    """The same preprocessing for a square input of another side."""
    height, width = preprocessing["crop"]
    resize = preprocessing["resize"]
    if isinstance(resize, list):
        new = [round(resize[0] * side / height), round(resize[1] * side / width)]
    else:
        new = round(resize * side / min(height, width))
    if isinstance(new, int):
        new = min(new, LONGEST_SIDE)
    else:
        new = [min(value, LONGEST_SIDE) for value in new]
    return {**preprocessing, "resize": new, "crop": [side, side]}


# --- checkpoints ----------------------------------------------------------------------------------


def read_checkpoint(torch, file):
    if not file.is_file():
        raise Refused(
            f"--state-dict is {file}; it must be a file, and there is none. Check the path."
        )
    try:
        if file.suffix == ".safetensors":
            load_library("safetensors")
            from safetensors.torch import load_file

            found = load_file(str(file))
        else:
            found = torch.load(str(file), map_location="cpu", weights_only=True)
    except Refused:
        raise
    except Exception as error:
        raise Refused(
            f"--state-dict is {file}, which cannot be read as weights alone"
            f" ({first_line(error).partition('. ')[0]})."
            " It must hold tensors by name, not a pickled model; save it so:"
            " torch.save(model.state_dict(), FILE)"
        ) from error
    while isinstance(found, dict):
        for key in ("state_dict", "model", "model_state_dict"):
            if isinstance(found.get(key), dict):
                found = found[key]
                break
        else:
            break
    if not isinstance(found, dict) or not found:
        raise Refused(
            f"--state-dict is {file}, which holds a {type(found).__name__}; it must hold tensors by"
            " name, alone or under 'state_dict' or 'model'. Save it with"
            " torch.save(model.state_dict(), FILE)"
        )
    state = {str(key): value for key, value in found.items() if isinstance(value, torch.Tensor)}
    if not state:
        raise Refused(
            f"--state-dict is {file}, which has the keys {', '.join(map(str, list(found)[:5]))} and"
            " no tensor among them; it must hold tensors by name, alone or under 'state_dict' or"
            " 'model'. Save it with torch.save(model.state_dict(), FILE)"
        )
    return state


def strip_prefixes(state, own):
    """Takes off what DataParallel, torch.compile and Lightning put before every name."""
    while True:
        for prefix in ("module.", "_orig_mod.", "model."):
            ours = any(key.startswith(prefix) for key in own)
            if not ours and all(key.startswith(prefix) for key in state):
                state = {key[len(prefix):]: value for key, value in state.items()}
                break
        else:
            return state


def load_checkpoint(torch, model, file, given):
    own = model.state_dict()
    state = strip_prefixes(read_checkpoint(torch, file), own)
    missing = [
        key
        for key in own
        if key not in state
        and not key.endswith("num_batches_tracked")
        and not key.startswith(AUXILIARY)
    ]
    excess = [key for key in state if key not in own and not key.startswith(AUXILIARY)]
    other = [
        key
        for key in state
        if key in own and state[key].shape != own[key].shape and not key.startswith(AUXILIARY)
    ]
    if missing or excess:
        parts = []
        if missing:
            shown = ", ".join(missing[:3])
            parts.append(f"it lacks {len(missing)} of the model's tensors ({shown})")
        if excess:
            parts.append(f"it has {len(excess)} that the model lacks ({', '.join(excess[:3])})")
        raise Refused(
            f"--state-dict is {file}, but {' and '.join(parts)}; the names must be those of"
            f" {given.model}. Give the --model and --source that it was trained with."
        )
    if other:
        shown = "; ".join(
            f"{key} is {list(state[key].shape)} there and {list(own[key].shape)} in the model"
            for key in other[:3]
        )
        heads = {(state[key].shape[0], own[key].shape[0]) for key in other if state[key].dim()}
        remedy = "Give the --model that it was trained with."
        if len(heads) == 1:
            remedy = f"If that is its number of classes, add --num-classes {heads.pop()[0]}."
        raise Refused(
            f"--state-dict is {file}, but {shown}; every shape must be the model's. {remedy}"
        )
    model.load_state_dict(
        {
            key: value
            for key, value in state.items()
            if key in own and value.shape == own[key].shape
        },
        strict=False,
    )


# --- layers ---------------------------------------------------------------------------------------


def run_with_hooks(torch, model, inputs):
    """What each module returned, in the order in which they finished."""
    events = []
    handles = []
    for path, module in model.named_modules():
        if path:
            handles.append(
                module.register_forward_hook(
                    # The tensor is kept, or its identity could be another's.
                    lambda module, _, output, path=path: events.append((path, module, output))
                )
            )
    try:
        with torch.no_grad():
            scores = model(inputs)
    finally:
        for handle in handles:
            handle.remove()
    return scores, events


def is_map(torch, output, inputs):
    """Whether this is batch x channels x rows x columns, with more than one pixel."""
    if not isinstance(output, torch.Tensor) or output.dim() != 4:
        return False
    batch, _, rows, columns = output.shape
    # Channels-last stages of transformers have the input's aspect ratio elsewhere.
    expected = columns * inputs.shape[2] / inputs.shape[3]
    return batch == inputs.shape[0] and rows * columns > 1 and abs(rows - expected) <= 1


def default_layer(torch, events, inputs):
    """The outermost of the last modules whose output is a map, before the pooling of the head."""
    pooled = set()
    calls = {}
    found = None
    for index, (path, module, output) in enumerate(events):
        calls[path] = calls.get(path, 0) + 1
        kind = type(module).__name__
        if POOLING.search(kind):
            pooled.add(id(output))
        elif (
            not NO_STAGE.search(kind) and is_map(torch, output, inputs) and id(output) not in pooled
        ):
            found = index
    if found is None:
        return None
    # Where a ReLU serves several places, the probe would see them all; take the module around it.
    last = events[found][2]
    same = [i for i in range(found + 1) if events[i][2] is last]
    once = [i for i in same if calls[events[i][0]] == 1]
    found = once[-1] if once else found
    weighted = [
        i
        for i, (_, module, _) in enumerate(events)
        if any(True for _ in module.parameters(recurse=False))
    ]
    behind = sum(1 for i in weighted if i > found)
    # A transformer's only map is its patch embedding, before everything that it learned.
    return None if behind > len(weighted) / 2 else events[found][0]


def check_layer(torch, layer, model, events, inputs):
    known = [path for path, _ in model.named_modules() if path]
    if layer not in known:
        raise Refused(
            f"--layer is '{layer}'; it must be a module of the model. {nearest(layer, known)}"
        )
    outputs = [output for path, _, output in events if path == layer]
    if any(is_map(torch, output, inputs) for output in outputs):
        return
    if any(isinstance(o, torch.Tensor) and o.dim() == 4 and o[0, 0].numel() > 1 for o in outputs):
        warn(f"--layer is '{layer}', which returns {list(outputs[-1].shape)} for"
             f" {list(inputs.shape)}; it is read as batch x channels x rows x columns. If channels"
             " come last there, its maps mean nothing.")
        return
    returned = (
        "is never called"
        if not outputs
        else f"returns {list(outputs[-1].shape)}"
        if isinstance(outputs[-1], torch.Tensor)
        else f"returns a {type(outputs[-1]).__name__}"
    )
    suggested = default_layer(torch, events, inputs)
    raise Refused(
        f"--layer is '{layer}', which {returned}; it must return batch x channels x rows x columns"
        " with more than one pixel. "
        + (f"Leave it away to get '{suggested}'." if suggested else "Name another one.")
    )


# --- archive --------------------------------------------------------------------------------------


def example(torch, batch, preprocessing, seed):
    shape = (batch, len(preprocessing["mean"]), *preprocessing["crop"])
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def check_scores(torch, scores, batch, name, scripted=False):
    if isinstance(scores, torch.Tensor) and scores.dim() == 2 and scores.shape[0] == batch:
        return scores.shape[1]
    what = (
        f"a tensor of {list(scores.shape)}"
        if isinstance(scores, torch.Tensor)
        else f"a {type(scores).__name__}"
    )
    raise Refused(
        f"{name} returns {what} for a batch of {batch}; it must return one row of scores for each"
        " image. " + ("Leave --script away." if scripted else "Choose a classifier.")
    )


def make_archive(torch, model, inputs, given):
    if given.script:
        try:
            return torch.jit.script(model)
        except Exception as error:
            raise Refused(
                f"torch.jit.script refuses {given.model}: {reason(error)}. Not every model is"
                " written in what it understands; trace it: leave --script away."
            ) from error
    try:
        with torch.no_grad():
            return torch.jit.trace(model, inputs, check_trace=False)
    except Exception as error:
        raise Refused(
            f"torch.jit.trace refuses {given.model}: {reason(error)}. Not every model can be"
            " recorded; compile it: add --script."
        ) from error


def verify(torch, archive, model, preprocessing, given):
    """The largest difference from the model, over the largest score."""
    way, remedy = ("script", "leave --script away") if given.script else ("trace", "add --script")
    worst = 0.0
    # From the second run on, the archive runs optimised.
    for batch, seed in ((3, 2), (3, 3), (1, 4)):
        inputs = example(torch, batch, preprocessing, seed)
        with torch.no_grad():
            expected = model(inputs.clone())
            try:
                actual = archive(inputs.clone())
            except Exception as error:
                raise Refused(
                    f"the archive of torch.jit.{way} fails on a batch of {batch}: {reason(error)}."
                    f" It must take any batch; {remedy}, or choose another model."
                ) from error
        check_scores(torch, actual, batch, f"the archive of torch.jit.{way}", given.script)
        if actual.shape != expected.shape:
            raise Refused(
                f"the archive of torch.jit.{way} returns {list(actual.shape)} where the model"
                f" returns {list(expected.shape)}; they must agree. To try the other, {remedy}."
            )
        scale = expected.abs().max().item()
        difference = (actual - expected).abs().max().item()
        relative = difference / scale if scale > 0 else difference
        # A NaN must not pass.
        worst = relative if math.isnan(relative) else max(worst, relative)
        if not worst <= TOLERANCE:
            raise Refused(
                f"the archive of torch.jit.{way} differs from the model by {relative:.2g} of the"
                f" largest score, on a batch of {batch}; {TOLERANCE:g} is allowed. "
                + (
                    "The model's own scores are not finite: check its weights."
                    if not torch.isfinite(expected).all()
                    else f"To try the other, {remedy}."
                )
            )
    return worst


# --- command line ---------------------------------------------------------------------------------


def positive(text):
    value = int(text) if re.fullmatch(r"\d{1,9}", text) else 0
    if value < 1:
        raise argparse.ArgumentTypeError(
            f"it is '{text}'; it must be a whole number from 1. Give one."
        )
    return value


def side(text):
    value = positive(text)
    if value > LONGEST_SIDE:
        raise argparse.ArgumentTypeError(
            f"it is {value}; CamAtlas takes at most {LONGEST_SIDE} pixels. Give less."
        )
    return value


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--model", required=True, metavar="NAME", help="such as resnet50")
    parser.add_argument(
        "--source", choices=("torchvision", "timm"), default="torchvision",
        help="where the model comes from; default torchvision",
    )
    parser.add_argument(
        "--weights", metavar="NAME|default|none",
        help="torchvision: such as IMAGENET1K_V2; timm: such as a1_in1k, or 'pretrained', which is"
        " 'default'; none: random. Default: 'default', or 'none' with --state-dict",
    )
    parser.add_argument(
        "--state-dict", type=Path, metavar="FILE",
        help="checkpoint of your own, as torch.save(model.state_dict(), FILE) writes it",
    )
    parser.add_argument("--num-classes", type=positive, metavar="N", help="of your checkpoint")
    parser.add_argument(
        "--classes", type=Path, metavar="FILE",
        help="a class name a line, in the order of the scores; default: those of the weights",
    )
    parser.add_argument(
        "--script", action="store_true", help="torch.jit.script instead of torch.jit.trace"
    )
    parser.add_argument(
        "--input-size", type=side, metavar="N",
        help="side of the square input; default: the weights', or 224 (timm: the model's)",
    )
    parser.add_argument(
        "--layer", metavar="NAME", help="to explain; default: the last one that returns maps"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FILE.pt", help="archive; default: the model's name and .pt"
    )
    return parser.parse_args()


def read_classes(file):
    try:
        lines = file.read_text(encoding="utf-8-sig").rstrip().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            f"--classes is {file}, which cannot be read ({first_line(error)}); it must be a UTF-8"
            " text file with a class name a line. Check path and encoding."
        ) from error
    names = [line.strip() for line in lines]
    if not names or "" in names:
        where = f"line {names.index('') + 1} of it is empty" if names else "it is empty"
        raise Refused(
            f"--classes is {file}, but {where}; every line must name a class, in the order of the"
            " scores. Fill it in."
        )
    return names


def export(given):
    out = given.out or Path(f"{given.model}.pt")
    if out.suffix != ".pt" or out.is_dir():
        better = out.with_suffix(".pt") if out.name and not out.is_dir() else out / "model.pt"
        raise Refused(
            f"--out is {out}; it must be a file ending in .pt, so that the sidecar beside it can"
            f" end in .json. Use {better}."
        )
    weights = given.weights or ("none" if given.state_dict else "default")
    if given.state_dict and weights != "none":
        raise Refused(
            f"--weights is '{weights}', but --state-dict replaces all weights; give one of them."
            " Leave --weights away."
        )
    named = read_classes(given.classes) if given.classes else None

    torch = load_library("torch", given.source)
    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    source = torchvision_model if given.source == "torchvision" else timm_model
    model, classes, preprocessing = source(given, weights)
    if given.state_dict:
        load_checkpoint(torch, model, given.state_dict, given)
    elif weights == "none":
        warn("the weights are random: maps will show nothing but that the pipeline runs.")
    model.eval()
    if given.input_size:
        preprocessing = resized(preprocessing, given.input_size)

    inputs = example(torch, 2, preprocessing, 1)
    try:
        scores, events = run_with_hooks(torch, model, inputs)
    except Exception as error:
        raise Refused(
            f"{given.model} does not run on an input of {list(inputs.shape)}: {reason(error)}. "
            + (
                f"It may want another --input-size than {given.input_size}: leave it away."
                if given.input_size
                else "Give the size that it was built for with --input-size."
            )
        ) from error
    count = check_scores(torch, scores, 2, given.model)

    if named is not None:
        if len(named) != count:
            raise Refused(
                f"--classes is {given.classes} with {len(named)} names, but the model has {count}"
                " scores; each must have a name. "
                + (
                    "Correct the file."
                    if weights != "none" or given.num_classes
                    else f"Add --num-classes {len(named)}, or correct the file."
                )
            )
        classes = named
    elif len(classes) != count:
        classes = []

    if given.layer:
        check_layer(torch, given.layer, model, events, inputs)
        layer = given.layer
    else:
        layer = default_layer(torch, events, inputs)
        if layer is None:
            warn(f"{given.model} has no late layer that returns channels x rows x columns, as is"
                 " usual for transformers; the sidecar names none, and what camatlas explain takes"
                 " by itself may mean nothing. Name one with --layer, or choose a convolutional"
                 " network.")
    events.clear()

    archive = make_archive(torch, model, inputs, given)
    sidecar = {"name": given.model, "classes": classes}
    if layer:
        sidecar["layer"] = layer
    sidecar.update(scores="logits", input=preprocessing)

    partial = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        torch.jit.save(archive, str(partial))
        difference = verify(
            torch, torch.jit.load(str(partial), map_location="cpu"), model, preprocessing, given
        )
        text = json.dumps(sidecar, indent=2, ensure_ascii=False) + "\n"
        partial.replace(out)
        out.with_suffix(".json").write_text(text, encoding="utf-8")
    except OSError as error:
        raise Refused(
            f"--out is {out}, which cannot be written ({error}). Choose another place."
        ) from error
    finally:
        partial.unlink(missing_ok=True)

    height, width = preprocessing["crop"]
    print(f"{out}: {given.model}, {'scripted' if given.script else 'traced'}, {count} classes"
          f"{'' if classes else ' without names'}, input {height}x{width}")
    print(f"{out.with_suffix('.json')}: layer {layer or '(none)'}")
    print(f"max relative difference from the model, batches of 3 and 1: {difference:.2g}")


def main():
    try:
        export(parse())
    except Refused as error:
        sys.exit(f"export_model: {error}")


if __name__ == "__main__":
    main()
