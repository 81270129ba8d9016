"""Writes a trained embedder as ONNX with int8 weights (computed in fp32), which cost no accuracy in the trials and a quarter of the bytes.

    python3 -m facetrain.export_embedder --work DIR --output embedder.onnx

Input `data`: float32 [batch, 3, 112, 112], RGB, 0..255. Output `embedding`: float32 [batch, 128], unit length.
"""

import argparse
import copy
import os

import torch
import torch.nn.functional as F
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from .embedder_net import EmbedderNet


class Int8Convolution(nn.Module):
    """A convolution whose weights are stored as int8 with one fp32 scale per output channel and multiplied out when the model is loaded."""

    def __init__(self, convolution):
        super().__init__()
        weight = convolution.weight.detach()
        scale = weight.abs().amax((1, 2, 3), keepdim=True) / 127 + 1e-12
        self.register_buffer("weight", (weight / scale).round().to(torch.int8))
        self.register_buffer("scale", scale)
        self.register_buffer("bias", convolution.bias.detach().clone())
        self.stride, self.padding = convolution.stride, convolution.padding

    def forward(self, x):
        return F.conv2d(x, self.weight.float() * self.scale, self.bias, self.stride, self.padding)


class InferenceNet(nn.Module):
    """An EmbedderNet without what only training needs: normalisations folded into their neighbours, the hint gone."""

    def __init__(self, net, int8=True):
        super().__init__()
        net = copy.deepcopy(net).eval()
        norm, vector = net.place_norm, net.vector
        gain = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        folded = nn.Conv2d(vector.in_features, vector.out_features, 1)
        with torch.no_grad():
            folded.bias.copy_(vector.bias + vector.weight @ (norm.bias - norm.running_mean * gain))
            folded.weight.copy_((vector.weight * gain)[:, :, None, None])
        self.before, self.place, self.vector = nn.Sequential(net.stem, net.stages, net.head), nn.Parameter(net.place.detach()), folded
        for module in list(self.before.modules()):
            if isinstance(module, nn.Sequential) and len(module) > 1 and isinstance(module[1], nn.BatchNorm2d):
                module[0], module[1] = fuse_conv_bn_eval(module[0], module[1]), nn.Identity()
        if int8:
            _make_int8(self)

    def forward(self, data):
        # Subtracting cannot move into the first convolution: its padding is zeros of the normalised picture.
        maps = self.before((data - 127.5) * (1 / 64))
        vector = self.vector((maps * self.place).sum((2, 3), keepdim=True)).flatten(1)
        return vector / torch.sqrt((vector * vector).sum(1, keepdim=True) + 1e-12)


def _make_int8(module):
    for name, child in list(module.named_children()):
        if isinstance(child, nn.Conv2d):
            setattr(module, name, Int8Convolution(child))
        else:
            _make_int8(child)


def trained(work):
    """The averaged network of the checkpoint in `work`."""
    state = torch.load(os.path.join(work, "embedder.pt"), map_location="cpu")
    net = EmbedderNet(state["widths"], state["blocks"])
    net.load_state_dict(state["average"])
    return net.eval()


def main():
    """Command line of this module."""
    parser = argparse.ArgumentParser(description="Writes the trained embedder as ONNX with int8 weights.")
    parser.add_argument("--work", required=True, help="directory of the checkpoint")
    parser.add_argument("--output", required=True, help="ONNX file to write")
    arguments = parser.parse_args()
    # Without folding, so that the file keeps the int8 tensors and the engine multiplies them out once, when it loads.
    torch.onnx.export(InferenceNet(trained(arguments.work)).eval(), torch.zeros(2, 3, 112, 112), arguments.output, input_names=["data"], output_names=["embedding"],
                      dynamic_axes={"data": {0: "batch"}, "embedding": {0: "batch"}}, opset_version=13, do_constant_folding=False)
    print(f"{arguments.output}: {os.path.getsize(arguments.output)} bytes")


if __name__ == "__main__":
    main()
