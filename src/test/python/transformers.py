"""Small transformers, of torchvision and as other libraries write them; and where the grid is in their outputs."""

import torch
from torch import nn
from torchvision.models.swin_transformer import SwinTransformer
from torchvision.models.vision_transformer import VisionTransformer

CLASSES = 10


def tokens(prefix, rows, columns):
    """[N,T,K] as [N,K,h,w], without the tokens before the grid's."""
    return lambda out: out[:, prefix:].transpose(1, 2).unflatten(2, (rows, columns))


def tokens_first(prefix, rows, columns):
    return lambda out: tokens(prefix, rows, columns)(out.transpose(0, 1))


def channels_last(out):
    return out.permute(0, 3, 1, 2)


def vision_transformer():
    return VisionTransformer(image_size=32, patch_size=8, num_layers=2, num_heads=2, hidden_dim=16, mlp_dim=24,
                             num_classes=CLASSES)


def swin_transformer():
    return SwinTransformer(patch_size=[4, 4], embed_dim=12, depths=[1, 1], num_heads=[2, 2], window_size=[4, 4],
                           num_classes=CLASSES)


class Attention(nn.Module):
    def __init__(self, width, heads=2):
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x):
        n, t, width = x.shape
        q, k, v = self.qkv(x).reshape(n, t, 3, self.heads, width // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        weights = (q @ k.transpose(-2, -1) * (width // self.heads) ** -0.5).softmax(-1)
        return self.proj((weights @ v).transpose(1, 2).reshape(n, t, width))


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm1, self.attn = nn.LayerNorm(width), Attention(width)
        self.norm2, self.mlp = nn.LayerNorm(width), nn.Sequential(nn.Linear(width, width), nn.GELU())

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class Registers(nn.Module):
    """A class token, two registers and a grid that is wider than high."""

    def __init__(self, width=12):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 4, 4)
        self.start = nn.Parameter(torch.randn(1, 3, width))
        self.blocks = nn.Sequential(Block(width), Block(width))
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, CLASSES)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.start.expand(x.size(0), -1, -1), x], 1)
        return self.head(self.norm(self.blocks(x))[:, 0])


class Joined(Registers):
    """The scores are an affine function of the class token and the mean of the grid's."""

    def __init__(self, width=12):
        super().__init__(width)
        self.head = nn.Linear(2 * width, CLASSES)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.start.expand(x.size(0), -1, -1), x], 1)
        x = self.norm(self.blocks(x))
        return self.head(torch.cat([x[:, 0], x[:, 3:].mean(1)], 1))


class Merged(nn.Module):
    """Tokens without any before them, whose grid is halved on the way, and pooled."""

    def __init__(self, width=8):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 4, 4)
        self.first = Block(width)
        self.reduction = nn.Linear(4 * width, 2 * width)
        self.second = Block(2 * width)
        self.norm = nn.LayerNorm(2 * width)
        self.head = nn.Linear(2 * width, CLASSES)

    def forward(self, x):
        x = self.patches(x)
        n, width, rows, columns = x.shape
        x = self.first(x.flatten(2).transpose(1, 2))
        x = x.reshape(n, rows // 2, 2, columns // 2, 2, width).permute(0, 1, 3, 2, 4, 5)
        x = self.second(self.reduction(x.reshape(n, rows * columns // 4, 4 * width)))
        return self.head(self.norm(x).mean(1))


class FirstBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.attn = nn.MultiheadAttention(width, 2)

    def forward(self, x):
        y = self.norm(x)
        return x + self.attn(y, y, y, need_weights=False)[0]


class TokensFirst(nn.Module):
    """The batch is the second dimension, as in CLIP."""

    def __init__(self, width=12):
        super().__init__()
        self.patches = nn.Conv2d(3, width, 4, 4)
        self.start = nn.Parameter(torch.randn(1, 1, width))
        self.blocks = nn.Sequential(FirstBlock(width), FirstBlock(width))
        self.head = nn.Linear(width, CLASSES)

    def forward(self, x):
        x = self.patches(x).flatten(2).permute(2, 0, 1)
        x = torch.cat([self.start.expand(-1, x.size(1), -1), x], 0)
        return self.head(self.blocks(x)[0])


# Name, network, input, layers with their grids, and the layer that is explained if none is named.
ALL = [
    ("vision-transformer", vision_transformer, [3, 32, 32],
     {"conv_proj": None, "encoder.layers.encoder_layer_0.ln_2": tokens(1, 4, 4),
      "encoder.layers.encoder_layer_0": tokens(1, 4, 4), "encoder.layers.encoder_layer_1.ln_1": tokens(1, 4, 4)}),
    ("swin-transformer", swin_transformer, [3, 32, 32],
     {"features.0": channels_last, "features.1.0.norm1": channels_last, "features.3.0": channels_last,
      "norm": channels_last, "permute": None}),
    ("registers", Registers, [3, 16, 24],
     {"blocks.0": tokens(3, 4, 6), "blocks.1.norm1": tokens(3, 4, 6), "blocks.1.attn.qkv": tokens(3, 4, 6)}),
    ("joined", Joined, [3, 16, 24], {"blocks.1": tokens(3, 4, 6), "norm": tokens(3, 4, 6)}),
    ("merged", Merged, [3, 16, 16],
     {"first": tokens(0, 4, 4), "second.norm2": tokens(0, 2, 2), "norm": tokens(0, 2, 2)}),
    ("tokens-first", TokensFirst, [3, 16, 16],
     {"blocks.0": tokens_first(1, 4, 4), "blocks.1.norm": tokens_first(1, 4, 4)}),
]
