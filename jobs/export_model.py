#!/usr/bin/env python3
"""Exports a network for `camatlas explain`: your own, or a classifier of torchvision's or timm's.

Writes FILE.pt, a TorchScript archive, and FILE.json beside it: class names, preprocessing, and the
layer to explain. Before anything is written, the archive's scores are compared with the network's
on several inputs. Needs torch, and torchvision or timm for their models.
"""

import argparse
import ast
import difflib
import importlib
import json
import math
import os
import re
import sys
import warnings
from collections import Counter, OrderedDict
from pathlib import Path

EXAMPLE = """\
examples:
  your own network: the function build in nets/flowers.py makes it, best.pth holds its weights, and
  flowers.txt names one class per line:
    python3 jobs/export_model.py --call nets.flowers:build --call-args classes=10 \\
        --checkpoint best.pth --classes flowers.txt --input-size 128 --out flowers.pt

  torchvision's ResNet-50 with its best ImageNet weights:
    python3 jobs/export_model.py --model resnet50 --out resnet50.pt

  torchvision's ResNet-50, trained by you on three classes:
    python3 jobs/export_model.py --model resnet50 --checkpoint best.pth \\
        --num-classes 3 --classes cat,dog,other --out pets.pt

  timm:
    python3 jobs/export_model.py --source timm --model mobilenetv3_small_100 --out small.pt
"""

TOLERANCE = 1e-4
LONGEST_SIDE = 2047
KEEP_AXES = "In its forward, write flatten(1) instead of squeeze(), which drops every axis of length one."
IMAGENET_MEAN = [0.485, 0.456, 0.406]
IMAGENET_STD = [0.229, 0.224, 0.225]
# Run in training only, so a checkpoint may lack them or have them in excess.
AUXILIARY = {"googlenet": ("aux1.", "aux2."), "inception_v3": ("AuxLogits.",)}
# torchvision builds these with transform_input=True where it loads its own weights, else without.
TRANSFORMING = ("googlenet", "inception_v3")
# Where training loops put the weights within a checkpoint.
CHECKPOINT_KEYS = ("state_dict", "model", "model_state_dict", "net", "network", "weights")
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


def function_of(call):
    """What MODULE:FUNCTION names; modules are found from the current folder as well."""
    module_name, colon, path = call.partition(":")
    if not colon or not module_name or not path:
        raise Refused(
            f"--call is '{call}'; it must be MODULE:FUNCTION, as package.module:build. Give the"
            " function, or the class, that makes the network."
        )
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        found = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name and (module_name + ".").startswith(error.name + "."):
            raise Refused(
                f"--call is '{call}', but Python finds no module '{error.name}'. Run this command"
                f" in the folder that holds {error.name.partition('.')[0]}, or name that folder in"
                " PYTHONPATH."
            ) from error
        raise Refused(
            f"--call is '{call}', but the module '{module_name}' needs '{error.name}', which this"
            f" Python does not have: {sys.executable}"
        ) from error
    except Exception as error:
        raise Refused(
            f"--call is '{call}', but importing '{module_name}' fails:"
            f" {type(error).__name__}: {first_line(error)}."
        ) from error
    for name in path.split("."):
        if not hasattr(found, name):
            known = [other for other in dir(found) if not other.startswith("_")]
            raise Refused(
                f"--call is '{call}', but there is no '{name}' in '{module_name}'."
                f" {nearest(name, known)}"
            )
        found = getattr(found, name)
    if not callable(found):
        raise Refused(
            f"--call is '{call}', which is a {type(found).__name__}; it must be a function or a"
            " class that makes the network."
        )
    return found


def call_arguments(given):
    arguments = {}
    for item in given:
        key, equals, value = item.partition("=")
        if not equals or not key.isidentifier():
            raise Refused(
                f"--call-args holds '{item}'; each must be key=value, as width=32 or name=small."
            )
        if key in arguments:
            raise Refused(f"--call-args gives '{key}' twice; give it once.")
        try:
            arguments[key] = ast.literal_eval(value)
        except (ValueError, SyntaxError):
            arguments[key] = value
    return arguments


def own_model(torch, given):
    """The network that --call makes; its class names and preprocessing are given by flags."""
    function = function_of(given.call)
    arguments = call_arguments(given.call_args)
    try:
        model = function(**arguments)
    except Exception as error:
        shown = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
        raise Refused(
            f"--call {given.call}({shown}) fails: {type(error).__name__}: {first_line(error)}. Its"
            " arguments are given by --call-args key=value."
        ) from error
    if not isinstance(model, torch.nn.Module):
        raise Refused(
            f"--call {given.call} returns a {type(model).__name__}; it must return the network, a"
            " torch.nn.Module."
        )
    if isinstance(model, torch.jit.ScriptModule):
        raise Refused(
            f"--call {given.call} returns a TorchScript module, which needs no export: save it with"
            " torch.jit.save and write a sidecar beside it."
        )
    model = model.cpu()
    other = sorted(
        {str(p.dtype).replace("torch.", "") for p in model.parameters()} - {"float32"}
    )
    if other:
        warn(f"the network's weights are {', '.join(other)}; the archive has them as float32.")
        model = model.float()
    return model, [], imagenet_input()


def check_class_count(given, has, weights):
    if given is not None and given != has:
        raise Refused(
            f"--num-classes is {given}, but the weights {weights} have {has} classes; the two must"
            " agree, since other classes need a head that was trained. Leave out --num-classes, or"
            " give your trained checkpoint: --checkpoint FILE --num-classes"
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
        preprocessing = torchvision_input(available.DEFAULT.transforms())
        if given.model.startswith("vit_"):
            # Its positions are learned for one size.
            options["image_size"] = input_size(with_flags(preprocessing, given))[0]
        if given.checkpoint and given.model in TRANSFORMING:
            options.update(transform_input=not given.no_transform_input, init_weights=False)
            if not given.no_transform_input:
                print(f"{given.model} is built with transform_input=True, as torchvision builds it"
                      " with its own weights; if the checkpoint was trained from random weights,"
                      " add --no-transform-input.")
    else:
        classes = list(weights.meta.get("categories") or [])
        check_class_count(given.num_classes, len(classes), weights)
        preprocessing = torchvision_input(weights.transforms())
    try:
        model = models.get_model(given.model, weights=weights, **options)
    except AssertionError as error:
        raise Refused(
            f"{given.model} cannot be built for --input-size {options.get('image_size', '')}"
            f" ({error}); give one that its patches divide."
        ) from error
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
            f" {nearest(name, timm.list_models())} For a model of torchvision leave out --source."
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
            " with --checkpoint FILE, or --weights none for random weights."
        )
    full = f"{name}.{tag}" if tag else name
    options = {"scriptable": given.how != "trace", "exportable": True}
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


def distinct(names):
    """The names; camatlas finds classes by them, so those of several classes get the index."""
    counts = Counter(names)
    renamed = {
        index: f"{name} ({index})" for index, name in enumerate(names) if counts[name] > 1
    }
    if renamed:
        shown = ", ".join(f"'{name}'" for name in list(renamed.values())[:4])
        print("class names that occur several times get the class's index:"
              f" {shown}{', …' if len(renamed) > 4 else ''}")
    return [renamed.get(index, name) for index, name in enumerate(names)]


def no_download(weights, error):
    return Refused(
        f"the weights {weights} could not be downloaded ({first_line(error)}). Run this where they"
        " can be, give a downloaded file with --checkpoint FILE, or --weights none for random"
        " weights."
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
            " --weights none with --checkpoint."
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


def resized(preprocessing, size):
    """The same preprocessing for an input of another height and width."""
    height, width = size
    old_height, old_width = input_size(preprocessing)
    resize = preprocessing["resize"]
    if isinstance(resize, list) or height != width:
        old = resize if isinstance(resize, list) else [
            resize * old_height / min(old_height, old_width),
            resize * old_width / min(old_height, old_width),
        ]
        new = [
            min(round(old[0] * height / old_height), LONGEST_SIDE),
            min(round(old[1] * width / old_width), LONGEST_SIDE),
        ]
    else:
        new = min(round(resize * height / min(old_height, old_width)), LONGEST_SIDE)
    return {**preprocessing, "resize": new, "crop": [height, width]}


def input_size(preprocessing):
    """Height and width of the network's input."""
    return preprocessing["crop"] or preprocessing["resize"]


def with_flags(preprocessing, given):
    """The preprocessing with what the flags say in place of what is known or usual."""
    result = dict(preprocessing)
    if given.input_size:
        result = resized(result, given.input_size)
    if given.resize is not None:
        result["resize"] = given.resize[0] if len(given.resize) == 1 else given.resize or None
        if len(given.resize) == 2 and given.crop is None:
            result["crop"] = None
    if given.crop is not None:
        result["crop"] = given.crop * 2 if len(given.crop) == 1 else given.crop or None
    if given.channels == "bgr" and not (given.mean and given.std):
        raise Refused(
            "--channels is bgr, but the known mean and std are in the order red, green, blue; give"
            " --mean and --std in the order blue, green, red."
        )
    if given.resize and given.crop is None and result["crop"] and len(given.resize) == 1:
        if given.resize[0] < min(result["crop"]):
            shown = "x".join(map(str, result["crop"]))
            raise Refused(
                f"--resize is {given.resize[0]}, but the crop is {shown}, so that every picture"
                " would get a black frame; give --crop as well."
            )
    for key in ("channels", "interpolation", "resize_as", "mean", "std"):
        if getattr(given, key) is not None:
            result[key] = getattr(given, key)
    if not result["crop"] and not isinstance(result["resize"], list):
        raise Refused(
            "without a crop, pictures keep different shapes; give --crop, or an exact --resize"
            " HEIGHTxWIDTH."
        )
    if given.input_size and list(input_size(result)) != given.input_size:
        shown = "x".join(map(str, given.input_size))
        made = "x".join(map(str, input_size(result)))
        raise Refused(
            f"--input-size is {shown}, but --resize and --crop make inputs of {made}; leave one of"
            " them out."
        )
    planes = 1 if result["channels"] == "gray" else 3
    for key in ("mean", "std"):
        if len(result[key]) != planes:
            raise Refused(
                f"--{key} has {len(result[key])} number{'s'[:len(result[key]) != 1]}, but"
                f" {result['channels']} has {planes} channel{'s'[:planes != 1]}; give"
                f" --{key} with one number per channel."
            )
    return result


def described(preprocessing):
    def size(value):
        return "x".join(map(str, value)) if isinstance(value, list) else value or "none"

    return ", ".join(
        [
            preprocessing["channels"],
            f"resize {size(preprocessing['resize'])} ({preprocessing['interpolation']}"
            f"{', as ' + preprocessing['resize_as'] if 'resize_as' in preprocessing else ''})",
            f"crop {size(preprocessing['crop'])}",
            f"mean {','.join(f'{value:g}' for value in preprocessing['mean'])}",
            f"std {','.join(f'{value:g}' for value in preprocessing['std'])}",
        ]
    )


# --- checkpoints ----------------------------------------------------------------------------------


def read_checkpoint(torch, file):
    if not file.is_file():
        raise Refused(
            f"--checkpoint is {file}; it must be a file, and there is none. Check the path."
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
            f"--checkpoint is {file}, which cannot be read as weights alone"
            f" ({first_line(error).partition('. ')[0]})."
            " It must hold tensors by name, not a pickled model; save it so:"
            " torch.save(model.state_dict(), FILE)"
        ) from error
    while isinstance(found, dict):
        for key in CHECKPOINT_KEYS:
            if isinstance(found.get(key), dict):
                found = found[key]
                break
        else:
            break
    if not isinstance(found, dict) or not found:
        raise Refused(
            f"--checkpoint is {file}, which holds a {type(found).__name__}; it must hold tensors by"
            " name, alone or under 'state_dict' or 'model'. Save it with"
            " torch.save(model.state_dict(), FILE)"
        )
    state = {str(key): value for key, value in found.items() if isinstance(value, torch.Tensor)}
    if not state:
        raise Refused(
            f"--checkpoint is {file}, which has the keys {', '.join(map(str, list(found)[:5]))} and"
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


def same_network(given):
    if given.call:
        return "Make the network that it was trained as: --call, and its arguments by --call-args."
    return "Give the --model and --source that it was trained with."


def load_checkpoint(torch, model, file, given):
    own = model.state_dict()
    # timm adds a tag to the name.
    auxiliary = AUXILIARY.get((given.model or "").partition(".")[0], ())
    state = strip_prefixes(read_checkpoint(torch, file), own)
    missing = [
        key
        for key in own
        if key not in state
        and not key.endswith("num_batches_tracked")
        and not key.startswith(auxiliary)
    ]
    excess = [key for key in state if key not in own and not key.startswith(auxiliary)]
    other = [
        key
        for key in state
        if key in own and state[key].shape != own[key].shape and not key.startswith(auxiliary)
    ]
    if missing or excess:
        parts = []
        if missing:
            shown = ", ".join(missing[:3])
            parts.append(f"it lacks {len(missing)} of the model's tensors ({shown})")
        if excess:
            parts.append(f"it has {len(excess)} that the model lacks ({', '.join(excess[:3])})")
        raise Refused(
            f"--checkpoint is {file}, but {' and '.join(parts)}; the names must be those of"
            f" {given.title}. {same_network(given)}"
        )
    if other:
        shown = "; ".join(
            f"{key} is {list(state[key].shape)} there and {list(own[key].shape)} in the model"
            for key in other[:3]
        )
        heads = {(state[key].shape[0], own[key].shape[0]) for key in other if state[key].dim()}
        remedy = same_network(given)
        if any(key.endswith("pos_embedding") for key in other) and not given.call:
            remedy = "If it was trained at another size, add --input-size."
        elif len(heads) == 1 and not given.call:
            remedy = f"If that is its number of classes, add --num-classes {heads.pop()[0]}."
        raise Refused(
            f"--checkpoint is {file}, but {shown}; every shape must be the model's. {remedy}"
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


def separated(torch, module):
    """A copy with the same weights in which every name has a module of its own."""
    if module is None or isinstance(module, torch.jit.ScriptModule):
        return module
    # Neither copy nor pickle, which some modules refuse.
    twin = type(module).__new__(type(module))
    twin.__dict__.update(module.__dict__)
    twin._modules = type(module._modules)(
        (name, separated(torch, child)) for name, child in module._modules.items()
    )
    twin._forward_hooks = OrderedDict(module._forward_hooks)
    return twin


def recorded_paths(module, prefix=""):
    """The path of each module in a recording: of one with several names, that visited last."""
    paths = {}
    for name, child in module.named_children():
        paths[child] = prefix + name
        paths.update(recorded_paths(child, f"{prefix}{name}."))
    return paths


def layers_of(torch, model, how):
    """The network to watch, and its modules by the names that an archive made this way has."""
    if how == "trace":
        return model, {path: module for module, path in recorded_paths(model).items()}
    names = [path for path, _ in model.named_modules(remove_duplicate=False)]
    # Scripted code finds modules by name only, so it would do the same with the copies.
    watched = model if len(names) == len(list(model.modules())) else separated(torch, model)
    return watched, {path: module for path, module in watched.named_modules() if path}


def run_with_hooks(torch, model, layers, inputs):
    """What each layer returned, in the order in which they finished."""
    events = []
    handles = [
        module.register_forward_hook(
            # The tensor is kept, or its identity could be another's.
            lambda module, _, output, path=path: events.append((path, module, output))
        )
        for path, module in layers.items()
    ]
    try:
        with torch.no_grad():
            model(inputs)
    finally:
        for handle in handles:
            handle.remove()
    return events


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


def check_layer(torch, layer, model, layers, events, inputs):
    if layer not in layers:
        shared = dict(model.named_modules(remove_duplicate=False)).get(layer)
        names = [path for path, module in layers.items() if module is shared]
        raise Refused(
            f"--layer is '{layer}', which is the same module as '{names[0]}', and the archive knows"
            f" it by that name. Give --layer {names[0]}."
            if names
            else f"--layer is '{layer}'; it must be a module of the model."
            f" {nearest(layer, list(layers))}"
        )
    outputs = [output for path, _, output in events if path == layer]
    if any(is_map(torch, output, inputs) for output in outputs):
        return
    if any(isinstance(o, torch.Tensor) and o.dim() in (3, 4) and o[0].numel() > 1 for o in outputs):
        print(f"--layer is '{layer}', which returns {list(outputs[-1].shape)} for"
              f" {list(inputs.shape)}; 'camatlas layers' says where its grid is.")
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
        f"--layer is '{layer}', which {returned}; it must return a grid, as batch x channels x rows x"
        " columns, batch x rows x columns x channels or batch x tokens x channels. "
        + (f"Leave it away to get '{suggested}'." if suggested else "Name another one.")
    )


# --- archive --------------------------------------------------------------------------------------


def example(torch, batch, preprocessing, seed):
    shape = (batch, len(preprocessing["mean"]), *input_size(preprocessing))
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def pictures(torch, preprocessing, values):
    """A batch of plain pictures, each of one brightness from 0 to 1, normalised."""
    mean = torch.tensor(preprocessing["mean"]).view(1, -1, 1, 1)
    std = torch.tensor(preprocessing["std"]).view(1, -1, 1, 1)
    plain = torch.tensor(values).view(-1, 1, 1, 1).expand(
        -1, mean.shape[1], *input_size(preprocessing)
    )
    return (plain - mean) / std


def comparisons(torch, preprocessing):
    """Batches of several sizes and kinds; whatever a recording has frozen differs on some."""
    ramp = torch.linspace(-2, 2, input_size(preprocessing)[1])
    noise = example(torch, 2, preprocessing, 5)
    return [
        ("noise", example(torch, 3, preprocessing, 2)),
        # From the second run on, the archive runs optimised.
        ("noise", example(torch, 3, preprocessing, 3)),
        ("noise", example(torch, 1, preprocessing, 4)),
        ("a black picture", pictures(torch, preprocessing, [0.0])),
        ("a grey and a white picture", pictures(torch, preprocessing, [0.5, 1.0])),
        ("a ramp under faint noise", ramp + 0.1 * noise),
        ("strong noise", 3 * noise),
    ]


def scores_of(torch, output):
    """The first tensor returned, which is what explain takes for the scores."""
    if isinstance(output, dict):
        output = tuple(output.values())
    if isinstance(output, (tuple, list)):
        return next((item for item in output if isinstance(item, torch.Tensor)), output)
    return output


def check_scores(torch, output, batch, name, remedy):
    scores = scores_of(torch, output)
    if isinstance(scores, torch.Tensor) and scores.dim() in (2, 4) and scores.shape[0] == batch:
        return scores
    if isinstance(scores, torch.Tensor) and list(scores.shape) == [batch]:
        remedy = f"If there is one class, keep its axis. {KEEP_AXES}"
    what = (
        f"a tensor of {list(scores.shape)}"
        if isinstance(scores, torch.Tensor)
        else f"a {type(scores).__name__}"
    )
    raise Refused(
        f"{name} returns {what} for a batch of {batch}; it must return scores of each image, as"
        f" batch x classes, or of each pixel, as batch x classes x rows x columns. {remedy}"
    )


def relative_difference(actual, expected):
    """The largest difference over the largest score; NaN where any score is."""
    scale = expected.abs().max().item()
    difference = (actual - expected).abs().max().item()
    return difference / scale if scale > 0 else difference


def check_model(torch, model, preprocessing, given):
    """Refuses a network whose scores are not a function of the image alone."""
    inputs = example(torch, 3, preprocessing, 2)
    with torch.no_grad():
        first = scores_of(torch, model(inputs.clone()))
        second = scores_of(torch, model(inputs.clone()))
        try:
            alone = scores_of(torch, model(inputs[:1].clone()))
        except Exception as error:
            raise Refused(
                f"{given.title} runs on a batch of {len(inputs)} images, but fails on one:"
                f" {reason(error)}. {KEEP_AXES}"
            ) from error
    if not isinstance(alone, torch.Tensor) or alone.shape != first[:1].shape:
        returned = list(alone.shape) if isinstance(alone, torch.Tensor) else type(alone).__name__
        raise Refused(
            f"{given.title} returns {returned} for a batch of one image; it must be"
            f" {list(first[:1].shape)}, as larger batches have it. {KEEP_AXES}"
        )
    if not torch.isfinite(first).all():
        raise Refused(
            f"{given.title} returns scores that are not finite; check its weights."
        )
    for other, what, remedy in (
        (second, "from one pass to the next", "Is dropout, or other noise, on in eval mode?"),
        (alone, "with the other images of the batch", "Does a batch norm compute its own moments"
         " in eval mode?"),
    ):
        difference = relative_difference(other, first[: len(other)])
        if not difference <= TOLERANCE:
            raise Refused(
                f"the scores of {given.title} differ {what} by {difference:.2g} of the largest"
                f" one; a score must depend on its image alone. {remedy}"
            )


def make_archive(torch, model, inputs, how):
    # Traced without gradients, attention would become one operation that has none.
    attention = getattr(torch.backends, "mha", None)
    fast = attention is not None and attention.get_fastpath_enabled()
    try:
        if fast:
            attention.set_fastpath_enabled(False)
        with torch.no_grad():
            if how == "script":
                return torch.jit.script(model)
            return torch.jit.trace(model, inputs, check_trace=False, strict=False)
    except Exception as error:
        what = (
            "is not written in what it understands"
            if how == "script"
            else "cannot be recorded"
        )
        raise Refused(f"torch.jit.{how} refuses it: {reason(error)}; the network {what}") from error
    finally:
        if fast:
            attention.set_fastpath_enabled(True)


def verify(torch, archive, model, preprocessing, how):
    """The largest difference from the model, over the largest score."""
    worst = 0.0
    for kind, inputs in comparisons(torch, preprocessing):
        batch = len(inputs)
        with torch.no_grad():
            expected = scores_of(torch, model(inputs.clone()))
            try:
                output = archive(inputs.clone())
            except Exception as error:
                raise Refused(
                    f"the archive of torch.jit.{how} fails on a batch of {batch} ({kind}):"
                    f" {reason(error)}; it must take any batch"
                ) from error
        actual = scores_of(torch, output)
        if not isinstance(actual, torch.Tensor) or actual.shape != expected.shape:
            is_tensor = isinstance(actual, torch.Tensor)
            raise Refused(
                f"the archive of torch.jit.{how} returns"
                f" {list(actual.shape) if is_tensor else type(actual).__name__} where the model"
                f" returns {list(expected.shape)}"
            )
        difference = relative_difference(actual, expected)
        # A NaN must not pass.
        worst = difference if math.isnan(difference) else max(worst, difference)
        if not worst <= TOLERANCE:
            raise Refused(
                f"the scores of torch.jit.{how}'s archive differ from the model's by"
                f" {difference:.2g} of the largest score on a batch of {batch} ({kind});"
                f" {TOLERANCE:g} is allowed for rounding"
            )
    return worst


def verified_archive(torch, model, preprocessing, given, partial):
    """Writes the archive; how it was made, and the largest difference of its scores."""
    ways = ("script", "trace") if given.how == "auto" else (given.how,)
    inputs = example(torch, 2, preprocessing, 1)
    refusals = []
    for how in ways:
        try:
            torch.jit.save(make_archive(torch, model, inputs, how), str(partial))
            archive = torch.jit.load(str(partial), map_location="cpu")
            return how, verify(torch, archive, model, preprocessing, how)
        except Refused as refusal:
            refusals.append(str(refusal))
    remedy = {
        "script": "Try --how trace.",
        "trace": "Try --how script.",
        "auto": "Neither way works: change the network's forward so that one of them does.",
    }[given.how]
    raise Refused(f"{given.title}: {'. '.join(refusals)}. {remedy}")


# --- command line ---------------------------------------------------------------------------------


def positive(text):
    value = int(text) if re.fullmatch(r"\d{1,9}", text) else 0
    if value < 1:
        raise argparse.ArgumentTypeError(
            f"it is '{text}'; it must be a whole number from 1. Give one."
        )
    return value


def sizes(text):
    """N, or HEIGHTxWIDTH; none is an empty list."""
    values = [] if text == "none" else [positive(part) for part in text.split("x")]
    if len(values) > 2:
        raise argparse.ArgumentTypeError(f"it is '{text}'; give N or HEIGHTxWIDTH.")
    if max(values, default=0) > LONGEST_SIDE:
        raise argparse.ArgumentTypeError(
            f"it is {text}; CamAtlas takes at most {LONGEST_SIDE} pixels. Give less."
        )
    return values


def input_sides(text):
    values = sizes(text)
    if not values:
        raise argparse.ArgumentTypeError("it is 'none'; give N or HEIGHTxWIDTH.")
    return values * 2 if len(values) == 1 else values


def numbers(text):
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = [math.nan]
    if not all(map(math.isfinite, values)):
        raise argparse.ArgumentTypeError(
            f"it is '{text}'; give one number per channel, with commas between them."
        )
    return values


def deviations(text):
    values = numbers(text)
    if min(values) <= 0:
        raise argparse.ArgumentTypeError(f"it is '{text}'; each number must be above 0.")
    return values


def parse():
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=EXAMPLE, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    group = parser.add_argument_group("the network")
    which = group.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "--call", metavar="MODULE:FUNCTION",
        help="function, or class, of your own code that makes the network, as"
        " package.module:function",
    )
    which.add_argument("--model", metavar="NAME", help="model of a library, such as resnet50")
    group.add_argument(
        "--call-args", nargs="+", default=[], metavar="KEY=VALUE", action="extend",
        help="arguments of the function: Python literals, else texts",
    )
    group.add_argument(
        "--source", choices=("torchvision", "timm"),
        help="library that --model comes from; default: torchvision",
    )
    group.add_argument(
        "--weights", metavar="NAME|default|none",
        help="of --model. torchvision: such as IMAGENET1K_V2; timm: such as a1_in1k; none: random."
        " Default: 'default', or 'none' with --checkpoint",
    )
    group.add_argument(
        "--checkpoint", "--state-dict", dest="checkpoint", type=Path, metavar="FILE",
        help="your trained weights, as torch.save(model.state_dict(), FILE) writes them; also below"
        f" a key such as {CHECKPOINT_KEYS[0]} or {CHECKPOINT_KEYS[1]}, or as .safetensors",
    )
    group.add_argument(
        "--num-classes", type=positive, metavar="N", help="of --model with your checkpoint"
    )
    group.add_argument(
        "--no-transform-input", action="store_true",
        help=f"build torchvision's {' or '.join(TRANSFORMING)} without its conversion of the input,"
        " for a --checkpoint that was not trained from torchvision's weights",
    )
    group = parser.add_argument_group(
        "the sidecar (defaults: what the library says; for your own network, ImageNet's)"
    )
    group.add_argument(
        "--classes", metavar="FILE|A,B,…",
        help="class names in the order of the scores: a file with one per line, or a list",
    )
    group.add_argument("--name", metavar="TEXT", help="what reports call the model")
    group.add_argument(
        "--layer", metavar="NAME", help="layer to explain; default: the last one that returns maps"
    )
    group.add_argument(
        "--scores", default="logits",
        choices=("logits", "probabilities", "log-probabilities", "multi-label",
                 "multi-label-probabilities"),
        help="what the network returns; multi-label: a logit for each of several labels;"
        " default: logits",
    )
    group.add_argument(
        "--input-size", type=input_sides, metavar="N|HxW",
        help="size of the network's input; resize and crop are scaled to it",
    )
    group.add_argument(
        "--resize", type=sizes, metavar="none|N|HxW",
        help="first step: nothing, the shorter side, or height and width",
    )
    group.add_argument(
        "--crop", type=sizes, metavar="none|N|HxW", help="second step: the centre of the picture"
    )
    group.add_argument(
        "--interpolation", choices=("bilinear", "bicubic"), help="of the resize, antialiased"
    )
    group.add_argument(
        "--resize-as", choices=("pillow-12", "pillow-13"),
        help="whose resize is followed to the last bit; default: pillow-12",
    )
    group.add_argument("--channels", choices=("rgb", "bgr", "gray"), help="order of the channels")
    group.add_argument(
        "--mean", type=numbers, metavar="M,…", help="mean of each channel, pixels being 0 to 1"
    )
    group.add_argument(
        "--std", type=deviations, metavar="S,…", help="standard deviation of each channel"
    )
    group = parser.add_argument_group("the archive")
    group.add_argument(
        "--how", choices=("auto", "script", "trace"),
        help="torch.jit.script, torch.jit.trace, or the first of them that works (auto). Default:"
        " auto with --call, trace with --model",
    )
    group.add_argument(
        "--script", dest="how", action="store_const", const="script", help="same as --how script"
    )
    group.add_argument(
        "--out", type=Path, metavar="FILE.pt",
        help="archive; default: the name of the model or the function, and .pt",
    )
    given = parser.parse_args()
    given.how = given.how or ("auto" if given.call else "trace")
    given.title = given.model or given.call
    return given


def read_classes(text):
    file = Path(text)
    if not file.exists() and "," in text:
        names = [name.strip() for name in text.split(",")]
        if "" in names:
            raise Refused(f"--classes is '{text}', where a name is empty; each must have one.")
        return names
    try:
        lines = file.read_text(encoding="utf-8-sig").rstrip().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused(
            f"--classes is {file}, which cannot be read ({first_line(error)}); it must be a UTF-8"
            " text file with one class name per line, or a list of names with commas between them."
        ) from error
    names = [line.strip() for line in lines]
    if not names or "" in names:
        where = f"line {names.index('') + 1} of it is empty" if names else "it is empty"
        raise Refused(
            f"--classes is {file}, but {where}; every line must name a class, in the order of the"
            " scores. Fill it in."
        )
    return names


def check_flags(given):
    """What the two kinds of networks do not share; the weights to take."""
    if given.call:
        for name in ("source", "weights", "num_classes"):
            if getattr(given, name) is not None:
                raise Refused(
                    f"--{name.replace('_', '-')} is for --model, and --call is given. What your"
                    " function needs is given by --call-args, its weights by --checkpoint."
                )
        return "none"
    if given.call_args:
        raise Refused("--call-args is for --call, and --model is given. Leave it out.")
    weights = given.weights or ("none" if given.checkpoint else "default")
    if given.checkpoint and weights != "none":
        raise Refused(
            f"--weights is '{weights}', but --checkpoint replaces all weights; give one of them."
            " Leave out --weights."
        )
    return weights


def check_transform_input(given):
    library = given.source in (None, "torchvision")
    fits = given.checkpoint and library and given.model in TRANSFORMING
    if given.no_transform_input and not fits:
        raise Refused(
            f"--no-transform-input is given, but only torchvision's {' and '.join(TRANSFORMING)}"
            " with a --checkpoint can do without the conversion. Leave it out."
        )


def model_of(torch, given, weights):
    if given.call:
        return own_model(torch, given)
    if given.source == "timm":
        return timm_model(given, weights)
    return torchvision_model(given, weights)


def class_names(named, known, count, given, weights):
    if named is None:
        return distinct(known) if len(known) == count else []
    twice = next((name for name, times in Counter(named).items() if times > 1), None)
    if twice is not None:
        raise Refused(
            f"--classes names '{twice}' {named.count(twice)} times; each class must have a name of"
            " its own. Correct the names."
        )
    if len(named) == count:
        return named
    remedy = (
        f"Add --num-classes {len(named)}, or correct the names."
        if given.model and weights == "none" and not given.num_classes
        else "Correct the names, or make the network with so many classes."
    )
    raise Refused(
        f"--classes names {len(named)} classes, but the model has {count} scores; each must have a"
        f" name. {remedy}"
    )


def chosen_layer(torch, model, inputs, how, given):
    watched, layers = layers_of(torch, model, how)
    events = run_with_hooks(torch, watched, layers, inputs)
    if given.layer:
        check_layer(torch, given.layer, model, layers, events, inputs)
        return given.layer
    # Of a transformer, camatlas finds the last layer whose tokens the scores depend on.
    return default_layer(torch, events, inputs)


def export(given):
    out = given.out or Path((given.model or re.split("[:.]", given.call)[-1]) + ".pt")
    if out.suffix != ".pt" or out.is_dir():
        better = out.with_suffix(".pt") if out.name and not out.is_dir() else out / "model.pt"
        raise Refused(
            f"--out is {out}; it must be a file ending in .pt, so that the sidecar beside it can"
            f" end in .json. Use {better}."
        )
    weights = check_flags(given)
    check_transform_input(given)
    named = read_classes(given.classes) if given.classes else None

    torch = load_library("torch", given.source or "torchvision")
    warnings.simplefilter("ignore")
    torch.manual_seed(0)
    model, known, preprocessing = model_of(torch, given, weights)
    if given.checkpoint:
        load_checkpoint(torch, model, given.checkpoint, given)
    elif given.model and weights == "none":
        warn("the weights are random: maps will show nothing but that the pipeline runs.")
    model.eval()
    preprocessing = with_flags(preprocessing, given)
    sized = given.input_size or given.resize or given.crop
    if (given.call or given.checkpoint) and not (given.mean and given.std and sized):
        whose = "ImageNet's" if given.call else f"the default weights of {given.model}"
        warn(f"what the flags do not say of the preprocessing is taken from {whose}:"
             f" {described(preprocessing)}. It must be what the network was trained with.")

    inputs = example(torch, 2, preprocessing, 1)
    try:
        with torch.no_grad():
            output = model(inputs)
    except Exception as error:
        raise Refused(
            f"{given.title} does not run on an input of {list(inputs.shape)}: {reason(error)}."
            " Give the size that it was built for with --input-size"
            + (", and gray if it takes one channel with --channels." if given.call else ".")
        ) from error
    wanted = "Return the scores first." if given.call else "Choose a classifier."
    count = check_scores(torch, output, 2, given.title, wanted).shape[1]
    if not isinstance(output, torch.Tensor):
        print(f"{given.title} returns a {type(output).__name__}; its first tensor is taken for the"
              " scores, as camatlas explain does.")
    classes = class_names(named, known, count, given, weights)
    check_model(torch, model, preprocessing, given)

    card = out.with_suffix(".json")
    partial = out.with_name(f".{out.name}.{os.getpid()}")
    partial_card = out.with_name(f".{card.name}.{os.getpid()}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        how, difference = verified_archive(torch, model, preprocessing, given, partial)
        if scores_of(torch, output).dim() == 4 and not given.layer:
            layer = None  # explain knows which one to take where every pixel has scores
            print("It scores every pixel; 'camatlas layers' says which layer is explained.")
        else:
            layer = chosen_layer(torch, model, inputs, how, given)
        sidecar = {"name": given.name or given.model or out.stem, "classes": classes}
        if layer:
            sidecar["layer"] = layer
        sidecar.update(scores=given.scores, input=preprocessing)
        text = json.dumps(sidecar, indent=2, ensure_ascii=False) + "\n"
        partial_card.write_text(text, encoding="utf-8")
        # An archive must not be seen without its sidecar.
        partial_card.replace(card)
        partial.replace(out)
    except OSError as error:
        raise Refused(
            f"--out is {out}, which cannot be written ({error}). Choose another place."
        ) from error
    finally:
        partial.unlink(missing_ok=True)
        partial_card.unlink(missing_ok=True)

    made = "scripted" if how == "script" else "traced"
    print(f"{out}: {sidecar['name']}, {made}, {count} classes{'' if classes else ' without names'}")
    print(f"{card}: layer {layer or 'left to camatlas'}; {described(preprocessing)}")
    print("largest difference of the archive's scores from the network's, on"
          f" {len(comparisons(torch, preprocessing))} batches of 1 to 3 images: {difference:.2g} of"
          " the largest score")


def main():
    try:
        export(parse())
    except Refused as error:
        sys.exit(f"export_model: {error}")


if __name__ == "__main__":
    main()
