"""Heads composed at random of pieces that are affine in the layer's output and of pieces that are not.

Each piece is a few lines of code that make a new h (a map [N,6,h,w]) or v (a vector [N,6]) of the old one. "@" stands
for a number that is different for each piece of a head, so that local names do not meet.
"""

import random

# Pieces for maps. All are affine in h.
AFFINE_MAPS = {
    "convolved": "h = self.mix(h)",
    "normed": "h = self.norm(h)",
    "scaled": "h = h * self.scale",
    "scaled in place": "h.mul_(self.scale)",
    "shifted": "h = h + 0.5",
    "shifted in place": "h -= self.scale",
    "divided": "h = h / 3",
    "pooled": "h = F.avg_pool2d(h, 2, 1, 1)",
    "flipped": "h = h.flip([3])",
    "rolled": "h = torch.roll(h, [1], [3])",
    "halves swapped": "h = torch.cat([h[:, 3:6], h[:, 0:3]], 1)",
    "chunks": "a@, b@ = h.chunk(2, 1)\nh = torch.cat([b@, a@ * 2], 1)",
    "channels last": "h = torch.matmul(h.permute(0, 2, 3, 1), self.matrix).permute(0, 3, 1, 2)",
    "slice assigned": "o@ = torch.zeros_like(h)\no@[:, 0:3] = h[:, 3:6] * 2\nh = h + o@",
    "slice overwritten": "h = h.clone()\nh[:, 1:3] = 0.25",
    "slice exchanged": "h = h.clone()\nh[:, 0:2] = h[:, 4:6] + 1",
    "slice scaled": "h = h.clone()\nh[:, :, 1:4] *= 0.5",
    "list appended": "p@ = [h]\np@.append(h * 2)\nh = p@[0] + p@[1]",
    "list of parts": "p@: List[torch.Tensor] = []\nfor i@ in range(6):\n    p@.append(h[:, i@] * (i@ + 1))\nh = torch.stack(p@, 1)",
    "list extended": "p@ = [h]\np@.extend([h, h.flip([2])])\nh = torch.stack(p@).mean(0)",
    "list inserted": "p@ = [h]\np@.insert(0, h + 1)\nh = p@[0] + p@[1] * 0.5",
    "list assigned": "p@ = [h, h]\np@[1] = h * 3\nh = p@[0] + p@[1]",
    "dictionary": "d@: Dict[str, torch.Tensor] = {}\nd@[\"a\"] = h\nd@[\"b\"] = -h\nh = d@[\"a\"] * 2 + d@[\"b\"]",
    "dictionary updated": "d@ = {\"a\": h}\nd@.update({\"b\": h * 2})\nh = d@[\"a\"] + d@[\"b\"]",
    "tuple": "t@ = (h, h * 2)\nh = t@[1] + t@[0]",
    "loop": "for i@ in range(3):\n    h = h * 0.9 + i@",
    "loop in place": "for i@ in range(2):\n    h.mul_(0.8).add_(i@)",
    "image added": "h = h + torch.relu(self.skip(x)).mean([2, 3], keepdim=True)",
    "image added in place": "h += torch.sigmoid(x.mean())",
    "image list": "p@ = [x.mean(), x.std()]\np@.append(p@[0] * p@[1])\nh = h + p@[2]",
    "image in place": "s@ = self.skip(x)\ns@.relu_()\ns@ *= s@\nh = h + s@.amax([2, 3], keepdim=True)",
    "padded": "h = F.pad(h, [1, 1, 0, 1])",
    "reflected": "h = F.pad(h, [1, 1, 1, 1], mode=\"reflect\")",
    "enlarged": "h = F.interpolate(h, scale_factor=2.0, mode=\"nearest\")",
    "enlarged smoothly": "h = F.interpolate(h, size=[9, 9], mode=\"bilinear\", align_corners=False)",
    "ordered": "h = h[:, self.order]",
    "selected": "h = torch.index_select(h, 1, self.order)",
    "masked": "h = h.masked_fill(self.mask, 0.3)",
    "masked in place": "h = h.clone()\nh.masked_fill_(self.mask, 0.0)",
    "chosen by mask": "h = torch.where(self.mask, h, h * 2)",
    "dropout": "h = self.drop(h)",
    "dropout in place": "h = F.dropout(h, 0.3, self.training, True)",
    "sized": "h = h * (h.size(2) / h.size(1))",
    "einsum": "h = torch.einsum(\"nchw,cd->ndhw\", [h, self.matrix])",
    "interpolated": "h = torch.lerp(h, h.flip([2]), 0.3)",
    "option": "if self.deep:\n    h = h * 2\nelse:\n    h = h - 1",
    "viewed in place": "h = h.clone()\nh.flatten(2).mul_(0.5)",
    "copied": "o@ = torch.empty_like(h)\no@.copy_(h * 2)\nh = o@",
    "block in place": "h = self.shift(h)",
    "multiply added": "h = torch.addcmul(h, h, self.scale, value=0.5)",
    "residual": "h = h + self.norm(self.mix(h)) * 0.5",
    "module list": "for m@ in self.blocks:\n    h = h + m@(h) * 0.1",
    "transposed": "h = h.transpose(2, 3).contiguous()",
    "unbound": "a@ = torch.unbind(h, 1)\nh = torch.stack([a@[5], a@[3], a@[4], a@[0], a@[2], a@[1]], 1)",
    "typed": "h = h.to(torch.float64).to(torch.float32)",
    "double": "h = h.double().float()",
    "noise added": "h = h + torch.rand([1, 6, 1, 1]) * 0.1",
    "constant made": "o@ = torch.ones([1, 6, 1, 1])\no@[:, 2] = 0.5\nh = h * o@",
    "constants listed": "k@ = [0.5, 1.5]\nk@.append(2.5)\nh = h * k@[1]",
    "reshaped by size": "s@ = h.shape\nh = h.reshape(s@[0], 3, 2, s@[2], s@[3]).sum(2, keepdim=True).expand(-1, -1, 2, -1, -1).reshape(s@)",
}

AFFINE_VECTORS = {
    "linear": "v = self.square(v)",
    "matrix": "v = torch.matmul(v, self.matrix)",
    "centred": "v = v - v.mean(1, keepdim=True)",
    "expanded": "v = v.unsqueeze(1).expand(-1, 3, -1).sum(1)",
    "soft weights": "v = F.linear(v, torch.softmax(self.square.weight, 0))",
    "cumulated": "v = torch.cumsum(v, 1) * 0.3",
    "added by matrix": "v = torch.addmm(self.bias, v, self.matrix)",
    "index added": "o@ = torch.zeros_like(v)\no@.index_add_(1, self.order, v)\nv = o@",
    "gathered": "v = v.gather(1, self.order.unsqueeze(0).expand(v.size(0), -1))",
    "scattered": "o@ = torch.zeros_like(v).scatter(1, self.order.unsqueeze(0), v)\nv = v + o@",
    "batch of matrices": "v = torch.bmm(v.unsqueeze(1), self.matrix.unsqueeze(0)).squeeze(1)",
    "put": "v = v.clone()\nv[:, self.order[0:2]] = 0.1",
    "unsqueezed in place": "v = v.unsqueeze(2).squeeze_(2)",
    "padded and cut": "v = F.pad(v, [2, 2])[:, 1:7]",
    "detached aside": "v = v + torch.tanh(v.detach())",
    "sum of list": "p@ = [v * 0.5 for i@ in range(3)]\nv = torch.stack(p@).sum(0)",
    "named result": "n@ = Pair(v * 2, v)\nv = n@.one + n@.two",
    "helper": "v = self.weighed(v, 0.7)",
    "batch norm": "v = self.norm1(v)",
    "repeated": "v = v.repeat(1, 2)[:, 3:9]",
}

# Pieces that are not affine; those called beside keep a linear path.
OTHER_MAPS = {
    "relu": "h = torch.relu(h - 0.2)",
    "relu in place": "h = h - 0.2\nh.relu_()",
    "gelu": "h = h + F.gelu(h)",
    "silu": "h = h + F.silu(h)",
    "hardswish": "h = F.hardswish(h - 1)",
    "gated": "h = h * torch.sigmoid(self.gate(h.mean([2, 3])))[:, :, None, None]",
    "gated in place": "h.mul_(torch.sigmoid(self.gate(h.mean([2, 3])))[:, :, None, None])",
    "squeezed in place": "self.squeeze(h)",
    "gated by image": "h = h * torch.sigmoid(x.mean())",
    "squared": "h = h * h * 0.3",
    "squared in place": "o@ = torch.zeros_like(h)\no@.addcmul_(h, h)\nh = h + o@",
    "softmax": "h = h + torch.softmax(h, 1)",
    "layer norm": "h = F.layer_norm(h, h.shape[1:])",
    "group norm": "h = F.group_norm(h, 2)",
    "batch statistics": "h = F.batch_norm(h, None, None, training=True) + h.amax([2, 3], keepdim=True)",
    "normalised": "h = F.normalize(h + 0.1, dim=1)",
    "max pooled": "h = h + F.max_pool2d(h, 3, 1, 1)",
    "clamped slice": "h = h.clone()\nh[:, 1:3].clamp_(0, 0.2)",
    "slice assigned": "o@ = torch.zeros_like(h)\no@[:, 0:3] = torch.tanh(h[:, 3:6])\nh = h + o@",
    "slice overwritten": "h = h.clone()\nh[:, 2:4] = torch.sigmoid(h[:, 2:4])",
    "where": "h = torch.where(h > 0.3, h, torch.zeros_like(h))",
    "masked": "h = h.masked_fill(h > 0.5, 0.1)",
    "masked in place": "h = h.clone()\nh.masked_fill_(h > 0.5, 0.1)",
    "divided by image": "h = h / (x.std() + 1)",
    "if bright": "if bool(x.mean() > 0):\n    h = h * 2",
    "if bright in place": "if bool(x.mean() > 0):\n    h.mul_(2)",
    "if active": "if bool(h.mean() > 0.4):\n    h = h * 0.5",
    "if bright, other module": "if bool(x.mean() > 0):\n    h = self.mix(h)\nelse:\n    h = self.mix2(h)",
    "list appended": "p@ = [h]\np@.append(torch.tanh(h))\nh = p@[0] + p@[1]",
    "list extended": "p@ = [h]\np@.extend([torch.tanh(h)])\nh = torch.stack(p@).sum(0)",
    "list inserted": "p@ = [h]\np@.insert(0, torch.tanh(h))\nh = h + p@[0]",
    "list assigned": "p@ = [h, h]\np@[1] = torch.exp(-h)\nh = p@[0] + p@[1]",
    "list popped": "p@ = [h, h * 2]\nif bool(x.mean() > 0):\n    p@.pop()\nh = p@[-1]",
    "list counted": "p@: List[int] = []\nfor i@ in range(int((x > 0).sum()) % 7):\n    p@.append(i@)\nh = h * (len(p@) + 1) * 0.2",
    "dictionary assigned": "d@ = {\"a\": h}\nd@[\"a\"] = torch.tanh(h)\nh = h + d@[\"a\"]",
    "dictionary updated": "d@ = {\"a\": h}\nd@.update({\"a\": torch.sigmoid(h)})\nh = h + d@[\"a\"]",
    "number by image": "k@ = [0.5, 1.0, 2.0]\nh = h * k@[int(x.abs().sum()) % 3]",
    "number assigned": "k@ = [0.5, 1.0]\nk@[0] = float(x.std())\nh = h * k@[0]",
    "size of where": "h = h * (torch.where(x > 0)[0].size(0) * 0.02)",
    "size of range": "h = h * (torch.arange(int(x.abs().sum())).numel() * 0.01)",
    "length": "h = h * (len(x.flatten()[int(x.abs().sum()) % 50:]) * 0.01)",
    "random": "h = h + h * torch.rand([1, 6, 1, 1])",
    "dropped": "h = F.dropout(h, 0.5, True)",
    "random in place": "o@ = torch.ones([1, 6, 1, 1])\no@.bernoulli_(0.5)\nh = h * (o@ + 0.5)",
    "told by module": "p@ = [torch.ones([1])]\nself.recorder(x, p@)\nh = h * p@[-1]",
    "filled by module": "o@ = torch.ones([1])\nself.recorder.fill(x, o@)\nh = h * o@",
    "watched by module": "self.recorder.watch(x)\nh = h * self.recorder.seen",
    "buffer changed": "self.last.copy_(x.std().reshape(1))\nh = h * self.last",
    "buffer stored": "self.last = x.std().reshape(1)\nh = h * self.last",
    "alias in list": "o@ = h.clone()\np@ = [o@]\np@[0].tanh_()\nh = h + o@",
    "alias by view": "h = h.clone()\no@ = h.view(h.size(0), -1)\no@.sub_(0.2).relu_()",
    "alias by branch": "a@, b@ = h.clone(), h.clone()\no@ = b@\nif bool(x.mean() > 0):\n    o@ = a@\no@.mul_(2)\nh = h + a@",
    "loop by image": "for i@ in range(int(x.abs().sum()) % 4):\n    h = h * 1.3",
    "while": "i@ = 0\nwhile i@ < int(x.abs().sum()) % 4:\n    h = h * 1.3\n    i@ += 1",
    "ordered by image": "h = h[:, torch.argsort(x.mean([0, 2, 3]).repeat(2) + torch.arange(6) * 0.01)] * self.scale",
    "ordered by size": "h = h[:, torch.argsort(h.mean([0, 2, 3]))] * self.scale",
    "attention": "w@ = torch.softmax(h.flatten(2).sum(1), 1)\nh = h * w@.reshape(h.size(0), 1, h.size(2), h.size(3)) * 20",
    "rounded": "h = h * torch.round(h * 2)",
    "floored": "h = torch.div(h, 0.4, rounding_mode=\"floor\") * h",
    "factor copied": "o@ = torch.zeros([1])\no@.copy_(torch.sigmoid(x.mean()).reshape(1))\nh = h * o@",
    "factor by scatter": "o@ = torch.ones([1, 6, 1, 1])\no@[:, int(x.abs().sum()) % 6] = 3.0\nh = h * o@",
    "own factor": "h = torch.addcmul(h, h, torch.tanh(h))",
    "branch in place": "o@ = h * 1\nif bool(x.std() > 1):\n    o@.mul_(3)\n    o@.relu_()\nh = o@",
    "swapped": "a@, b@ = h, h * 3\nif bool(x.mean() > 0):\n    a@, b@ = b@, a@\nh = a@",
}

OTHER_VECTORS = {
    "tanh": "v = torch.tanh(v)",
    "softmax": "v = v + torch.softmax(v, 1)",
    "log softmax": "v = torch.log_softmax(v, 1)",
    "gated": "v = v * torch.sigmoid(self.gate(v))",
    "norm": "v = v / (torch.linalg.vector_norm(v, 2, [1], True) + 0.1)",
    "absolute": "v = (v - 0.4).abs()",
    "object": "m@ = Memory(v)\nm@.remember(torch.tanh(v))\nv = v + m@.value",
    "prelu": "v = F.prelu(v - 0.4, self.slope)",
    "sorted": "v = torch.sort(v, 1)[0] * self.matrix[0]",
    "outer": "v = torch.bmm(v.unsqueeze(2), v.unsqueeze(1)).sum(2)",
    "einsum": "v = torch.einsum(\"nc,nc->nc\", [v, v])",
    "matrix of image": "v = torch.matmul(v, self.matrix * x.mean())",
    "item": "v = v * float(v.mean())",
    "scaled when stored": "self.count += 1\nv = v * self.count",
    "module gate": "v = self.gated(v)",
    "exponential": "v = v + torch.exp(-v)",
    "maximum": "v = torch.maximum(v, v.flip([1]))",
    "threshold": "v = F.threshold(v - v.mean(1, keepdim=True), 0.0, 0.1)",
    "detached factor": "v = v * torch.sigmoid(v.detach())",
}

POOLS = [
    "v = h.mean([2, 3])",
    "v = F.adaptive_avg_pool2d(h, 1).flatten(1)",
    "v = self.pool(h).squeeze(3).squeeze(2)",
    "v = h.flatten(2).sum(2) * 0.02",
    "v = F.adaptive_avg_pool2d(h, [2, 2]).flatten(2).transpose(1, 2).mean(1)",
    "v = h.reshape(h.size(0), 6, -1).mean(-1)",
]

# Pieces whose control flow tracing would fix, or that tracing cannot follow.
NOT_TRACED = {
    "option", "if bright", "if bright in place", "if active", "if bright, other module", "list popped", "list counted",
    "number by image", "number assigned", "size of where", "size of range", "length", "buffer stored", "object", "item",
    "alias by branch", "loop by image", "while", "factor by scatter", "branch in place", "swapped", "scaled when stored",
    "sized", "reshaped by size", "constants listed",
}

PREAMBLE = '''
from typing import Dict, List, NamedTuple

import torch
import torch.nn.functional as F
from torch import nn

from side_paths import Memory, Recorder, Squeeze


class Pair(NamedTuple):
    one: torch.Tensor
    two: torch.Tensor


class Shift(nn.Module):
    """Affine, and in place."""

    def forward(self, x):
        x.add_(0.3)
        return x.mul_(1.2)


class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = nn.Linear(6, 6)

    def forward(self, x):
        gate = torch.sigmoid(self.inner(x))
        x.mul_(gate)
        return x


class Heads(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Sequential(nn.Conv2d(3, 6, 3, padding=1), nn.ReLU())
        self.skip = nn.Conv2d(3, 6, 3, padding=1)
        self.mix, self.mix2 = nn.Conv2d(6, 6, 1), nn.Conv2d(6, 6, 1)
        self.blocks = nn.ModuleList([nn.Conv2d(6, 6, 3, padding=1), nn.Conv2d(6, 6, 1)])
        self.norm, self.norm1 = nn.BatchNorm2d(6), nn.BatchNorm1d(6)
        self.gate, self.square, self.fc = nn.Linear(6, 6), nn.Linear(6, 6), nn.Linear(6, 10)
        self.squeeze, self.recorder, self.shift, self.gated = Squeeze(), Recorder(), Shift(), Gated()
        self.drop, self.pool = nn.Dropout(0.4), nn.AdaptiveAvgPool2d(1)
        self.slope = nn.Parameter(torch.full([6], 0.2))
        self.matrix, self.bias = nn.Parameter(torch.randn(6, 6) * 0.5), nn.Parameter(torch.randn(6))
        self.register_buffer("scale", torch.linspace(0.5, 2, 6).reshape(6, 1, 1))
        self.register_buffer("order", torch.tensor([3, 1, 0, 2, 5, 4]))
        self.register_buffer("mask", torch.tensor([True, False, True, True, False, False]).reshape(6, 1, 1))
        self.register_buffer("last", torch.ones(1))
        self.count: int = 1
        self.deep: bool = True
        nn.init.uniform_(self.norm.running_mean, -0.3, 0.3)
        nn.init.uniform_(self.norm.running_var, 0.5, 1.5)

    def weighed(self, x, factor: float):
        return x * factor + self.bias

    def forward(self, x):
        return self.fc(self.layer(x).mean([2, 3]))
'''


def drawn(rng, affine, other, count, others, traced):
    """Pieces in random order, some of which are not affine."""
    allowed = lambda pieces: [(n, c) for n, c in sorted(pieces.items()) if not (traced and n in NOT_TRACED)]
    chosen = [rng.choice(allowed(other)) for _ in range(others)]
    chosen += [rng.choice(allowed(affine)) for _ in range(max(0, count - others))]
    rng.shuffle(chosen)
    return chosen


def head(rng, traced):
    """The lines of one head, and the names of its pieces."""
    others = rng.choice([0, 0, 0, 1, 1, 2])
    on_maps = sum(rng.random() < 0.7 for _ in range(others))
    maps = drawn(rng, AFFINE_MAPS, OTHER_MAPS, rng.randint(0, 4), on_maps, traced)
    vectors = drawn(rng, AFFINE_VECTORS, OTHER_VECTORS, rng.randint(0, 2), others - on_maps, traced)
    beside = rng.random() < 0.5
    lines = ["h = self.layer(x)"]
    if beside:
        lines += ["plain = self.fc(h.mean([2, 3]))"]
    number = 0
    for _, code in maps:
        number += 1
        lines += code.replace("@", str(number)).split("\n")
    lines += [rng.choice(POOLS)]
    for _, code in vectors:
        number += 1
        lines += code.replace("@", str(number)).split("\n")
    lines += ["return plain + self.fc(v)" if beside else "return self.fc(v)"]
    return lines, [name for name, _ in maps + vectors]


def method(name, lines, traced):
    export = "" if traced else "    @torch.jit.export\n"
    return f"\n{export}    def {name}(self, x):\n" + "".join(f"        {line}\n" for line in lines)


def heads(seed, count, traced=False):
    """Different heads in a row."""
    rng = random.Random(seed)
    found = {}
    while len(found) < count:
        lines, names = head(rng, traced)
        found.setdefault("\n".join(lines), (lines, names))
    return list(found.values())
