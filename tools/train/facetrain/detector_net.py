"""The detector's network: anchor-free, one class, separable convolutions, three strides; its answers have YuNet's names, shapes and meaning.

Input: float32 [n, 3, height, width], BGR, 0..255, height and width multiples of 32. With the default widths 90,224 parameters: 0.38 MB as fp32.
"""

import torch
import torch.nn.functional as F
from torch import nn

STRIDES = (8, 16, 32)

# Channels of a stride's answer: class and objectness logits, then box (4) and five points (10), all in units of the stride about the cell's corner.
SCORES, REGRESSIONS = 2, 14


def _convolution(inputs, outputs, kernel, stride=1, groups=1):
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False), nn.BatchNorm2d(outputs, momentum=0.05))


class Separable(nn.Module):
    """Depthwise 3x3, pointwise 1x1, a shortcut where the shape allows it, ReLU."""

    def __init__(self, inputs, outputs, stride=1):
        super().__init__()
        self.depth, self.point = _convolution(inputs, inputs, 3, stride, inputs), _convolution(inputs, outputs, 1)
        self.shortcut = inputs == outputs and stride == 1

    def forward(self, x):
        y = self.point(self.depth(x))
        return F.relu(x + y if self.shortcut else y)


class Head(nn.Module):
    """Scores and regressions of one stride, by separate branches."""

    def __init__(self, channels):
        super().__init__()
        self.score_branch, self.regression_branch = Separable(channels, channels), Separable(channels, channels)
        self.scores, self.regressions = nn.Conv2d(channels, SCORES, 3, padding=1), nn.Conv2d(channels, REGRESSIONS, 1)
        # Nearly every cell is background: beginning with "no face" everywhere spares the first steps a flood of gradients.
        nn.init.normal_(self.scores.weight, std=0.01)
        nn.init.constant_(self.scores.bias, -4.0)
        nn.init.normal_(self.regressions.weight, std=0.01)
        nn.init.zeros_(self.regressions.bias)
        with torch.no_grad():
            self.regressions.bias[2:4] = 1.2  # the logarithm of a usual face's width and height in strides

    def forward(self, x):
        return self.scores(self.score_branch(x)), self.regressions(self.regression_branch(x))


class DetectorNet(nn.Module):
    """`forward` gives for each stride the raw maps (scores' logits [n, 2, h, w], regressions [n, 14, h, w]); `answers` gives YuNet's twelve tensors."""

    def __init__(self, stem=16, early=32, channels=64, blocks=(1, 2, 2, 2)):
        super().__init__()
        def stage(before, after, count):
            return nn.Sequential(Separable(before, after, 2), *[Separable(after, after) for _ in range(count)])
        self.stem = _convolution(3, stem, 3, 2)
        self.stride4, self.stride8 = stage(stem, early, blocks[0]), stage(early, channels, blocks[1])
        self.stride16, self.stride32 = stage(channels, channels, blocks[2]), stage(channels, channels, blocks[3])
        self.merge16, self.merge8 = Separable(channels, channels), Separable(channels, channels)
        self.heads = nn.ModuleList(Head(channels) for _ in STRIDES)

    def forward(self, x):
        fine = self.stride8(self.stride4(F.relu(self.stem((x - 127.5) * (1 / 64)))))
        middle = self.stride16(fine)
        coarse = self.stride32(middle)
        middle = self.merge16(middle + F.interpolate(coarse, scale_factor=2.0, mode="nearest"))
        fine = self.merge8(fine + F.interpolate(middle, scale_factor=2.0, mode="nearest"))
        return [head(maps) for head, maps in zip(self.heads, (fine, middle, coarse))]

    def answers(self, x):
        """cls_8, cls_16, cls_32, obj_..., bbox_..., kps_... in this order: [n, cells, 1], [n, cells, 1], [n, cells, 4], [n, cells, 10]; scores 0..1."""
        maps = self(x)
        scores = [torch.sigmoid(score).permute(0, 2, 3, 1).flatten(1, 2) for score, _ in maps]
        regressions = [regression.permute(0, 2, 3, 1).flatten(1, 2) for _, regression in maps]
        return tuple([score[..., :1] for score in scores] + [score[..., 1:] for score in scores]
                     + [regression[..., :4] for regression in regressions] + [regression[..., 4:] for regression in regressions])


ANSWER_NAMES = tuple(f"{kind}_{stride}" for kind in ("cls", "obj", "bbox", "kps") for stride in STRIDES)
