"""Heads with a linear path from the layer to the scores, and something beside it that is not linear.

Each exported method is one head. Those called affine_… are affine in the layer's output nevertheless; gradients of
all others differ between images, or between two passes. export_heads.py writes them and checks that this is so.
"""

from typing import Dict, List, Tuple

import torch
import torch.nn.functional as F
from torch import nn

CLASSES = 10
WIDTH = 6


class Recorder(nn.Module):
    """Looks at its input and changes an argument, a buffer and a list that others read."""

    def __init__(self):
        super().__init__()
        self.register_buffer("seen", torch.ones(1))

    def forward(self, x, into: List[torch.Tensor]):
        into.append(torch.sigmoid(x.mean()).reshape(1))
        return x

    @torch.jit.export
    def watch(self, x):
        self.seen.copy_(x.std().reshape(1))
        return x

    @torch.jit.export
    def scale(self, factor):
        factor.mul_(torch.sigmoid(factor.sum() * 0 + self.seen))
        return factor

    @torch.jit.export
    def fill(self, x, factor):
        factor.copy_(x.std().reshape(1))
        return x


class Squeeze(nn.Module):
    """Squeeze-and-excite that multiplies in place."""

    def __init__(self):
        super().__init__()
        self.down, self.up = nn.Conv2d(WIDTH, 3, 1), nn.Conv2d(3, WIDTH, 1)

    def forward(self, x):
        gate = torch.sigmoid(self.up(torch.relu(self.down(F.adaptive_avg_pool2d(x, 1)))))
        x.mul_(gate)
        return x


@torch.jit.script
class Memory:
    """A script class that keeps what it is given."""

    def __init__(self, value: torch.Tensor):
        self.value = value

    def remember(self, value: torch.Tensor):
        self.value = value

    def mix(self, value: torch.Tensor) -> torch.Tensor:
        self.value = self.value * value
        return self.value


class SidePaths(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Sequential(nn.Conv2d(3, WIDTH, 3, padding=1), nn.ReLU())
        self.skip = nn.Conv2d(3, WIDTH, 3, padding=1)
        self.gate = nn.Linear(WIDTH, WIDTH)
        self.mix = nn.Conv2d(WIDTH, WIDTH, 1)
        self.squeeze = Squeeze()
        self.recorder = Recorder()
        self.fc = nn.Linear(WIDTH, CLASSES)
        self.side = nn.Linear(WIDTH, CLASSES)
        self.register_buffer("last", torch.ones(1))
        self.register_buffer("order", torch.tensor([3, 1, 0, 2, 5, 4]))
        self.register_buffer("mask", torch.tensor([True, False, True, True, False, True]).reshape(6, 1, 1))
        self.factors: List[float] = [0.5, 1.0, 2.0]
        self.table: Dict[str, float] = {"a": 0.5, "b": 2.0}
        self.count: int = 1

    def forward(self, x):
        return self.fc(self.layer(x).mean([2, 3]))

    # Operations in place.

    @torch.jit.export
    def gated_in_place(self, x):
        h = self.layer(x)
        plain = self.fc(h.mean([2, 3]))
        h.mul_(torch.sigmoid(self.gate(h.mean([2, 3])))[:, :, None, None])
        return plain + self.side(h.mean([2, 3]))

    @torch.jit.export
    def squeezed_in_place(self, x):
        h = self.layer(x)
        plain = self.fc(h.mean([2, 3]))
        self.squeeze(h)
        return plain + self.side(h.mean([2, 3]))

    @torch.jit.export
    def zeros_gated_in_place(self, x):
        h = self.layer(x)
        out = torch.ones_like(h)
        out.mul_(torch.sigmoid(h))
        return self.fc(h.mean([2, 3])) + self.side(out.mean([2, 3]))

    @torch.jit.export
    def slice_assigned(self, x):
        h = self.layer(x) - 0.3
        out = torch.zeros_like(h)
        out[:, 0:3] = torch.relu(h[:, 0:3])
        return self.fc(h.mean([2, 3])) + self.side(out.mean([2, 3]))

    @torch.jit.export
    def slice_assigned_over(self, x):
        h = self.layer(x) - 0.3
        out = h.clone()
        out[:, 2:4] = torch.relu(h[:, 2:4])
        return self.fc(out.mean([2, 3]))

    @torch.jit.export
    def copied_in_place(self, x):
        h = self.layer(x)
        out = torch.zeros_like(h)
        out.copy_(torch.tanh(h))
        return self.fc(h.mean([2, 3])) + self.side(out.mean([2, 3]))

    @torch.jit.export
    def masked_in_place(self, x):
        h = self.layer(x)
        out = h.clone()
        out.masked_fill_(h > 0.4, 0.0)
        return self.fc(h.mean([2, 3])) + self.side(out.mean([2, 3]))

    @torch.jit.export
    def put_by_index(self, x):
        h = self.layer(x)
        out = h.clone()
        out[:, torch.argsort(x.mean([0, 2, 3]))[:2]] = 0.0
        return self.fc(h.mean([2, 3])) + self.side(out.mean([2, 3]))

    @torch.jit.export
    def weight_filled(self, x):
        h = self.layer(x)
        factor = torch.ones([1])
        factor.fill_(float(x.std()))
        return self.fc(h.mean([2, 3])) + self.side(h.mean([2, 3]) * factor)

    # Lists and dictionaries that change.

    @torch.jit.export
    def appended(self, x):
        h = self.layer(x)
        parts = [h.mean([2, 3])]
        parts.append(torch.tanh(h.mean([2, 3])))
        return self.fc(parts[0]) + self.side(parts[1])

    @torch.jit.export
    def appended_last(self, x):
        h = self.layer(x)
        parts = [h.mean([2, 3])]
        parts.append(torch.tanh(h.mean([2, 3])))
        return self.fc(parts[0]) + self.side(parts[-1])

    @torch.jit.export
    def extended(self, x):
        h = self.layer(x).mean([2, 3])
        parts = [h]
        parts.extend([torch.tanh(h)])
        return self.fc(parts[0]) + self.side(torch.stack(parts).sum(0))

    @torch.jit.export
    def inserted(self, x):
        h = self.layer(x).mean([2, 3])
        parts = [h]
        parts.insert(0, torch.tanh(h))
        return self.fc(h) + self.side(parts[0])

    @torch.jit.export
    def item_assigned(self, x):
        h = self.layer(x).mean([2, 3])
        parts = [h, h]
        parts[1] = torch.tanh(h)
        return self.fc(parts[0]) + self.side(parts[1])

    @torch.jit.export
    def number_assigned(self, x):
        h = self.layer(x).mean([2, 3])
        factors = [1.0, 2.0]
        factors[1] = float(x.std())
        return self.fc(h) + self.side(h * factors[1])

    @torch.jit.export
    def key_assigned(self, x):
        h = self.layer(x).mean([2, 3])
        parts: Dict[str, torch.Tensor] = {"a": h, "b": h}
        parts["b"] = torch.tanh(h)
        return self.fc(parts["a"]) + self.side(parts["b"])

    @torch.jit.export
    def updated(self, x):
        h = self.layer(x).mean([2, 3])
        parts: Dict[str, torch.Tensor] = {"a": h}
        parts.update({"b": torch.tanh(h), "a": torch.sigmoid(h)})
        return self.fc(h) + self.side(parts["a"])

    @torch.jit.export
    def joined_in_place(self, x):
        h = self.layer(x).mean([2, 3])
        parts = [h]
        parts += [torch.tanh(h)]
        return self.fc(parts[0]) + self.side(parts[1])

    @torch.jit.export
    def popped(self, x):
        h = self.layer(x).mean([2, 3])
        parts = [h, h * 2]
        if bool(x.mean() > 0):
            parts.pop()
        return self.fc(h) + self.side(parts[-1])

    @torch.jit.export
    def counted_items(self, x):
        h = self.layer(x).mean([2, 3])
        parts: List[int] = []
        for i in range(int((x > 0).sum())):
            parts.append(i)
        return self.fc(h) + self.side(h * (len(parts) * 0.01))

    # Fixed lists, indexed by what depends on the image.

    @torch.jit.export
    def picked(self, x):
        h = self.layer(x).mean([2, 3])
        return self.fc(h) + self.side(h * self.factors[int(x.abs().sum()) % 3])

    @torch.jit.export
    def picked_local(self, x):
        h = self.layer(x).mean([2, 3])
        factors = [0.5, 1.0, 2.0]
        return self.fc(h) + self.side(h * factors[int(x.abs().sum()) % 3])

    @torch.jit.export
    def picked_key(self, x):
        h = self.layer(x).mean([2, 3])
        key = "b"
        if bool(x.mean() > 0):
            key = "a"
        return self.fc(h) + self.side(h * self.table[key])

    @torch.jit.export
    def picked_slice(self, x):
        h = self.layer(x).mean([2, 3])
        return self.fc(h) + self.side(h * self.factors[int(x.abs().sum()) % 3:][0])

    # Sizes that depend on the image.

    @torch.jit.export
    def size_of_where(self, x):
        h = self.layer(x).mean([2, 3])
        return self.fc(h) + self.side(h * (torch.where(x > 0)[0].size(0) * 0.01))

    @torch.jit.export
    def size_of_range(self, x):
        h = self.layer(x).mean([2, 3])
        return self.fc(h) + self.side(h * (torch.arange(int(x.abs().sum())).numel() * 0.01))

    @torch.jit.export
    def length_of_slice(self, x):
        h = self.layer(x).mean([2, 3])
        return self.fc(h) + self.side(h * (len(x.flatten()[int(x.abs().sum()):]) * 0.01))

    @torch.jit.export
    def size_of_zeros(self, x):
        h = self.layer(x).mean([2, 3])
        return self.fc(h) + self.side(h * (torch.zeros([int(x.abs().sum()), 2]).size(0) * 0.01))

    @torch.jit.export
    def size_of_masked(self, x):
        h = self.layer(x).mean([2, 3])
        return self.fc(h) + self.side(h * (x[x > 0].size(0) * 0.01))

    @torch.jit.export
    def size_of_repeated(self, x):
        h = self.layer(x).mean([2, 3])
        return self.fc(h) + self.side(h * (torch.ones([2]).repeat(int(x.abs().sum())).size(0) * 0.01))

    @torch.jit.export
    def repeated(self, x):
        h = self.layer(x).mean([2, 3])
        many = torch.ones([1]).expand(int(x.abs().sum()))
        return self.fc(h) + self.side((h.unsqueeze(2) + many).sum(2) * 0.01)

    # State that outlives a call.

    @torch.jit.export
    def kept_in_object(self, x):
        h = self.layer(x).mean([2, 3])
        memory = Memory(h)
        memory.remember(torch.tanh(h))
        return self.fc(h) + self.side(memory.value)

    @torch.jit.export
    def mixed_in_object(self, x):
        h = self.layer(x).mean([2, 3])
        memory = Memory(h)
        return self.fc(h) + self.side(memory.mix(h))

    @torch.jit.export
    def buffer_stored(self, x):
        h = self.layer(x).mean([2, 3])
        self.last = x.std().reshape(1)
        return self.fc(h) + self.side(h * self.last)

    @torch.jit.export
    def buffer_stored_late(self, x):
        h = self.layer(x).mean([2, 3])
        scores = self.fc(h) + self.side(h * self.last)
        self.last = x.std().reshape(1)
        return scores

    @torch.jit.export
    def buffer_changed(self, x):
        h = self.layer(x).mean([2, 3])
        self.last.copy_(x.std().reshape(1))
        return self.fc(h) + self.side(h * self.last)

    @torch.jit.export
    def buffer_counted(self, x):
        h = self.layer(x).mean([2, 3])
        self.last.add_(1)
        return self.fc(h) + self.side(h * self.last)

    @torch.jit.export
    def number_counted(self, x):
        h = self.layer(x).mean([2, 3])
        self.count += 1
        return self.fc(h) + self.side(h * self.count)

    @torch.jit.export
    def list_kept(self, x):
        h = self.layer(x).mean([2, 3])
        self.factors[0] = float(x.std())
        return self.fc(h) + self.side(h * self.factors[0])

    @torch.jit.export
    def list_grown(self, x):
        h = self.layer(x).mean([2, 3])
        self.factors.append(2.0)
        return self.fc(h) + self.side(h * len(self.factors))

    # What modules beside the path do.

    @torch.jit.export
    def told_by_module(self, x):
        h = self.layer(x).mean([2, 3])
        seen = [torch.ones([1])]
        self.recorder(x, seen)
        return self.fc(h) + self.side(h * seen[-1])

    @torch.jit.export
    def watched_by_module(self, x):
        h = self.layer(x).mean([2, 3])
        self.recorder.watch(x)
        return self.fc(h) + self.side(h * self.recorder.seen)

    @torch.jit.export
    def filled_by_module(self, x):
        h = self.layer(x).mean([2, 3])
        factor = torch.ones([1])
        self.recorder.fill(x, factor)
        return self.fc(h) + self.side(h * factor)

    @torch.jit.export
    def scaled_by_module(self, x):
        h = self.layer(x).mean([2, 3])
        factor = torch.ones([1])
        self.recorder.watch(x)
        self.recorder.scale(factor)
        return self.fc(h) + self.side(h * factor)

    # Randomness.

    @torch.jit.export
    def scaled_at_random(self, x):
        h = self.layer(x).mean([2, 3])
        return self.fc(h) + self.side(h * torch.rand([1]))

    @torch.jit.export
    def dropped_always(self, x):
        h = self.layer(x).mean([2, 3])
        return self.fc(h) + self.side(F.dropout(h, 0.5, True))

    @torch.jit.export
    def random_in_place(self, x):
        h = self.layer(x).mean([2, 3])
        mask = torch.ones([1, 6])
        mask.bernoulli_(0.5)
        return self.fc(h) + self.side(h * mask)

    @torch.jit.export
    def noise_drawn(self, x):
        h = self.layer(x).mean([2, 3])
        return self.fc(h) + self.side(h * torch.normal(0.0, 1.0, [1, 6]))

    @torch.jit.export
    def nothing_drawn(self, x):
        h = self.layer(x).mean([2, 3])
        noise = torch.ones([6])
        return self.fc(h) + self.side(h * torch.rand_like(noise))

    # Others that are easily taken for linear.

    @torch.jit.export
    def divided_and_floored(self, x):
        h = self.layer(x)
        floored = torch.div(h * 9, 0.5, rounding_mode="trunc") * h
        return self.fc(h.mean([2, 3])) + self.side(floored.mean([2, 3]))

    @torch.jit.export
    def normalised_by_batch(self, x):
        h = self.layer(x)
        return self.fc(h.mean([2, 3])) + self.side(F.batch_norm(h, None, None, training=True).amax([2, 3]))

    @torch.jit.export
    def chosen_module(self, x):
        h = self.layer(x).mean([2, 3])
        out = self.fc(h)
        if bool(x.mean() > 0):
            out = self.side(h)
        return self.fc(h) + out

    @torch.jit.export
    def loop_of_unknown_length(self, x):
        h = self.layer(x).mean([2, 3])
        out = h
        i = 0
        while i < int(x.abs().sum()) % 5:
            out = out * 1.5
            i += 1
        return self.fc(h) + self.side(out)

    @torch.jit.export
    def swapped_when_bright(self, x):
        h = self.layer(x).mean([2, 3])
        one, two = h, h * 3
        if bool(x.mean() > 0):
            one, two = two, one
        return self.fc(h) + self.side(one)

    @torch.jit.export
    def alias_in_list(self, x):
        h = self.layer(x).mean([2, 3])
        out = h.clone()
        held = [out]
        held[0].tanh_()
        return self.fc(h) + self.side(out)

    @torch.jit.export
    def alias_in_tuple(self, x):
        h = self.layer(x).mean([2, 3])
        out = h.clone()
        held: Tuple[torch.Tensor, int] = (out, 1)
        held[0].sigmoid_()
        return self.fc(h) + self.side(out)

    @torch.jit.export
    def alias_of_branch(self, x):
        h = self.layer(x).mean([2, 3])
        one, two = h.clone(), h.clone()
        out = two
        if bool(x.mean() > 0):
            out = one
        out.mul_(2)
        return self.fc(h) + self.side(one)

    @torch.jit.export
    def alias_of_loop(self, x):
        h = self.layer(x).mean([2, 3])
        held: List[torch.Tensor] = []
        for _ in range(3):
            held.append(h.clone())
        for part in held:
            part.tanh_()
        return self.fc(h) + self.side(torch.stack(held).sum(0))

    # Affine, although objects change: only what the head made itself.

    @torch.jit.export
    def affine_shifted_in_place(self, x):
        h = self.layer(x)
        h.add_(1).mul_(2)
        h -= self.last
        return self.fc(h.mean([2, 3]))

    @torch.jit.export
    def affine_slice_assigned(self, x):
        h = self.layer(x)
        out = torch.zeros_like(h)
        out[:, 0:3] = h[:, 3:6] * 2
        return self.fc(h.mean([2, 3])) + self.side(out.mean([2, 3]))

    @torch.jit.export
    def affine_appended(self, x):
        h = self.layer(x).mean([2, 3])
        parts: List[torch.Tensor] = []
        for i in range(3):
            parts.append(h * i)
        return self.fc(h) + self.side(torch.stack(parts).sum(0))

    @torch.jit.export
    def affine_key_assigned(self, x):
        h = self.layer(x).mean([2, 3])
        parts: Dict[str, torch.Tensor] = {}
        parts["a"] = h
        parts["b"] = -h
        return self.fc(parts["a"]) + self.side(parts["b"])

    @torch.jit.export
    def affine_list_of_image(self, x):
        h = self.layer(x).mean([2, 3])
        parts = [torch.relu(self.skip(x)).mean([2, 3])]
        parts.append(torch.tanh(parts[0]))
        return self.fc(h) + self.side(parts[1])

    @torch.jit.export
    def affine_order(self, x):
        h = self.layer(x)[:, self.order]
        return self.fc(h.mean([2, 3])) + self.side(h.masked_fill(self.mask, 0.5).sum([2, 3]))

    @torch.jit.export
    def affine_image_in_place(self, x):
        h = self.layer(x)
        s = self.skip(x).relu_()
        return self.fc(h.mean([2, 3])) + self.side(s.mul_(s).mean([2, 3]))

    @torch.jit.export
    def affine_but_mixed(self, x):
        """Affine, but an image's gradients depend on its place in the batch."""
        h = self.layer(x)
        return self.fc((h + h[0:1]).mean([2, 3]))
