"""What cameras and detectors do to a face crop: misplaced landmarks, few pixels, blur, compression, light, colour, something in front.

The student sees the damaged crop and must answer what the teacher says of the clean one.
"""

import torch
import torch.nn.functional as F

from . import jpeg
from .chance import wide
from .lfw import CROP_PIXELS
from .warps import affine_places, pixel_grid, sample

_MIDDLE = CROP_PIXELS / 2

# Sizes that crops are shrunk to: one for each part of those of a batch, since one call has one size.
_SMALL = (36, 44, 52, 60, 68, 76, 84)


def augment(crops, chance):
    """Damaged copies, float32 [n, 3, 112, 112], 0..255, of RGB crops [n, 3, 112, 112]; all chance comes from `chance`."""
    count = len(crops)
    faces = _misplace(crops.float(), chance)
    kind = chance.uniform(count)
    for part, damage in ((kind < 0.15, _shrink), ((kind >= 0.15) & (kind < 0.25), _blur), (chance.coin(count, 0.12), _compress),
                         (chance.coin(count, 0.6), _light), (chance.coin(count, 0.12), _fade), (chance.coin(count, 0.2), _cover), (chance.coin(count, 0.06), _noise)):
        rows = torch.nonzero(part)[:, 0]
        if len(rows):
            faces[rows] = damage(faces[rows], chance).clamp(0, 255)
    return faces.round()


def _misplace(faces, chance):
    """Most are turned by about 2 degrees, scaled by about 2 % and shifted by about a pixel: the spread between two detectors' landmarks. Black or the edge's colour comes in."""
    count = len(faces)
    moved = chance.coin(count, 0.9)
    angle, scale = torch.deg2rad(chance.normal(count, 0, 2.2)) * moved, 1 + chance.normal(count, 0, 0.022) * moved
    shift = chance.normal(count, 0, 1.0, (2,)) * moved[:, None]
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    turn = torch.stack([torch.stack([cos, -sin], 1), torch.stack([sin, cos], 1)], 1)
    matrices = torch.cat([turn, (_MIDDLE - turn.sum(2) * _MIDDLE + shift)[:, :, None]], 2)
    places = affine_places(pixel_grid(CROP_PIXELS, faces.device), matrices)
    inside = ((places >= -0.5) & (places <= CROP_PIXELS - 0.5)).all(-1)[:, None] | wide(chance.coin(count, 0.3))
    return sample(faces, places) * inside


def _shrink(faces, chance):
    result, size = torch.empty_like(faces), chance.below(len(_SMALL), len(faces))
    for number, pixels in enumerate(_SMALL):
        rows = torch.nonzero(size == number)[:, 0]
        if len(rows):
            small = F.interpolate(faces[rows], size=(pixels, pixels), mode="area")
            result[rows] = F.interpolate(small, size=(CROP_PIXELS, CROP_PIXELS), mode="bilinear", align_corners=False)
    return result


def _blur(faces, chance):
    """Out of focus, or moved along x or y: a kernel of 3, 5 or 7 pixels for each face."""
    count = len(faces)
    along = torch.arange(-3, 4, dtype=torch.float32, device=faces.device)
    reach = chance.below(3, count)[:, None] + 1
    deviation = 0.3 * (reach - 1) + 0.8  # what OpenCV takes for a kernel of 2 * reach + 1
    within = (along.abs() <= reach).float()
    soft, even, none = torch.exp(-along**2 / (2 * deviation**2)) * within, within, (along == 0).float().expand(count, 7)
    kind = chance.uniform(count)[:, None]
    across = torch.where(kind < 0.5, soft, torch.where(kind < 0.75, even, none))
    down = torch.where(kind < 0.5, soft, torch.where(kind < 0.75, none, even))
    kernels = (down[:, :, None] * across[:, None, :]) / (down.sum(1) * across.sum(1))[:, None, None]
    padded = F.pad(faces, (3, 3, 3, 3), mode="replicate").reshape(1, count * 3, CROP_PIXELS + 6, CROP_PIXELS + 6)
    return F.conv2d(padded, kernels.repeat_interleave(3, 0)[:, None], groups=count * 3).reshape(faces.shape)


def _compress(faces, chance):
    return jpeg.compress(faces, chance.uniform(len(faces), 15, 75))


def _light(faces, chance):
    """One curve of gamma, contrast and brightness; sometimes a colour cast."""
    count = len(faces)
    gamma, contrast, brightness = torch.exp(chance.normal(count, 0, 0.28)), torch.exp(chance.normal(count, 0, 0.2)), chance.normal(count, 0, 0.08)
    cast = torch.where(chance.coin(count, 0.5)[:, None], torch.exp(chance.normal(count, 0, 0.08, (3,))), torch.ones(count, 3, device=faces.device))
    return (((faces / 255).clamp(min=1e-4) ** wide(gamma) - 0.45) * wide(contrast) + wide(0.45 + brightness)) * wide(cast) * 255


def _fade(faces, chance):
    """Towards grey, more than half of the time entirely."""
    grey = (faces * faces.new_tensor([0.299, 0.587, 0.114]).view(1, 3, 1, 1)).sum(1, keepdim=True)
    share = torch.where(chance.coin(len(faces), 0.6), torch.ones(len(faces), device=faces.device), chance.uniform(len(faces)))
    return torch.lerp(faces, grey.expand_as(faces), wide(share))


def _cover(faces, chance):
    count = len(faces)
    low, size = chance.uniform(count, -6, CROP_PIXELS, (2,)), chance.uniform(count, 8, 38, (2,))
    grid = pixel_grid(CROP_PIXELS, faces.device)
    inside = ((grid >= low[:, None, None]) & (grid < (low + size)[:, None, None])).all(-1)[:, None]
    return torch.where(inside, wide(chance.uniform(count, 0, 255, (3,))), faces)


def _noise(faces, chance):
    return faces + wide(chance.uniform(len(faces), 3, 14)) * chance.normal(len(faces), 0, 1, faces.shape[1:])
