#!/usr/bin/env python3
"""Tests archives that 'camatlas mute' wrote, loaded with PyTorch alone.

    python3 src/test/python/test_mute.py

Needs torch and torchvision, and a build of CamAtlas.
"""

import json
import subprocess
import tempfile
import unittest
import zipfile
from pathlib import Path

import torch
import torchvision

CAMATLAS = Path(__file__).resolve().parents[3] / "jobs" / "camatlas"


def mute(model, out, *arguments):
    return subprocess.run(
        [CAMATLAS, "mute", "--model", model, "--out", out, "--input", "3x96x96", *arguments],
        capture_output=True, text=True, check=False)


def without(network, layer, change, images):
    """Scores of the network in eager mode, with a layer's output changed."""
    hook = network.get_submodule(layer).register_forward_hook(lambda _, __, out: change(out))
    with torch.no_grad():
        scores = network(images)
    hook.remove()
    return scores


class MutedArchives(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        torch.manual_seed(0)
        cls.folder = tempfile.TemporaryDirectory()
        cls.root = Path(cls.folder.name)
        cls.images = torch.randn(3, 3, 96, 96)
        cls.networks = {}
        for name in ("resnet18", "densenet121", "vgg11_bn", "squeezenet1_1"):
            network = getattr(torchvision.models, name)(weights=None, num_classes=7)
            network.eval()
            cls.networks[name] = network
            with torch.no_grad():
                torch.jit.script(network).save(str(cls.root / f"{name}-scripted.pt"))
                torch.jit.trace(network, cls.images).save(str(cls.root / f"{name}-traced.pt"))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def test_scores_are_those_of_a_network_without_the_maps(self):
        layers = {"resnet18": "layer2.0.conv2", "densenet121": "features.denseblock2",
                  "vgg11_bn": "features.27", "squeezenet1_1": "features.12"}
        for name, network in self.networks.items():
            for form in ("scripted", "traced"):
                with self.subTest(f"{name} {form}"):
                    out = self.root / f"{name}-{form}-muted.pt"
                    run = mute(self.root / f"{name}-{form}.pt", out, "--layer", layers[name],
                               "--maps", "0,3,11")
                    self.assertEqual(0, run.returncode, run.stderr)

                    def zero(output):
                        output = output.clone()
                        output[:, [0, 3, 11]] = 0
                        return output

                    expected = without(network, layers[name], zero, self.images)
                    with torch.no_grad():
                        scores = torch.jit.load(str(out))(self.images)
                        untouched = network(self.images)
                    torch.testing.assert_close(scores, expected, rtol=1e-4, atol=1e-5)
                    change = (scores - untouched).abs().max() / untouched.abs().max()
                    self.assertGreater(change, 1e-3)

    def test_a_component_is_projected_out(self):
        torch.manual_seed(1)
        direction = torch.randn(128)
        component = self.root / "ruler.json"
        component.write_text(json.dumps({"name": "ruler", "layer": "layer2", "at": 0.25,
                                         "direction": direction.tolist()}))
        out = self.root / "projected.pt"
        run = mute(self.root / "resnet18-traced.pt", out, "--component", component)
        self.assertEqual(0, run.returncode, run.stderr)
        unit = (direction / direction.norm()).view(1, -1, 1, 1)

        def project(output):
            return output - ((output * unit).sum(1, keepdim=True) - 0.25) * unit

        expected = without(self.networks["resnet18"], "layer2", project, self.images)
        with torch.no_grad():
            scores = torch.jit.load(str(out))(self.images)
        torch.testing.assert_close(scores, expected, rtol=1e-4, atol=1e-5)

    def test_a_module_that_comes_as_an_argument_is_refused(self):
        class Block(torch.nn.Module):
            def __init__(self, act):
                super().__init__()
                self.conv = torch.nn.Conv2d(4, 4, 3, padding=1)
                self.act = act

            def forward(self, x):
                return self.act(self.conv(x))

        act = torch.nn.ReLU()
        network = torch.nn.Sequential(
            torch.nn.Conv2d(3, 4, 3), Block(act), Block(act), torch.nn.AdaptiveAvgPool2d(1),
            torch.nn.Flatten(), torch.nn.Linear(4, 5)).eval()
        model = self.root / "argument.pt"
        torch.jit.trace(network, self.images).save(str(model))
        layers = [name for name, _ in torch.jit.load(str(model)).named_modules() if "act" in name]
        said = ""
        for layer in layers:
            run = mute(model, self.root / "refused.pt", "--layer", layer, "--maps", "1")
            self.assertEqual(2, run.returncode, run.stdout)
            said += run.stderr
        self.assertIn("comes as an argument", said)
        self.assertFalse((self.root / "refused.pt").exists())

    def test_weights_and_everything_but_code_are_the_same_bytes(self):
        original = self.root / "resnet18-scripted.pt"
        out = self.root / "bytes.pt"
        run = mute(original, out, "--layer", "layer4", "--maps", "5")
        self.assertEqual(0, run.returncode, run.stderr)
        with zipfile.ZipFile(original) as before, zipfile.ZipFile(out) as after:
            for name in before.namelist():
                if "/code/" not in name:
                    self.assertEqual(before.read(name), after.read(name), name)
        before = torch.jit.load(str(original)).state_dict()
        for name, weights in torch.jit.load(str(out)).state_dict().items():
            self.assertTrue(torch.equal(weights, before[name]), name)

    def test_a_muted_archive_can_be_saved_and_frozen(self):
        out = self.root / "saved.pt"
        run = mute(self.root / "resnet18-traced.pt", out, "--layer", "layer3", "--maps", "1,2")
        self.assertEqual(0, run.returncode, run.stderr)
        loaded = torch.jit.load(str(out)).eval()
        frozen = torch.jit.freeze(loaded)
        again = self.root / "again.pt"
        torch.jit.load(str(out)).save(str(again))
        with torch.no_grad():
            expected = loaded(self.images)
            torch.testing.assert_close(frozen(self.images), expected, rtol=1e-4, atol=1e-5)
            self.assertTrue(torch.equal(torch.jit.load(str(again))(self.images), expected))


if __name__ == "__main__":
    unittest.main()
