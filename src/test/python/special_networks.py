"""Small networks, each with one thing that a layer probe has to think of. Runs with PyTorch 1.13 too."""

from typing import Dict, List, NamedTuple, Tuple

import torch
import torch.nn.functional as F
from torch import nn

CLASSES = 10


def conv(inputs, outputs):
    return nn.Conv2d(inputs, outputs, 3, padding=1)


class Head(nn.Module):
    """A head that is not linear, so that gradients differ from place to place."""

    def __init__(self, channels):
        super().__init__()
        self.hidden = nn.Linear(channels * 4, 12)
        self.scores = nn.Linear(12, CLASSES)

    def forward(self, x):
        x = torch.flatten(F.adaptive_avg_pool2d(x, 2), 1)
        return self.scores(torch.tanh(self.hidden(x)))


class ReluThreeTimes(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2, self.conv3 = conv(3, 4), conv(4, 4), conv(4, 6)
        self.relu = nn.ReLU()
        self.head = Head(6)

    def forward(self, x):
        x = self.relu(self.conv1(x))
        x = self.relu(self.conv2(x))
        x = self.relu(self.conv3(x))
        return self.head(x)


class TwoViews(nn.Module):
    """One encoder sees the image and its mirror image."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(conv(3, 4), nn.Tanh())
        self.mix = conv(8, 6)
        self.head = Head(6)

    def forward(self, x):
        left = self.encoder(x)
        right = self.encoder(torch.flip(x, [3]) * 0.5)
        return self.head(self.mix(torch.cat([left, right], 1)))


class Listed(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([conv(3, 4), conv(4, 4), conv(4, 6)])
        self.head = Head(6)

    def forward(self, x):
        for block in self.blocks:
            x = torch.relu(block(x))
        return self.head(x)


class ByKey(nn.Module):
    def __init__(self):
        super().__init__()
        self.parts = nn.ModuleDict({"conv-1": conv(3, 4), "act": nn.ReLU(), "conv 2": conv(4, 6), "7": nn.Tanh()})
        self.head = Head(6)

    def forward(self, x):
        for _, part in self.parts.items():
            x = part(x)
        return self.head(x)


class Nested(nn.Module):
    def __init__(self):
        super().__init__()
        inner = nn.Sequential(conv(4, 4), nn.Sequential(nn.ReLU(), conv(4, 6)))
        self.body = nn.Sequential(nn.Sequential(conv(3, 4), nn.Tanh()), inner, nn.ReLU())
        self.head = Head(6)

    def forward(self, x):
        return self.head(self.body(x))


class Unit(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.conv = conv(inputs, outputs)
        self.act = nn.Tanh()

    def forward(self, x):
        return self.act(self.conv(x))


class Stage(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.first = Unit(inputs, outputs)
        self.second = Unit(outputs, outputs)

    def forward(self, x):
        return self.second(self.first(x)) + x


class OneClassAtManyDepths(nn.Module):
    """The class Unit stands right below the root, in a stage, and in a stage in a container."""

    def __init__(self):
        super().__init__()
        self.unit = Unit(3, 4)
        self.stage = Stage(4, 4)
        self.stages = nn.Sequential(Stage(4, 4), Stage(4, 4))
        self.last = Unit(4, 6)
        self.head = Head(6)

    def forward(self, x):
        return self.head(self.last(self.stages(self.stage(self.unit(x)))))


class NeverCalled(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = conv(3, 6)
        self.auxiliary = nn.Sequential(conv(6, 6))
        self.head = Head(6)

    def forward(self, x):
        return self.head(torch.relu(self.conv(x)))


class _TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = conv(3, 4), conv(4, 6)
        self.main, self.other = Head(6), Head(4)


class ReturnsTuple(_TwoHeads):
    def forward(self, x):
        early = torch.relu(self.conv1(x))
        late = torch.relu(self.conv2(early))
        return self.main(late), self.other(early)


class ReturnsList(_TwoHeads):
    def forward(self, x) -> List[torch.Tensor]:
        early = torch.relu(self.conv1(x))
        late = torch.relu(self.conv2(early))
        return [self.main(late), self.other(early)]


class ReturnsDict(_TwoHeads):
    def forward(self, x) -> Dict[str, torch.Tensor]:
        early = torch.relu(self.conv1(x))
        late = torch.relu(self.conv2(early))
        return {"aux": self.other(early), "out": self.main(late)}


class Scores(NamedTuple):
    aux: torch.Tensor
    logits: torch.Tensor


class ReturnsNamedTuple(_TwoHeads):
    def forward(self, x) -> Scores:
        early = torch.relu(self.conv1(x))
        late = torch.relu(self.conv2(early))
        return Scores(self.other(early), self.main(late))


class Encoder(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.mlp = nn.Linear(width, width)

    def forward(self, x):
        return x + torch.tanh(self.mlp(self.norm(x)))


class Tokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch = nn.Conv2d(3, 6, 4, stride=4)
        self.encoder = Encoder(6)
        self.scores = nn.Linear(6, CLASSES)

    def forward(self, x):
        tokens = self.encoder(self.patch(x).flatten(2).transpose(1, 2))
        return self.scores(tokens.mean(1))


class Halves(nn.Module):
    def __init__(self):
        super().__init__()
        self.left, self.right = conv(3, 4), conv(3, 4)

    def forward(self, x) -> Tuple[torch.Tensor, torch.Tensor]:
        return self.left(x), self.right(x)


class TupleLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.halves = Halves()
        self.head = Head(4)

    def forward(self, x):
        left, right = self.halves(x)
        return self.head(torch.relu(left) * torch.sigmoid(right))


class Classifier(nn.Module):
    """forward gives features; classify gives the scores."""

    def __init__(self):
        super().__init__()
        self.stage = Stage(3, 3)
        self.conv = conv(3, 6)
        self.head = Head(6)

    def forward(self, x):
        return torch.relu(self.conv(self.stage(x)))

    @torch.jit.export
    def classify(self, x):
        return self.head(self.forward(x))


class TracedClassifier(Classifier):
    """The same without the mark that asks for scripting, which tracing cannot follow."""

    def classify(self, x):
        return self.head(self.forward(x))


class Stem(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = conv(3, 4)
        self.unit = Unit(4, 4)

    def forward(self, x):
        return self.extract(x)

    @torch.jit.export
    def extract(self, x):
        return self.unit(torch.relu(self.conv(x)))


class OtherMethod(nn.Module):
    """The root calls a child's method that is not forward."""

    def __init__(self):
        super().__init__()
        self.stem = Stem()
        self.conv = conv(4, 6)
        self.head = Head(6)

    def forward(self, x):
        return self.head(self.conv(self.stem.extract(x)))


class Helpers(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = conv(3, 4), conv(4, 6)
        self.head = Head(6)

    def early(self, x):
        return torch.relu(self.conv1(x))

    def features(self, x, scale: float):
        x = self.early(x) * scale
        return torch.relu(self.conv2(x))

    def forward(self, x):
        return self.head(self.features(x, 1.5))


class Branches(nn.Module):
    """Branches that depend on the mode and on the input."""

    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = conv(3, 4), conv(4, 6)
        self.small = conv(4, 4)
        self.dropout = nn.Dropout(0.5)
        self.head = Head(6)

    def forward(self, x):
        x = torch.relu(self.conv1(x))
        if self.training:
            x = self.dropout(x)
        else:
            x = x * 1.25
        if x.shape[2] > 4:
            x = torch.tanh(self.small(x))
        if not self.training:
            x = self.conv2(x)
        else:
            x = self.conv2(self.dropout(x))
        return self.head(torch.relu(x))


class LoopOverBlocks(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = conv(3, 4)
        self.blocks = nn.ModuleList([Unit(4, 4) for _ in range(3)])
        self.last = conv(4, 6)
        self.head = Head(6)

    def forward(self, x):
        x = self.stem(x)
        seen: List[torch.Tensor] = []
        for i, block in enumerate(self.blocks):
            x = x + block(x) * float(i + 1)
            seen.append(x)
        return self.head(self.last(torch.stack(seen).sum(0)))


class Recurrent(nn.Module):
    """One block at one place in the code, called three times by a loop that scripting keeps."""

    repeats: int

    def __init__(self):
        super().__init__()
        self.repeats = 3
        self.stem = conv(3, 4)
        self.block = Unit(4, 4)
        self.head = Head(4)

    def forward(self, x):
        x = self.stem(x)
        for _ in range(self.repeats):
            x = self.block(x)
        return self.head(x)


class InPlaceBehind(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = conv(3, 4), conv(4, 6)
        self.relu = nn.ReLU(inplace=True)
        self.head = Head(6)

    def forward(self, x):
        x = self.relu(self.conv1(x))
        x = self.conv2(x)
        x += 0.25
        x.mul_(1.5)
        return self.head(F.relu(x, inplace=True))


class NestedCalls(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = conv(3, 4), nn.Tanh(), conv(4, 6)
        self.head = Head(6)

    def forward(self, x):
        return self.head(torch.relu(self.c(self.b(self.a(x)) + self.b(self.a(-x)))))


class TwoNames(nn.Module):
    """One submodule under two names."""

    def __init__(self):
        super().__init__()
        self.stem = conv(3, 4)
        self.first = Unit(4, 4)
        self.second = self.first
        self.head = Head(4)

    def forward(self, x):
        return self.head(self.second(self.first(self.stem(x)) * 2.0))


class Plain(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = conv(3, 4), conv(4, 6)
        self.head = Head(6)

    def forward(self, x):
        return self.head(torch.relu(self.conv2(torch.relu(self.conv1(x)))))


class HungryFromFiveRows(nn.Module):
    """Asks for 2**45 numbers, more than there is memory for, as soon as a batch has five rows."""

    def __init__(self):
        super().__init__()
        self.body = Plain()

    def forward(self, x):
        waste = torch.empty([(x.size(0) // 5) * 35184372088832])
        return self.body(x) + float(waste.size(0)) * 0.0


class OneScore(nn.Module):
    """One class or none."""

    def __init__(self):
        super().__init__()
        self.body = Plain()
        self.score = nn.Linear(CLASSES, 1)

    def forward(self, x):
        return self.score(self.body(x))


class HungryForBrightImages(nn.Module):
    """Asks for as much for any batch with an image whose first value is above 1."""

    def __init__(self):
        super().__init__()
        self.body = Plain()

    def forward(self, x):
        bright = int(torch.sum(x[:, 0, 0, 0] > 1.0))
        waste = torch.empty([bright * 35184372088832])
        return self.body(x) + float(waste.size(0)) * 0.0


class ResidualBlock(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        identity = x
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.bn2(self.conv2(out))
        if self.downsample is not None:
            identity = self.downsample(x)
        out += identity
        return self.relu(out)


class SmallResidual(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1, bias=False), nn.BatchNorm2d(4), nn.ReLU(inplace=True))
        self.layer1 = nn.Sequential(ResidualBlock(4, 4, 1), ResidualBlock(4, 4, 1))
        self.layer2 = nn.Sequential(ResidualBlock(4, 8, 2), ResidualBlock(8, 8, 1))
        self.avgpool = nn.AdaptiveAvgPool2d((1, 1))
        self.fc = nn.Linear(8, CLASSES)

    def forward(self, x):
        x = self.layer2(self.layer1(self.stem(x)))
        return self.fc(torch.flatten(self.avgpool(x), 1))


class SmallPlainStack(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            conv(3, 4), nn.ReLU(inplace=True), nn.MaxPool2d(2),
            conv(4, 6), nn.ReLU(inplace=True), nn.MaxPool2d(2),
            conv(6, 8), nn.ReLU(inplace=True), nn.MaxPool2d(2))
        self.avgpool = nn.AdaptiveAvgPool2d((2, 2))
        self.classifier = nn.Sequential(
            nn.Linear(32, 16), nn.ReLU(inplace=True), nn.Dropout(), nn.Linear(16, CLASSES))

    def forward(self, x):
        return self.classifier(torch.flatten(self.avgpool(self.features(x)), 1))


class OtherReceiver(nn.Module):
    """Nothing says that a method has to call its module self."""

    def __init__(me):
        super().__init__()
        me.conv1, me.conv2 = conv(3, 4), conv(4, 6)
        me.head = Head(6)

    def features(me, x):
        return me.conv2(torch.relu(me.conv1(x)))

    def forward(me, x):
        return me.head(me.features(x))


class Heads(nn.Module):
    """Heads behind one layer, each an entry of its own; those called affine_… are affine in its output."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Sequential(conv(3, 6), nn.ReLU())
        self.gate = nn.Linear(6, 6)
        self.mix = nn.Conv2d(6, 6, 1)
        self.skip = conv(3, 6)
        self.fc = nn.Linear(6, CLASSES)
        self.drop = nn.Dropout(0.5)
        self.register_buffer("scale", torch.linspace(0.5, 2, 6).reshape(6, 1, 1))
        self.register_buffer("last", torch.ones(1))
        self.deep: bool = True

    def forward(self, x):
        return self.fc(self.layer(x).mean([2, 3]))

    @torch.jit.export
    def affine_mix(self, x):
        return self.fc(self.drop(F.adaptive_avg_pool2d(self.mix(self.layer(x)), 1).flatten(1)))

    @torch.jit.export
    def affine_scale(self, x):
        return self.fc((self.layer(x) * self.scale / 3 + 1).mean([2, 3]))

    @torch.jit.export
    def affine_skip(self, x):
        return self.fc((self.layer(x) + torch.relu(self.skip(x))).mean([2, 3]))

    @torch.jit.export
    def affine_halves(self, x):
        one, two = self.layer(x).chunk(2, 1)
        return self.fc(torch.cat([two, one], 1).sum([2, 3]))

    @torch.jit.export
    def affine_weights_of_weights(self, x):
        return F.linear(self.layer(x).mean([2, 3]), torch.softmax(self.fc.weight, 0), self.fc.bias)

    @torch.jit.export
    def affine_branch(self, x):
        h = self.layer(x)
        if self.deep:
            h = self.mix(h)
        return self.fc(h.mean([2, 3]))

    @torch.jit.export
    def affine_in_place(self, x):
        h = self.layer(x)
        h += 1
        return self.fc(h.mean([2, 3]))

    @torch.jit.export
    def gated(self, x):
        h = self.layer(x)
        gate = torch.sigmoid(self.gate(h.mean([2, 3])))
        return self.fc((h * gate[:, :, None, None]).mean([2, 3]))

    @torch.jit.export
    def gated_by_image(self, x):
        h = self.layer(x)
        return self.fc((h * torch.sigmoid(self.skip(x))).mean([2, 3]))

    @torch.jit.export
    def scaled_by_image(self, x):
        return self.fc(self.layer(x).mean([2, 3]) / x.std())

    @torch.jit.export
    def squared(self, x):
        h = self.layer(x)
        return self.fc((h * h).mean([2, 3]))

    @torch.jit.export
    def softmax(self, x):
        return torch.softmax(self.fc(self.layer(x).mean([2, 3])), 1)

    @torch.jit.export
    def maximum(self, x):
        return self.fc(torch.amax(self.layer(x), [2, 3]))

    @torch.jit.export
    def behind_an_alias(self, x):
        h = self.layer(x) - 1
        other = h.view(h.size(0), -1)
        other.relu_()
        return self.fc(h.mean([2, 3]))

    @torch.jit.export
    def behind_a_slice(self, x):
        h = self.layer(x) - 1
        h[:, 1:3].clamp_(0, 0.1)
        return self.fc(h.mean([2, 3]))

    @torch.jit.export
    def product_in_place(self, x):
        h = self.skip(x)
        h *= self.layer(x)
        return self.fc(h.mean([2, 3]))

    @torch.jit.export
    def decided(self, x):
        h = self.layer(x)
        if bool(x.mean() > 0):
            h = h * 2
        return self.fc(h.mean([2, 3]))

    @torch.jit.export
    def decided_by_layer(self, x):
        h = self.layer(x).mean([2, 3])
        scale = 1.0
        if bool(h.mean() > 0.3):
            scale = 2.0
        return self.fc(h * scale)

    @torch.jit.export
    def decided_in_place(self, x):
        h = self.layer(x)
        if bool(x.mean() > 0):
            h *= 2
        return self.fc(h.mean([2, 3]))

    @torch.jit.export
    def decided_factor(self, x):
        factor = 1.0
        if bool(x.mean() > 0):
            factor = 2.0
        return self.fc(self.layer(x).mean([2, 3]) * factor)

    @torch.jit.export
    def masked(self, x):
        h = self.layer(x)
        return self.fc(torch.where(h > 0.2, h, torch.zeros_like(h)).mean([2, 3]))

    @torch.jit.export
    def counted(self, x):
        h = self.layer(x)
        return self.fc(h.sum([2, 3]) / torch.nonzero(x > 0).size(0))

    @torch.jit.export
    def filled(self, x):
        factor = torch.zeros([1, 6, 1, 1])
        factor.copy_(torch.sigmoid(x.mean()).reshape(1, 1, 1, 1).expand(1, 6, 1, 1))
        return self.fc((self.layer(x) * factor).mean([2, 3]))

    @torch.jit.export
    def remembered(self, x):
        self.last = x.std().reshape(1)
        return self.fc(self.layer(x).mean([2, 3]) * self.last)

    @torch.jit.export
    def looped(self, x):
        h = self.layer(x).mean([2, 3])
        for _ in range(3):
            h = torch.tanh(h)
        return self.fc(h)

    @torch.jit.export
    def item_by_item(self, x):
        h = self.layer(x).mean([2, 3])
        parts: List[torch.Tensor] = []
        for i in range(6):
            parts.append(torch.exp(h[:, i]))
        return self.fc(torch.stack(parts, 1))

    @torch.jit.export
    def normalised(self, x):
        return self.fc(F.normalize(self.layer(x).mean([2, 3]), dim=1))

    @torch.jit.export
    def attended(self, x):
        h = self.layer(x).flatten(2)
        weights = torch.softmax(h.sum(1, keepdim=True), 2)
        return self.fc(torch.bmm(h, weights.transpose(1, 2)).squeeze(2))
