"""Moving pixels of many pictures at once, on whatever device they are."""

import torch
import torch.nn.functional as F


def pixel_grid(pixels, device):
    """float32 [pixels, pixels, 2]: x and y of every pixel."""
    along = torch.arange(pixels, dtype=torch.float32, device=device)
    y, x = torch.meshgrid(along, along, indexing="ij")
    return torch.stack([x, y], -1)


def sample(pictures, places, border="border"):
    """Reads `pictures` [n, c, h, w] bilinearly at `places` [n, h', w', 2], in pixels; beyond the edge the edge's colour, or black for `border` "zeros"."""
    size = torch.tensor([pictures.shape[3] - 1, pictures.shape[2] - 1], dtype=torch.float32, device=pictures.device)
    return F.grid_sample(pictures, places * (2 / size) - 1, mode="bilinear", padding_mode=border, align_corners=True)


def affine_places(grid, matrices):
    """Where to read for a similarity or any affine map: `matrices` [n, 2, 3] take pixels of the result to pixels of the source."""
    return torch.einsum("hwk,nik->nhwi", grid, matrices[:, :, :2]) + matrices[:, None, None, :, 2]


def smooth_shift(pixels, deviations, random):
    """float32 [n, pixels, pixels, 2]: a smooth random shift whose size on a 6x6 grid has the standard deviation `deviations` [n], in pixels."""
    coarse = torch.randn(len(deviations), 2, 6, 6, generator=random, device=deviations.device) * deviations.view(-1, 1, 1, 1)
    return F.interpolate(coarse, size=(pixels, pixels), mode="bicubic", align_corners=False).permute(0, 2, 3, 1)
