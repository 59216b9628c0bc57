#!/usr/bin/env python3
"""Tests jobs/export_model.py on small networks of one's own.

    python3 src/test/python/test_export_model.py

Needs torch; some tests need torchvision or timm, and are skipped without them.
"""

import contextlib
import importlib.util
import io
import json
import os
import sys
import tempfile
import textwrap
import unittest
from pathlib import Path

import torch

SCRIPT = Path(__file__).resolve().parents[3] / "jobs" / "export_model.py"
NETWORKS = '''
import torch
from torch import nn


class Small(nn.Module):
    """Two convolutions and a linear head."""

    def __init__(self, classes=3, width=4, planes=3):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(planes, width, 3, padding=1), nn.BatchNorm2d(width), nn.ReLU(),
            nn.MaxPool2d(2), nn.Conv2d(width, 2 * width, 3, padding=1), nn.ReLU())
        self.head = nn.Linear(2 * width, classes)

    def forward(self, x):
        return self.head(self.features(x).mean(dim=(2, 3)))


class Tuple(Small):
    def forward(self, x):
        maps = self.features(x)
        return self.head(maps.mean(dim=(2, 3))), maps


class Branching(Small):
    """What it computes depends on what it sees: a recording keeps one branch only."""

    def forward(self, x):
        maps = self.features(x)
        if bool(x.mean() < -1.5):
            maps = 2 * maps
        return self.head(maps.mean(dim=(2, 3)))


class Unscriptable(Small):
    def forward(self, x, **options):
        return Small.forward(self, x)


class Hopeless(Small):
    def forward(self, x, **options):
        return Branching.forward(self, x)


class Dropping(Small):
    def forward(self, x):
        maps = nn.functional.dropout(self.features(x), 0.5, training=True)
        return self.head(maps.mean(dim=(2, 3)))


class Neighbourly(Small):
    def forward(self, x):
        return Small.forward(self, x - x.mean())


class Twice(Small):
    """One module under two names."""

    def __init__(self):
        super().__init__(planes=3, width=4)
        self.first = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.ReLU())
        self.second = self.first

    def forward(self, x):
        x = self.second(self.first(self.features(x)))
        return self.head(x.mean(dim=(2, 3)))


class Backwards(Twice):
    def forward(self, x):
        x = self.first(self.second(self.features(x)))
        return self.head(x.mean(dim=(2, 3)))


class Repeated(Small):
    def __init__(self):
        super().__init__()
        block = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1), nn.ReLU())
        self.blocks = nn.ModuleList([block, block, block])

    def forward(self, x):
        x = self.features(x)
        for block in self.blocks:
            x = block(x)
        return self.head(x.mean(dim=(2, 3)))


class Block(nn.Module):
    def __init__(self, act):
        super().__init__()
        self.conv = nn.Conv2d(8, 8, 3, padding=1)
        self.act = act

    def forward(self, x):
        return self.act(self.conv(x)), x


class SharedAct(Small):
    """Blocks of several outputs with one ReLU, so that no module around it is a layer."""

    def __init__(self):
        super().__init__()
        act = nn.ReLU()
        self.a = Block(act)
        self.b = Block(act)

    def forward(self, x):
        x, _ = self.a(self.features(x))
        x, _ = self.b(x)
        return self.head(x.mean(dim=(2, 3)))


class Squeezing(Small):
    def forward(self, x):
        return self.head(self.features(x).mean(dim=(2, 3), keepdim=True).squeeze())


class SqueezingScores(Small):
    def forward(self, x):
        return super().forward(x).squeeze(1)


class SqueezingEarly(Small):
    def forward(self, x):
        maps = self.features(x).squeeze()
        return self.head(maps.mean(dim=(2, 3)))


class Maps(Small):
    def forward(self, x):
        return self.features(x).flatten(2)


def build(kind="Small", seed=1, **options):
    torch.manual_seed(seed)
    return globals()[kind](**options)


def nothing():
    return {"weights": []}


def fails():
    raise ValueError("no such width")
'''
INPUT = ["--input-size", "12", "--mean", "0.5,0.4,0.3", "--std", "0.2,0.2,0.25"]


def load_script():
    spec = importlib.util.spec_from_file_location("export_model", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


export_model = load_script()


class ExportModelTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.addCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)
        self.addCleanup(setattr, sys, "path", list(sys.path))
        self.addCleanup(setattr, sys, "argv", sys.argv)
        package = self.folder / "ownnets"
        package.mkdir()
        (package / "__init__.py").write_text("")
        (package / "small.py").write_text(NETWORKS)
        (package / "needy.py").write_text("import a_library_that_is_missing\n")
        self.addCleanup(self.forget)
        self.forget()

    @staticmethod
    def forget():
        for name in [name for name in sys.modules if name.partition(".")[0] == "ownnets"]:
            del sys.modules[name]
        importlib.invalidate_caches()

    def export(self, *arguments):
        """What it prints; None where it refuses, which `self.refusal` then holds."""
        sys.argv = ["export_model.py", *arguments]
        out, err = io.StringIO(), io.StringIO()
        self.refusal = None
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                export_model.export(export_model.parse())
            except export_model.Refused as refusal:
                self.refusal = str(refusal)
        self.warnings = err.getvalue()
        return out.getvalue() if self.refusal is None else None

    def own(self, kind, *arguments):
        return self.export(
            "--call", "ownnets.small:build", "--call-args", f"kind={kind}", "--out", "own.pt",
            *INPUT, *arguments)

    def network(self, **options):
        sys.path.insert(0, str(self.folder))
        from ownnets import small

        return small.build(**options).eval()

    def assert_refused(self, *fragments):
        self.assertIsNotNone(self.refusal, "nothing was refused")
        for fragment in fragments:
            self.assertIn(fragment, self.refusal)
        written = [*self.folder.glob("*own.pt*"), *self.folder.glob("*.json*")]
        self.assertEqual([], written)

    def test_checkpoint_of_own_network_becomes_archive_and_sidecar(self):
        trained = self.network(seed=7, width=6, classes=4)
        state = {f"module.{key}": value for key, value in trained.state_dict().items()}
        torch.save({"epoch": 3, "state_dict": state}, "best.pth")
        said = self.export(
            "--call", "ownnets.small:build", "--call-args", "width=6", "classes=4",
            "--checkpoint", "best.pth", "--classes", "ant,bee,cat,dog", "--name", "small net",
            "--input-size", "12x16", "--resize", "14x18", "--crop", "12x16",
            "--interpolation", "bicubic", "--channels", "bgr", "--mean", "0.5,0.4,0.3",
            "--std", "0.2,0.2,0.25", "--scores", "logits", "--out", "nets/own.pt")
        self.assertIsNotNone(said, self.refusal)
        self.assertEqual("", self.warnings)
        self.assertRegex(said, r"largest difference .* on 7 batches of 1 to 3 images: \d")
        self.assertEqual(
            {
                "name": "small net",
                "classes": ["ant", "bee", "cat", "dog"],
                "layer": "features",
                "scores": "logits",
                "input": {
                    "channels": "bgr",
                    "resize": [14, 18],
                    "interpolation": "bicubic",
                    "crop": [12, 16],
                    "mean": [0.5, 0.4, 0.3],
                    "std": [0.2, 0.2, 0.25],
                },
            },
            json.loads(Path("nets/own.json").read_text()))
        archive = torch.jit.load("nets/own.pt")
        for batch in (1, 5):
            inputs = torch.randn(batch, 3, 12, 16)
            with torch.no_grad():
                torch.testing.assert_close(archive(inputs), trained(inputs))
        self.assertEqual({"own.pt", "own.json"}, {file.name for file in Path("nets").iterdir()})

    def test_state_dict_is_found_under_usual_keys_and_alone(self):
        trained = self.network(seed=9)
        for wrapped in (
            trained.state_dict(),
            {"model": trained.state_dict()},
            {"model_state_dict": {f"_orig_mod.{k}": v for k, v in trained.state_dict().items()}},
        ):
            torch.save(wrapped, "best.pth")
            self.assertIsNotNone(self.own("Small", "--checkpoint", "best.pth"), self.refusal)
            inputs = torch.randn(2, 3, 12, 12)
            with torch.no_grad():
                torch.testing.assert_close(torch.jit.load("own.pt")(inputs), trained(inputs))

    def test_function_may_be_a_class_and_defaults_are_named(self):
        said = self.export("--call", "ownnets.small:Small")
        self.assertIsNotNone(said, self.refusal)
        self.assertIn("Small.pt: Small, scripted, 3 classes without names", said)
        self.assertIn("rgb, resize 256 (bilinear), crop 224x224", self.warnings)
        self.assertIn("must be what the network was trained with", self.warnings)

    def test_exact_resize_needs_no_crop(self):
        self.assertIsNotNone(self.own("Small", "--resize", "12x12"), self.refusal)
        card = json.loads(Path("own.json").read_text())
        self.assertEqual(([12, 12], None), (card["input"]["resize"], card["input"]["crop"]))

    def test_resize_below_the_crop_would_frame_every_picture(self):
        self.export("--call", "ownnets.small:build", "--resize", "128", "--out", "own.pt")
        self.assert_refused("--resize is 128, but the crop is 224x224", "give --crop as well")
        self.assertIsNotNone(self.own("Small", "--resize", "8", "--crop", "12"), self.refusal)

    def test_whose_resize_is_followed(self):
        said = self.own("Small", "--resize-as", "pillow-13")
        self.assertIsNotNone(said, self.refusal)
        self.assertIn("(bilinear, as pillow-13)", said)
        card = json.loads(Path("own.json").read_text())
        self.assertEqual("pillow-13", card["input"]["resize_as"])

    def test_one_channel(self):
        said = self.export(
            "--call", "ownnets.small:build", "--call-args", "planes=1", "--out", "own.pt",
            "--input-size", "12", "--channels", "gray", "--mean", "0.5", "--std", "0.25")
        self.assertIsNotNone(said, self.refusal)

    def test_first_of_several_outputs_is_the_scores(self):
        said = self.own("Tuple")
        self.assertIsNotNone(said, self.refusal)
        self.assertIn("returns a tuple; its first tensor is taken for the scores", said)

    def test_what_a_recording_would_freeze_is_scripted(self):
        said = self.own("Branching")
        self.assertIsNotNone(said, self.refusal)
        self.assertIn("scripted", said)

    def test_what_cannot_be_scripted_is_traced(self):
        said = self.own("Unscriptable")
        self.assertIsNotNone(said, self.refusal)
        self.assertIn("traced", said)

    def test_recording_that_differs_is_refused(self):
        self.own("Branching", "--how", "trace")
        self.assert_refused(
            "the scores of torch.jit.trace's archive differ from the model's by",
            "(a black picture)", "Try --how script.")

    def test_both_ways_are_named_where_neither_works(self):
        self.own("Hopeless")
        self.assert_refused("torch.jit.script refuses it", "differ from the model's", "Neither way")

    def test_refusal_leaves_older_files_alone(self):
        Path("own.pt").write_text("older archive")
        Path("own.json").write_text("older sidecar")
        self.own("Branching", "--how", "trace")
        self.assertIsNotNone(self.refusal)
        self.assertEqual("older archive", Path("own.pt").read_text())
        self.assertEqual("older sidecar", Path("own.json").read_text())

    def test_scores_must_depend_on_the_image_alone(self):
        self.own("Dropping")
        self.assert_refused("from one pass to the next", "dropout")
        self.own("Neighbourly")
        self.assert_refused("with the other images of the batch")

    def test_output_that_is_no_row_of_scores(self):
        self.own("Maps")
        self.assert_refused(
            "returns a tensor of [2, 8, 36] for a batch of 2", "Return the scores first.")

    def test_scores_of_one_image_without_the_axis_of_the_batch(self):
        self.own("Squeezing")
        self.assert_refused(
            "returns [3] for a batch of one image; it must be [1, 3]", "flatten(1) instead of")
        self.own("Squeezing", "--call-args", "classes=1")
        self.assert_refused("returns [1] for a batch of one image; it must be [1, 1]")
        self.own("SqueezingScores", "--call-args", "classes=1")
        self.assert_refused("a tensor of [2] for a batch of 2", "If there is one class, keep")
        self.own("SqueezingEarly")
        self.assert_refused("runs on a batch of 3 images, but fails on one", "flatten(1)")

    def test_layer_of_a_shared_module_is_the_name_of_its_last_call(self):
        for kind, how, layer in (
            ("Twice", "script", "second"),
            ("Backwards", "script", "first"),
            ("Repeated", "script", "blocks.2"),
            ("SharedAct", "script", "b.act"),
            # A recording knows a module by one name: explain takes its last call.
            ("Twice", "trace", "first"),
            ("Repeated", "trace", "blocks.0"),
            ("SharedAct", "trace", "b.act"),
        ):
            with self.subTest(kind=kind, how=how):
                self.assertIsNotNone(self.own(kind, "--how", how), self.refusal)
                self.assertEqual(layer, json.loads(Path("own.json").read_text())["layer"])

    def test_layer_may_be_any_name_that_the_archive_has(self):
        self.own("Twice", "--how", "trace", "--layer", "second")
        self.assert_refused("is the same module as 'first'", "Give --layer first.")
        self.own("Twice", "--how", "trace", "--layer", "third")
        self.assert_refused("--layer is 'third'; it must be a module of the model.")
        self.assertIsNotNone(self.own("Twice", "--layer", "second.1"), self.refusal)

    def test_modules_and_functions_that_are_not_there(self):
        self.export("--call", "ownnets.tiny:build", "--out", "own.pt")
        self.assert_refused("Python finds no module 'ownnets.tiny'", "PYTHONPATH")
        self.export("--call", "ownnets.small:biuld", "--out", "own.pt")
        self.assert_refused("there is no 'biuld' in 'ownnets.small'", "build")
        self.export("--call", "ownnets.small", "--out", "own.pt")
        self.assert_refused("it must be MODULE:FUNCTION")
        self.export("--call", "ownnets.needy:build", "--out", "own.pt")
        self.assert_refused("needs 'a_library_that_is_missing'")

    def test_functions_that_make_no_network(self):
        self.export("--call", "ownnets.small:nothing", "--out", "own.pt")
        self.assert_refused("returns a dict; it must return the network, a torch.nn.Module")
        self.export("--call", "ownnets.small:fails", "--out", "own.pt")
        self.assert_refused("ValueError: no such width")
        self.own("Small", "--call-args", "depth=3")
        self.assert_refused("unexpected keyword argument 'depth'", "--call-args")
        self.own("Small", "--call-args", "depth")
        self.assert_refused("holds 'depth'; each must be key=value")

    def test_checkpoints_that_do_not_fit(self):
        state = self.network().state_dict()
        state["features.7.weight"] = state.pop("features.4.weight")
        torch.save(state, "best.pth")
        self.own("Small", "--checkpoint", "best.pth")
        self.assert_refused(
            "it lacks 1 of the model's tensors (features.4.weight)",
            "it has 1 that the model lacks (features.7.weight)", "--call-args")
        torch.save(self.network(classes=5).state_dict(), "best.pth")
        self.own("Small", "--checkpoint", "best.pth")
        self.assert_refused("head.weight is [5, 8] there and [3, 8] in the model")
        torch.save(self.network(), "best.pth")
        self.own("Small", "--checkpoint", "best.pth")
        self.assert_refused(
            "cannot be read as weights alone", "torch.save(model.state_dict(), FILE)")
        self.own("Small", "--checkpoint", "lost.pth")
        self.assert_refused("it must be a file, and there is none")

    def test_auxiliary_heads_are_left_out_of_torchvisions_networks_only(self):
        state = self.network().state_dict()
        state["aux1.weight"] = torch.ones(3)
        torch.save(state, "best.pth")
        self.own("Small", "--checkpoint", "best.pth")
        self.assert_refused("it has 1 that the model lacks (aux1.weight)")

    def test_wrong_number_of_classes(self):
        self.own("Small", "--classes", "ant,bee")
        self.assert_refused("--classes names 2 classes, but the model has 3 scores")
        self.own("Small", "--classes", "ant,bee,ant")
        self.assert_refused("--classes names 'ant' 2 times")
        Path("names.txt").write_text("ant\n\nbee\n")
        self.own("Small", "--classes", "names.txt")
        self.assert_refused("line 2 of it is empty")
        self.own("Small", "--classes", "lost.txt")
        self.assert_refused("--classes is lost.txt, which cannot be read")

    def test_preprocessing_that_contradicts_itself(self):
        self.own("Small", "--resize", "14", "--crop", "none")
        self.assert_refused("without a crop, pictures keep different shapes")
        self.own("Small", "--crop", "10")
        self.assert_refused("--input-size is 12x12, but --resize and --crop make inputs of 10x10")
        self.own("Small", "--channels", "gray")
        self.assert_refused("--mean has 3 numbers, but gray has 1 channel;")

    def test_bgr_needs_mean_and_std_of_its_own(self):
        for numbers in ([], ["--mean", "0.3,0.4,0.5"], ["--std", "0.2,0.2,0.25"]):
            self.export(
                "--call", "ownnets.small:build", "--input-size", "12", "--channels", "bgr",
                *numbers, "--out", "own.pt")
            self.assert_refused("--channels is bgr", "in the order blue, green, red")

    def test_flags_of_the_other_kind_of_network(self):
        self.own("Small", "--num-classes", "3")
        self.assert_refused("--num-classes is for --model")
        self.export("--model", "resnet18", "--call-args", "width=3", "--out", "own.pt")
        self.assert_refused("--call-args is for --call")

    def test_library_model_with_own_checkpoint(self):
        models = self.torchvision_models()
        torch.manual_seed(1)
        trained = models.squeezenet1_1(weights=None, num_classes=3).eval()
        torch.save(trained.state_dict(), "best.pth")
        said = self.export(
            "--model", "squeezenet1_1", "--state-dict", "best.pth", "--num-classes", "3",
            "--classes", "ant,bee,cat", "--input-size", "64", "--out", "own.pt")
        self.assertIsNotNone(said, self.refusal)
        self.assertIn("own.pt: squeezenet1_1, traced, 3 classes", said)
        inputs = torch.randn(2, 3, 64, 64)
        with torch.no_grad():
            torch.testing.assert_close(torch.jit.load("own.pt")(inputs), trained(inputs))
        self.assertEqual(
            {"resize": 73, "crop": [64, 64]},
            {k: json.loads(Path("own.json").read_text())["input"][k] for k in ("resize", "crop")})
        self.assertIn("from the default weights of squeezenet1_1: rgb, resize 73", self.warnings)
        self.export("--model", "rasnet18", "--out", "other.pt")
        self.assertIn("--model is 'rasnet18'", self.refusal)
        self.assertIn("resnet18", self.refusal)

    def test_names_of_several_timm_classes_are_told_apart(self):
        try:
            import timm
        except ImportError:
            self.skipTest("timm is not installed")
        create = timm.create_model
        self.addCleanup(setattr, timm, "create_model", create)
        # Weights would be downloaded.
        timm.create_model = lambda name, pretrained, **options: create(name, **options)
        said = self.export(
            "--source", "timm", "--model", "mobilenetv3_small_050", "--input-size", "64",
            "--out", "own.pt")
        self.assertIsNotNone(said, self.refusal)
        self.assertIn("get the class's index: 'crane (134)', 'crane (517)'\n", said)
        classes = json.loads(Path("own.json").read_text())["classes"]
        self.assertEqual(("crane (134)", "crane (517)"), (classes[134], classes[517]))
        self.assertEqual("tench, Tinca tinca", classes[0])
        self.assertEqual(1000, len(set(classes)))

    def torchvision_models(self):
        try:
            from torchvision import models
        except ImportError:
            self.skipTest("torchvision is not installed")
        return models

    def test_checkpoint_that_was_trained_from_torchvisions_weights_converts_its_input(self):
        models = self.torchvision_models()
        torch.manual_seed(1)
        # As torchvision builds it with weights.
        trained = models.googlenet(
            weights=None, num_classes=3, transform_input=True, aux_logits=False,
            init_weights=False).eval()
        torch.save(trained.state_dict(), "best.pth")
        arguments = [
            "--model", "googlenet", "--checkpoint", "best.pth", "--num-classes", "3",
            "--input-size", "64", "--out", "own.pt"]
        inputs = torch.randn(2, 3, 64, 64)
        said = self.export(*arguments)
        self.assertIsNotNone(said, self.refusal)
        self.assertIn("googlenet is built with transform_input=True", said)
        with torch.no_grad():
            torch.testing.assert_close(torch.jit.load("own.pt")(inputs), trained(inputs))
        said = self.export(*arguments, "--no-transform-input")
        self.assertIsNotNone(said, self.refusal)
        self.assertNotIn("transform_input", said)
        trained.transform_input = False
        with torch.no_grad():
            torch.testing.assert_close(torch.jit.load("own.pt")(inputs), trained(inputs))

    def test_only_two_networks_convert_their_input(self):
        self.torchvision_models()
        for arguments in (
            ["--model", "resnet18", "--checkpoint", "best.pth"],
            ["--model", "inception_v3"],
            ["--model", "inception_v3", "--checkpoint", "best.pth", "--source", "timm"],
            ["--call", "ownnets.small:build"],
        ):
            self.export(*arguments, "--no-transform-input", "--out", "own.pt")
            self.assert_refused("only torchvision's googlenet and inception_v3")

    def test_preprocessing_beside_a_checkpoint_is_the_architectures_own(self):
        self.torchvision_models()
        for name, resize, side, interpolation in (
            ("efficientnet_b3", 320, 300, "bicubic"),
            ("swin_v2_t", 260, 256, "bicubic"),
            ("resnet18", 256, 224, "bilinear"),
        ):
            sys.argv = ["export_model.py", "--model", name, "--checkpoint", "best.pth"]
            _, classes, known = export_model.torchvision_model(export_model.parse(), "none")
            self.assertEqual([], classes)
            self.assertEqual(
                (resize, [side, side], interpolation),
                (known["resize"], known["crop"], known["interpolation"]), name)

    def test_transformer_is_built_for_the_size_of_its_input(self):
        self.torchvision_models()
        sys.argv = ["export_model.py", "--model", "vit_b_32", "--input-size", "96"]
        model, _, _ = export_model.torchvision_model(export_model.parse(), "none")
        self.assertEqual(10, model.encoder.pos_embedding.shape[1])


if __name__ == "__main__":
    unittest.main()
