"""What JPEG does to pictures, for many at once and on any device: blocks of 8x8 in the frequency domain, rounded by the standard's tables, colour at half size."""

import math

import torch
import torch.nn.functional as F

# ITU-T T.81, annex K.1 and K.2.
_LUMINANCE = [16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
              18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99]
_COLOUR = [17, 18, 24, 47] + [99] * 4 + [18, 21, 26, 66] + [99] * 4 + [24, 26, 56] + [99] * 5 + [47, 66] + [99] * 38

# JFIF: luminance and the two colour differences from RGB.
_TO_YCC = [[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]]


def compress(pictures, qualities):
    """float32 RGB [n, 3, h, w], 0..255, edges multiples of 16, after JPEG at `qualities` [n] (1 to 100, as libjpeg scales its tables)."""
    matrix = pictures.new_tensor(_TO_YCC)
    channels = torch.einsum("ck,nkhw->nchw", matrix, pictures)
    scale = torch.where(qualities < 50, 5000 / qualities, 200 - 2 * qualities)
    light = _round_blocks(channels[:, :1] - 128, scale, _LUMINANCE) + 128
    colour = F.interpolate(_round_blocks(F.avg_pool2d(channels[:, 1:], 2), scale, _COLOUR), scale_factor=2.0, mode="bilinear", align_corners=False)
    return torch.einsum("ck,nkhw->nchw", torch.linalg.inv(matrix), torch.cat([light, colour], 1)).clamp(0, 255)


def _round_blocks(channels, scale, table):
    count, depth, height, width = channels.shape
    place = torch.arange(8, dtype=torch.float32, device=channels.device)
    cosines = torch.cos((2 * place + 1) * place[:, None] * (math.pi / 16)) * torch.where(place == 0, math.sqrt(1 / 8), 0.5)[:, None]
    blocks = channels.reshape(count, depth, height // 8, 8, width // 8, 8)
    frequencies = torch.einsum("ui,ncyixj,vj->ncyuxv", cosines, blocks, cosines)
    steps = ((channels.new_tensor(table).reshape(8, 8) * scale.view(-1, 1, 1) + 50) / 100).floor().clamp(1, 255).view(count, 1, 1, 8, 1, 8)
    frequencies = (frequencies / steps).round() * steps
    return torch.einsum("ui,ncyuxv,vj->ncyixj", cosines, frequencies, cosines).reshape(channels.shape)
