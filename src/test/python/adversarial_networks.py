"""Small networks that are easily probed wrongly.

    python src/test/python/adversarial_networks.py

writes each to src/test/resources/io/camatlas/torchscript/models/adversarial/NAME.pt; needs PyTorch.
"""

import pathlib
import warnings
from typing import Optional, Tuple

import torch
import torch.nn.functional as F
from torch import nn

from export_heads import save

FOLDER = (pathlib.Path(__file__).parents[1]
          / "resources/io/camatlas/torchscript/models/adversarial")


class Tutorial(nn.Module):
    """The classifier of PyTorch's CIFAR-10 tutorial; `view` needs planar memory."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 6, 5)
        self.pool = nn.MaxPool2d(2, 2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(16 * 5 * 5, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x):
        x = self.pool(F.relu(self.conv1(x)))
        x = self.pool(F.relu(self.conv2(x)))
        x = x.view(-1, 16 * 5 * 5)
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


class Head(nn.Module):
    """A pooled linear head, for the networks below."""

    def __init__(self, maps=8, classes=5):
        super().__init__()
        self.fc = nn.Linear(maps, classes)

    def forward(self, x):
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1), nn.BatchNorm2d(8), nn.ReLU())
        self.conv = nn.Conv2d(8, 8, 3, 1, 1)
        self.relu = nn.ReLU()
        self.head = Head()

    def forward(self, x):
        return self.head(self.relu(self.conv(self.stem(x))))


class Strided(Plain):
    """Reads memory as if it were planar; other layouts give other scores and no error."""

    def forward(self, x):
        x = self.relu(self.conv(self.stem(x)))
        rows = torch.as_strided(x, [x.size(0), 8, 256], [8 * 256, 256, 1])
        return self.head(rows.view(-1, 8, 16, 16).roll(3, 3) * torch.arange(16.0))


class SharedShortcut(nn.Module):
    """The shortcut is the stem's own tensor, which the branch changes in place."""

    def __init__(self, shortcut, act=None):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, 2, 1)
        self.shortcut = shortcut
        self.act = act or nn.ReLU(inplace=True)
        self.conv = nn.Conv2d(8, 8, 3, 1, 1)
        self.head = Head()

    def forward(self, x):
        x = self.stem(x)
        kept = self.shortcut(x)
        x = self.conv(self.act(x))
        return self.head(x + kept)


class InPlaceInput(Plain):
    """Normalises the tensor that it is given, and not a copy."""

    def forward(self, x):
        x.sub_(0.5).div_(0.25)
        return self.head(self.relu(self.conv(self.stem(x))))


class Spectrum(nn.Module):
    def forward(self, x):
        return torch.fft.fft2(x)


class Complex(nn.Module):
    """One layer's output is complex."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 8, 3, 2, 1)
        self.spectrum = Spectrum()
        self.head = Head()

    def forward(self, x):
        x = self.spectrum(self.conv(x))
        return self.head(torch.fft.ifft2(x * torch.exp(1j * torch.angle(x))).real.relu())


class OneAtATime(Plain):
    def forward(self, x):
        x = self.relu(self.conv(self.stem(x)))
        x = F.adaptive_avg_pool2d(x, 1)
        return self.head.fc(x.reshape(1, 8))


class MixedBatch(Plain):
    """Every score depends on the other images of the batch."""

    def forward(self, x):
        x = self.relu(self.conv(self.stem(x)))
        return self.head(x - x.mean(dim=[0, 2, 3], keepdim=True))


class Skipping(Plain):
    """Leaves a layer out for images that are dark."""

    def __init__(self):
        super().__init__()
        self.extra = nn.Conv2d(8, 8, 3, 1, 1)

    def forward(self, x):
        y = self.relu(self.conv(self.stem(x)))
        if bool(x.mean() > -0.6):
            y = y + self.extra(y)
        return self.head(y)


class AlwaysDropout(Plain):
    def forward(self, x):
        x = self.relu(self.conv(self.stem(x)))
        return self.head(F.dropout(x, 0.3, training=True))


class StochasticDepth(Plain):
    """Drops a branch of one image in seven."""

    def forward(self, x):
        x = self.stem(x)
        keep = torch.floor(torch.rand([x.size(0), 1, 1, 1], device=x.device) + 0.85)
        return self.head(x + keep * self.relu(self.conv(x)))


class Jitter(Plain):
    def forward(self, x):
        return super().forward(x + 0.2 * torch.rand_like(x))


class Softmax(Plain):
    def forward(self, x):
        return torch.softmax(4 * self.head(self.relu(self.conv(self.stem(x)))), 1)


class OneScore(Plain):
    """One score for each image."""

    def __init__(self, ending, factor: float, shift: float):
        super().__init__()
        self.head = Head(classes=1)
        self.ending = ending
        self.factor = factor
        self.shift = shift

    def forward(self, x):
        y = self.head(self.relu(self.conv(self.stem(x))))
        return self.ending(self.factor * y + self.shift)


class LogSoftmax(Plain):
    def forward(self, x):
        return torch.log_softmax(self.head(self.relu(self.conv(self.stem(x)))), 1)


class ChannelsLastBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.mlp = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x):
        return x + self.mlp(self.norm(x))


class ChannelsLast(nn.Module):
    """Tokens lie as [N,h,w,C], as in Swin."""

    def __init__(self, width=16):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 4, 4)
        self.blocks = nn.Sequential(ChannelsLastBlock(width), ChannelsLastBlock(width))
        self.norm = nn.LayerNorm(width)
        self.fc = nn.Linear(width, 5)

    def forward(self, x):
        x = self.blocks(self.patches(x).permute(0, 2, 3, 1))
        return self.fc(self.norm(x).mean([1, 2]))


class Tokens(nn.Module):
    """A small vision transformer."""

    def __init__(self, width=16):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 8, 8)
        self.start = nn.Parameter(torch.randn(1, 1, width))
        self.blocks = nn.Sequential(ChannelsLastBlock(width), ChannelsLastBlock(width))
        self.norm = nn.LayerNorm(width)
        self.fc = nn.Linear(width, 5)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.start.expand(x.size(0), -1, -1), x], 1)
        return self.fc(self.norm(self.blocks(x))[:, 0])


class EitherModule(Plain):
    """One local name stands for one of two modules."""

    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(8, 8, 3, 1, 1)
        self.b = nn.Conv2d(8, 8, 3, 1, 1)

    def forward(self, x):
        bright = bool(x.mean() > 0)
        x = self.stem(x)
        chosen = self.a if bright else self.b
        return self.head(chosen.forward(x))


class NestedElse(Plain):
    def __init__(self):
        super().__init__()
        self.a = nn.Conv2d(8, 8, 1)
        self.b = nn.Conv2d(8, 8, 1)
        self.c = nn.Conv2d(8, 8, 1)

    def forward(self, x):
        mean = float(x.mean())
        y = self.relu(self.conv(self.stem(x)))
        if mean > 100:
            y = self.a(y)
        else:
            if mean > 50:
                y = self.b(y)
            else:
                y = self.c(y)
        return self.head(y)


class Hooked(Plain):
    """A hook doubles a layer's output."""

    def __init__(self):
        super().__init__()
        self.hooked = nn.Conv2d(8, 8, 3, 1, 1)

        def double(self, input: Tuple[torch.Tensor], output: torch.Tensor):
            return output * 2 - 1

        self.hooked.register_forward_hook(double)

    def forward(self, x):
        return self.head(F.relu(self.hooked(self.stem(x))))


class HashName(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 8, 3, 2, 1)
        self.add_module("branch#2", nn.Conv2d(8, 8, 3, 1, 1))
        self.head = Head()

    def forward(self, x):
        return self.head(torch.relu(getattr(self, "branch#2")(self.stem(x))))


class ByFormAlone(Plain):
    """Chooses by shapes, settings, what is missing and whole numbers, but by no pixel."""

    def __init__(self):
        super().__init__()
        self.twice = True
        self.shift = [0, 1]
        self.offset: Optional[torch.Tensor] = None

    def forward(self, x, mask: Optional[torch.Tensor] = None):
        if x.dim() != 4 or x.size(1) != 3:
            raise ValueError("images are [N,3,H,W]")
        if bool(torch.isnan(x).any()):
            raise ValueError("images have to be numbers")
        y = self.conv(self.stem(x))
        if y.size(2) % 2 == 1:
            y = F.pad(y, [0, 0, 0, 1])
        if self.twice and sum(self.shift) > 0:
            y = torch.roll(y, self.shift, [2, 3])
        if mask is not None:
            y = y * mask
        offset = self.offset
        if offset is not None:
            y = y + offset
        rows = 0
        while rows < y.size(0):
            rows += 1
        if self.training and bool(torch.rand(1) < 0.5):
            y = y * 2
        if float(self.head.fc.weight[0, 0]) > 100:
            y = y / 100
        return self.head(self.relu(y))


class WhileBright(Plain):
    """Darkens what it is given until it is dark."""

    def forward(self, x):
        while bool(x.mean() > 0.5):
            x = x / 2
        return self.head(self.relu(self.conv(self.stem(x))))


class TimesFound(Plain):
    """How often a loop runs is read from a pixel; an operation before it is on nobody's list."""

    def forward(self, x):
        y = self.relu(self.conv(self.stem(torch.special.i0e(x))))
        for _ in range(int(torch.special.i0e(x).sum().item() > 1e9)):
            y = y * 2
        return self.head(y)


class Dimmed(Plain):
    """Dims all images of a batch together, if it is bright; there is no branch in the code."""

    def forward(self, x):
        x = torch.where(x.mean() > 2, x / 8, x)
        return self.head(self.relu(self.conv(self.stem(x))))


class DynamicHead(Plain):
    pass


class Overflowing(Plain):
    """Gradients in float16 overflow if they are made 1,024 times as large."""

    def forward(self, x):
        return 300 * self.head.fc(torch.relu(self.conv(self.stem(x))).sum([2, 3]))


def export():
    FOLDER.mkdir(parents=True, exist_ok=True)
    example = torch.randn(2, 3, 32, 32, generator=torch.Generator().manual_seed(1))

    def script(name, network, evaluate=True):
        save(torch.jit.script(network.eval() if evaluate else network), FOLDER / f"{name}-scripted.pt")

    def trace(name, network, check=True):
        save(torch.jit.trace(network.eval(), example, check_trace=check), FOLDER / f"{name}-traced.pt")

    torch.manual_seed(7)
    for make in (script, trace):
        make("tutorial", Tutorial())
        make("strided", Strided())
        make("identity-shortcut", SharedShortcut(nn.Identity()))
        make("dropout-shortcut", SharedShortcut(nn.Dropout(0.2)))
        make("softmax", Softmax())
        make("log-softmax", LogSoftmax())
        make("channels-last", ChannelsLast())
        make("tokens", Tokens())
        make("mixed-batch", MixedBatch())
        make("plain", Plain())
    script("one-at-a-time", OneAtATime())
    script("complex", Complex())
    script("skipping", Skipping())
    script("either-module", EitherModule())
    script("nested-else", NestedElse())
    script("hooked", Hooked())
    script("overflowing", Overflowing())
    script("stochastic-depth", StochasticDepth())
    script("always-dropout", AlwaysDropout())
    script("train-mode", Plain(), evaluate=False)
    trace("always-dropout", AlwaysDropout(), check=False)
    trace("jitter", Jitter(), check=False)
    trace("hash-name", HashName())
    quantised = torch.ao.quantization.quantize_dynamic(DynamicHead().eval(), {nn.Linear})
    script("dynamic-head", quantised)
    choosing(script, trace)
    script("wide-norm", wide_norm())
    one_score(script)
    script("relu6-shortcut", SharedShortcut(nn.Identity(), nn.ReLU6(inplace=True)))
    script("in-place-input", InPlaceInput())
    trace("in-place-input", InPlaceInput(), check=False)


def one_score(script):
    torch.manual_seed(10)
    script("one-probability", OneScore(nn.Sigmoid(), 1., 0.))
    script("one-logit", OneScore(nn.Identity(), 20., 0.))
    script("one-near-logit", OneScore(nn.Identity(), 0.5, 0.4))


def choosing(script, trace):
    """Networks that choose what they compute, by pixels or not."""
    torch.manual_seed(8)
    script("by-form-alone", ByFormAlone())
    script("while-bright", WhileBright())
    script("times-found", TimesFound())
    trace("dimmed", Dimmed())


def wide_norm():
    """Batch norm whose variances are beyond the range of float16, and its inputs are not."""
    torch.manual_seed(9)
    network = Plain()
    images = torch.randn(64, 3, 32, 32, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        network.stem[0].weight *= 3000
        found = network.stem[0](images)
        network.stem[1].running_mean.copy_(found.mean([0, 2, 3]))
        network.stem[1].running_var.copy_(found.var([0, 2, 3]))
    return network


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    export()
