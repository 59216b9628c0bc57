"""Networks of torchvision, narrow enough to be kept as fixtures; the forward code is torchvision's own."""

import contextlib
from functools import partial

import torch
from torch import nn

CLASSES = 10


@contextlib.contextmanager
def narrowed(channels, features=None):
    """Lets constructors of convolutions, norms and linear layers see other numbers of channels.

    channels maps the width that torchvision writes to the width that is built; features does the same
    for linear layers.
    """
    features = features or channels
    kept = [(c, c.__init__) for c in (nn.Conv2d, nn.BatchNorm2d, nn.Linear)]
    conv, norm, linear = (init for _, init in kept)

    def conv_init(self, in_channels, out_channels, *args, **kwargs):
        groups = kwargs.get("groups", 1)
        if groups > 1:
            kwargs["groups"] = channels(groups)
        conv(self, channels(in_channels), channels(out_channels), *args, **kwargs)

    def norm_init(self, num_features, *args, **kwargs):
        norm(self, channels(num_features), *args, **kwargs)

    def linear_init(self, in_features, out_features, *args, **kwargs):
        linear(self, features(in_features), features(out_features), *args, **kwargs)

    nn.Conv2d.__init__, nn.BatchNorm2d.__init__, nn.Linear.__init__ = conv_init, norm_init, linear_init
    try:
        yield
    finally:
        for cls, init in kept:
            cls.__init__ = init


def divided(by):
    """Widths divided where that leaves a whole number, so sums of widths stay sums."""
    return lambda width: width // by if width % by == 0 else width


def chosen(table):
    return lambda width: table.get(width, width)


def enliven(model, seed):
    """Weights that keep activations and gradients of a narrow network alive."""
    generator = torch.Generator().manual_seed(seed)

    def normal(tensor, deviation, mean=0.0):
        with torch.no_grad():
            tensor.copy_(torch.randn(tensor.shape, generator=generator) * deviation + mean)

    def uniform(tensor, low, high):
        with torch.no_grad():
            tensor.copy_(torch.rand(tensor.shape, generator=generator) * (high - low) + low)

    for module in model.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            fan_in = module.weight[0].numel()
            normal(module.weight, (1.8 / fan_in) ** 0.5)
            if module.bias is not None:
                normal(module.bias, 0.1)
        elif isinstance(module, nn.BatchNorm2d):
            uniform(module.weight, 0.6, 1.4)
            normal(module.bias, 0.3)
            normal(module.running_mean, 0.2)
            uniform(module.running_var, 0.5, 1.5)
        elif isinstance(module, nn.LayerNorm):
            uniform(module.weight, 0.6, 1.4)
            normal(module.bias, 0.3)
        elif hasattr(module, "layer_scale"):
            uniform(module.layer_scale, 0.3, 0.9)
    return model.eval()


def resnet18():
    from torchvision.models.resnet import BasicBlock, ResNet

    with narrowed(chosen({64: 4, 128: 6, 256: 8, 512: 12})):
        return ResNet(BasicBlock, [1, 1, 2, 2], num_classes=CLASSES)


def resnet50():
    from torchvision.models.resnet import Bottleneck, ResNet

    with narrowed(divided(32)):
        return ResNet(Bottleneck, [1, 1, 1, 2], num_classes=CLASSES)


def _vgg(batch_norm):
    from torchvision.models.vgg import VGG, cfgs, make_layers

    channels = chosen({64: 4, 128: 6, 256: 8, 512: 10})
    with narrowed(channels, chosen({512 * 7 * 7: 10 * 7 * 7, 4096: 10})):
        return VGG(make_layers(cfgs["A"], batch_norm=batch_norm), num_classes=CLASSES, init_weights=False)


def vgg11():
    return _vgg(False)


def vgg11_bn():
    return _vgg(True)


def densenet121():
    from torchvision.models.densenet import DenseNet

    return DenseNet(growth_rate=4, block_config=(2, 2, 2, 2), num_init_features=8, bn_size=2, num_classes=CLASSES)


def squeezenet1_1():
    from torchvision.models.squeezenet import SqueezeNet

    with narrowed(divided(16)):
        return SqueezeNet("1_1", num_classes=CLASSES)


def mobilenet_v2():
    from torchvision.models.mobilenetv2 import MobileNetV2

    rows = [[1, 16, 1, 1], [6, 24, 2, 2], [6, 32, 1, 2], [6, 64, 1, 2]]
    with narrowed(divided(8)):
        return MobileNetV2(num_classes=CLASSES, inverted_residual_setting=rows)


def mobilenet_v3_small():
    from torchvision.models.mobilenetv3 import InvertedResidualConfig, MobileNetV3

    row = partial(InvertedResidualConfig, dilation=1, width_mult=0.5)
    rows = [
        row(16, 3, 16, 16, True, "RE", stride=2),
        row(16, 3, 72, 24, False, "RE", stride=2),
        row(24, 5, 96, 40, True, "HS", stride=2),
        row(40, 5, 240, 40, True, "HS", stride=1),
    ]
    with narrowed(divided(8)):
        return MobileNetV3(rows, 512, num_classes=CLASSES)


def efficientnet_b0():
    from torchvision.models.efficientnet import EfficientNet, MBConvConfig

    row = partial(MBConvConfig, width_mult=0.5, depth_mult=1.0)
    rows = [row(1, 3, 1, 32, 16, 1), row(6, 3, 2, 16, 24, 1), row(6, 5, 2, 24, 40, 2), row(6, 3, 2, 40, 80, 1)]
    with narrowed(divided(8)):
        return EfficientNet(rows, 0.2, last_channel=320, num_classes=CLASSES)


def googlenet():
    from torchvision.models.googlenet import GoogLeNet

    with narrowed(divided(16)):
        model = GoogLeNet(num_classes=CLASSES, aux_logits=True, init_weights=False)
    # Blocks that keep the number of channels are left out to make the archive smaller.
    model.inception4b, model.inception4c, model.inception5a = nn.Identity(), nn.Identity(), nn.Identity()
    for head in (model.aux1, model.aux2):
        head.fc1, head.fc2 = nn.Linear(head.fc1.in_features, 4), nn.Linear(4, CLASSES)
    return model


def convnext_tiny():
    from torchvision.models.convnext import CNBlockConfig, ConvNeXt

    blocks = [CNBlockConfig(6, 8, 1), CNBlockConfig(8, 12, 1), CNBlockConfig(12, 16, 2), CNBlockConfig(16, None, 1)]
    return ConvNeXt(blocks, num_classes=CLASSES)


def regnet_y_400mf():
    from torchvision.models.regnet import BlockParams, RegNet

    params = BlockParams([1, 1, 2, 1], [8, 8, 16, 24], [4, 8, 8, 8], [1.0] * 4, [2] * 4, se_ratio=0.25)
    return RegNet(params, num_classes=CLASSES, stem_width=4, norm_layer=partial(nn.BatchNorm2d, eps=1e-05))


def shufflenet_v2_x0_5():
    from torchvision.models.shufflenetv2 import ShuffleNetV2

    return ShuffleNetV2([2, 2, 2], [8, 8, 16, 24, 32], num_classes=CLASSES)


def wide_resnet50():
    from torchvision.models.resnet import Bottleneck, ResNet

    with narrowed(divided(32)):
        return ResNet(Bottleneck, [1, 1, 1, 1], num_classes=CLASSES, width_per_group=128)


def resnext50():
    from torchvision.models.resnet import Bottleneck, ResNet

    with narrowed(divided(16)):
        return ResNet(Bottleneck, [1, 1, 1, 1], num_classes=CLASSES, groups=32, width_per_group=4)


def mnasnet0_5():
    from torchvision.models.mnasnet import MNASNet

    with narrowed(divided(8)):
        return MNASNet(0.5, num_classes=CLASSES)


def inception_v3():
    from torchvision.models.inception import Inception3

    with narrowed(divided(16)):
        model = Inception3(num_classes=CLASSES, aux_logits=True, init_weights=False)
    # Blocks that keep the number of channels are left out to make the archive smaller.
    model.Mixed_5d, model.Mixed_6c, model.Mixed_6d = nn.Identity(), nn.Identity(), nn.Identity()
    return model


def alexnet():
    from torchvision.models.alexnet import AlexNet

    with narrowed(divided(16), chosen({256 * 6 * 6: 16 * 6 * 6, 4096: 10})):
        return AlexNet(num_classes=CLASSES)


# Name, constructor, layers: the last one with extent, one in the middle, an early one, nested ones.
TORCHVISION = [
    (resnet18, ["layer4", "layer4.1.conv2", "layer3.0", "layer4.0.downsample.0", "layer3.1.relu", "layer3.1.relu#1"]),
    (resnet50, ["layer4", "layer4.1.conv3", "layer3.0.bn2", "layer4.1.relu", "layer4.1.relu#1", "layer4.1.relu#2"]),
    (vgg11, ["features.18", "features.13", "features.10", "features"]),
    (vgg11_bn, ["features.25", "features.26", "features.18", "features.14"]),
    (densenet121, ["features", "features.denseblock4", "features.denseblock3.denselayer2.conv1", "features.transition2.conv"]),
    (squeezenet1_1, ["features.12", "features.12.expand3x3", "features.6.squeeze", "classifier.1"]),
    (mobilenet_v2, ["features.5", "features.5.conv.1", "features.4.conv.1.0", "features.3.conv.2"]),
    (mobilenet_v3_small, ["features.5", "features.4.block.2.fc2", "features.3", "features.2.block.1.0"]),
    (efficientnet_b0, ["features.5", "features.4.0.block.2", "features.3.1", "features.3.0.block.1.0"]),
    (googlenet, ["inception5b", "inception5b.branch4.1.conv", "inception4a.branch2", "inception3a.branch3.0.bn"]),
    (convnext_tiny, ["features.7", "features.7.0.block.0", "features.5", "features.4.1"]),
    (regnet_y_400mf, ["trunk_output", "trunk_output.block4.block4-0.f.c", "trunk_output.block3.block3-1.f.se", "trunk_output.block2"]),
    (shufflenet_v2_x0_5, ["conv5", "conv5.0", "stage4.1.branch2.3", "stage3.0"]),
    (wide_resnet50, ["layer4", "layer3.0.bn2"]),
    (resnext50, ["layer4", "layer3.0.conv2"]),
    (mnasnet0_5, ["layers", "layers.16", "layers.9"]),
    (inception_v3, ["Mixed_7c", "Mixed_6e.branch7x7_3"]),
    (alexnet, ["features", "features.10"]),
]

# Smaller images leave a last layer without extent.
NEED_64 = (vgg11, vgg11_bn, densenet121, convnext_tiny, mnasnet0_5, alexnet)
NEED_96 = (inception_v3,)
