"""Writes a trained detector as ONNX, fp32, named and shaped as YuNet.

    python3 -m facetrain.export_detector --work DIR --output detector.onnx
"""

import argparse
import os

import torch
from torch import nn

from .detector_net import ANSWER_NAMES, DetectorNet


class _Answers(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, picture):
        return self.net.answers(picture)


def export(net, path):
    """Writes `net` to `path`: input `input` float32 [batch, 3, height, width], any multiples of 32; outputs in the order of ANSWER_NAMES."""
    free = {"input": {0: "batch", 2: "height", 3: "width"}, **{name: {0: "batch", 1: "cells"} for name in ANSWER_NAMES}}
    torch.onnx.export(_Answers(net).eval(), torch.zeros(1, 3, 256, 320), path, input_names=["input"], output_names=list(ANSWER_NAMES), dynamic_axes=free, opset_version=11)


def main():
    """Command line of this module."""
    parser = argparse.ArgumentParser(description="Writes the trained detector as ONNX.")
    parser.add_argument("--work", required=True, help="directory of the checkpoint")
    parser.add_argument("--output", required=True, help="ONNX file to write")
    arguments = parser.parse_args()
    net = DetectorNet()
    net.load_state_dict(torch.load(os.path.join(arguments.work, "detector.pt"), map_location="cpu")["average"])
    export(net, arguments.output)
    print(f"{arguments.output}: {os.path.getsize(arguments.output)} bytes")


if __name__ == "__main__":
    main()
