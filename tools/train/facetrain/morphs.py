"""Virtual identities: faces that nobody has, made of the faces of training people.

Labelled by the teacher they carry the distillation: with real pictures alone the same network stopped at 91 % on unseen people, with morphs it passed 97 %.
A morph is a smooth deformation of one face, a blend of two, a face with a part of another, or all of it, after the second face's landmarks
were warped onto the first's and its colours matched.
"""

import torch

from .chance import wide
from .lfw import CROP_PIXELS
from .warps import pixel_grid, sample, smooth_shift

# Parts that are exchanged, as ellipses (centre x, centre y, radius x, radius y) in the crop: eyes, nose, mouth, inner face, forehead and hair.
_PARTS = [(56, 51, 36, 13), (56, 70, 14, 18), (56, 93, 26, 13), (56, 66, 32, 42), (56, 18, 50, 22)]

# Landmarks of the mirrored face, in the order of the face itself.
_MIRRORED = [1, 0, 2, 4, 3]


class MorphMaker:
    """Makes morphs from `crops` (uint8 RGB tensor [n, 3, 112, 112] of training people) with `points` (float32 tensor [n, 5, 2]) on their device; all chance comes from `chance`."""

    def __init__(self, crops, points, chance):
        self._crops, self._points, self._chance = crops, points, chance
        self._grid = pixel_grid(CROP_PIXELS, crops.device)
        # Where the face itself lies in an aligned crop: colour statistics are taken here, not from hair and background.
        x, y = self._grid.unbind(-1)
        self._face = torch.exp(-(((x - 56) / 34) ** 2 + ((y - 66) / 44) ** 2) ** 2)
        self._parts = torch.tensor(_PARTS, dtype=torch.float32, device=crops.device)

    def make(self, count):
        """uint8 RGB [count, 3, 112, 112]: virtual faces."""
        chance = self._chance
        kind = chance.uniform(count)
        alone, masked, thrice = kind < 0.2, kind >= 0.5, kind >= 0.85
        base, points = self._draw(count)
        share = wide(chance.uniform(count, 0.25, 0.75))
        weight = torch.where(wide(masked & ~thrice), self._masks(count), share) * wide(~alone)
        faces = torch.lerp(base, self._second(points, base), weight)
        third = torch.nonzero(thrice)[:, 0]
        faces[third] = torch.lerp(faces[third], self._second(points[third], base[third]), self._masks(len(third)))
        bent = torch.nonzero(alone | chance.coin(count, 0.35))[:, 0]
        deviations = torch.where(alone[bent], chance.uniform(len(bent), 0.8, 2.6), chance.uniform(len(bent), 0.5, 2.0))
        faces[bent] = sample(faces[bent], self._grid + smooth_shift(CROP_PIXELS, deviations, chance.generator))
        return (faces + 0.5).clamp(0, 255).byte()

    def _draw(self, count):
        rows, mirrored = self._chance.below(len(self._crops), count), self._chance.coin(count, 0.5)
        faces, points = self._crops[rows].float(), self._points[rows]
        flipped = (points * points.new_tensor([-1, 1]) + points.new_tensor([CROP_PIXELS - 1, 0]))[:, _MIRRORED]
        return torch.where(wide(mirrored), faces.flip(3), faces), torch.where(mirrored[:, None, None], flipped, points)

    def _second(self, points, base):
        """Other faces, most of them with their landmarks warped onto `points` and their colours matched to `base`."""
        count, chance = len(base), self._chance
        faces, own = self._draw(count)
        warped = chance.coin(count, 0.8)[:, None, None]
        faces = sample(faces, self._grid + _landmark_shift(self._grid, torch.where(warped, own, points), points))
        strength = chance.uniform(count, 0.5, 1.0) * chance.coin(count, 0.75)
        mean, spread = self._statistics(faces)
        base_mean, base_spread = self._statistics(base)
        gain = 1 + strength[:, None] * ((base_spread / spread).clamp(0.4, 2.5) - 1)
        return (faces - wide(mean)) * wide(gain) + wide(mean + strength[:, None] * (base_mean - mean))

    def _statistics(self, faces):
        """Mean and spread of each channel, [n, 3], over the face itself."""
        total = self._face.sum()
        mean = (faces * self._face).sum((2, 3)) / total
        return mean, torch.sqrt(((faces - wide(mean)) ** 2 * self._face).sum((2, 3)) / total) + 4

    def _masks(self, count):
        """float32 [count, 1, 112, 112], 1 where the second face shows: a part, both eyes and nose, the lower face, one side, or any ellipse."""
        chance, kind = self._chance, self._chance.below(9, count)
        shift = chance.normal(count, 0, 3, (2,))
        anywhere = torch.stack([chance.uniform(count, 20, 92), chance.uniform(count, 20, 100), chance.uniform(count, 14, 34), chance.uniform(count, 14, 34)], 1)
        part = torch.where((kind == 8)[:, None], anywhere, self._parts[torch.where(kind == 5, 0, kind).clamp(max=4)])
        mask = self._ellipses(part, shift)
        pair = torch.maximum(mask, self._ellipses(self._parts[1].expand(count, 4), shift))
        x, y = self._grid.unbind(-1)
        lower = torch.sigmoid((y - 72 - 2 * shift[:, 1, None, None]) / 3)
        side = torch.sigmoid((x - 56 - 3 * shift[:, 0, None, None]) / 3)
        for number, other in ((5, pair), (6, lower), (7, side)):
            mask = torch.where((kind == number)[:, None, None], other, mask)
        return torch.where(chance.coin(count, 0.3)[:, None, None], 1 - mask, mask)[:, None]

    def _ellipses(self, part, shift):
        x, y = self._grid.unbind(-1)
        centre, radius = (part[:, :2] + shift)[:, :, None, None], part[:, 2:, None, None]
        return torch.exp(-(((x - centre[:, 0]) / radius[:, 0]) ** 2 + ((y - centre[:, 1]) / radius[:, 1]) ** 2) ** 3)


def _landmark_shift(grid, points, target):
    """float32 [n, h, w, 2]: moves `points` onto `target` smoothly; each pixel follows the landmarks near it (Gaussian, 17 pixels)."""
    near = torch.exp(-(grid[None, :, :, None] - target[:, None, None]).pow(2).sum(-1) / (2 * 17.0**2))
    return torch.einsum("nhwp,npk->nhwk", near / (near.sum(-1, keepdim=True) + 0.15), points - target)
