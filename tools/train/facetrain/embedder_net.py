"""The embedder's network: a narrow residual net of plain 3x3 convolutions, which train and run several times faster on a CPU than depthwise ones.

Input: float32 [n, 3, 112, 112], RGB, 0..255. Output: float32 [n, 128]; unit length after `embed`.
With the default widths 1.7 million parameters: 1.8 MB as int8 weights.
"""

import torch
import torch.nn.functional as F
from torch import nn

from .teacher import HINT_SHAPE, VECTOR

# Channels of the stem and of the three stages, then the residual blocks of each stage.
DEFAULT_WIDTHS = (16, 32, 64, 160)
DEFAULT_BLOCKS = (0, 2, 3)
_HEAD = 256


def convolution(inputs, outputs, kernel, stride=1, active=True):
    """Convolution without bias, batch normalisation and, where `active`, ReLU."""
    layers = [nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, nn.ReLU(inplace=True)) if active else nn.Sequential(*layers)


class Block(nn.Module):
    """Two 3x3 convolutions around a shortcut; begins as the identity."""

    def __init__(self, channels):
        super().__init__()
        self.first = convolution(channels, channels, 3)
        self.second = convolution(channels, channels, 3, active=False)
        nn.init.zeros_(self.second[1].weight)

    def forward(self, x):
        return F.relu(x + self.second(self.first(x)), inplace=True)


class EmbedderNet(nn.Module):
    """The student. `forward` gives (vectors before normalisation, hint maps) for training; `embed` gives unit vectors."""

    def __init__(self, widths=DEFAULT_WIDTHS, blocks=DEFAULT_BLOCKS):
        super().__init__()
        self.widths, self.blocks = tuple(widths), tuple(blocks)
        stem, *stages = widths
        self.stem = convolution(3, stem, 3, 2)
        self.stages = nn.Sequential(*[nn.Sequential(convolution(before, after, 3, 2), *[Block(after) for _ in range(count)])
                                      for before, after, count in zip((stem, *stages), stages, blocks)])
        self.head = convolution(stages[-1], _HEAD, 1)
        # A learned weight for every place of every map instead of an average: the corners of a face say other things than its middle.
        self.place = nn.Parameter(torch.randn(1, _HEAD, *HINT_SHAPE[1:]) * 0.03 + 1 / (HINT_SHAPE[1] * HINT_SHAPE[2]))
        self.place_norm = nn.BatchNorm1d(_HEAD)
        self.vector = nn.Linear(_HEAD, VECTOR)
        self.hint = nn.Conv2d(stages[-1], HINT_SHAPE[0], 1)  # training only

    def features(self, x):
        """The last stage's maps, [n, widths[-1], 7, 7]."""
        return self.stages(self.stem((x - 127.5) * (1 / 64)))

    def pool(self, maps):
        """Vectors before normalisation of the last stage's maps; fp32 also under autocast, since their small differences are what counts."""
        maps = self.head(maps)
        with torch.autocast(maps.device.type, enabled=False):
            return self.vector(self.place_norm((maps.float() * self.place).sum((2, 3))))

    def forward(self, x):
        maps = self.features(x)
        return self.pool(maps), self.hint(maps)

    def embed(self, x):
        """Unit vectors, as at inference."""
        return F.normalize(self.pool(self.features(x)))
