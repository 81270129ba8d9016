"""Virtual identities: faces that nobody has, made of the faces of training people.

Labelled by the teacher they carry the distillation: with real pictures alone the same network stopped at 91 % on unseen people, with morphs it passed 97 %.
A morph is a smooth deformation of one face, a blend of two, a face with a part of another, or all of it, after the second face's landmarks
were warped onto the first's and its colours matched.
"""

import cv2
import numpy as np

from .lfw import CROP_PIXELS

_Y, _X = np.mgrid[0:CROP_PIXELS, 0:CROP_PIXELS].astype(np.float32)

# Where the face itself lies in an aligned crop: colour statistics are taken here, not from hair and background.
_FACE = np.exp(-(((_X - 56) / 34) ** 2 + ((_Y - 66) / 44) ** 2) ** 2)[..., None]

# Parts that are exchanged, as ellipses (centre x, centre y, radius x, radius y) in the crop: eyes, nose, mouth, inner face, forehead and hair.
_PARTS = [(56, 51, 36, 13), (56, 70, 14, 18), (56, 93, 26, 13), (56, 66, 32, 42), (56, 18, 50, 22)]

# Landmarks of the mirrored face, in the order of the face itself.
_MIRRORED = [1, 0, 2, 4, 3]


class MorphMaker:
    """Makes morphs from `crops` (uint8 RGB [n, 112, 112, 3]) with `points` ([n, 5, 2]), drawing only from the rows `indices`; all chance comes from `random`."""

    def __init__(self, crops, points, indices, random):
        self._crops, self._points, self._indices, self._random = crops, points, indices, random

    def make(self):
        """One virtual face, uint8 RGB 112x112x3."""
        random = self._random
        kind = random.random()
        first, points = self._draw()
        if kind < 0.2:
            return _deform(first, random.uniform(0.8, 2.6), random)
        base = first.astype(np.float32)
        other = self._second(points, base)
        if kind < 0.5:
            face = _blend(base, other, random.uniform(0.25, 0.75))
        elif kind < 0.85:
            face = _blend(base, other, self._mask())
        else:
            face = _blend(_blend(base, other, random.uniform(0.3, 0.7)), self._second(points, base), self._mask())
        face = np.clip(face + 0.5, 0, 255).astype(np.uint8)
        return _deform(face, random.uniform(0.5, 2.0), random) if random.random() < 0.35 else face

    def _draw(self):
        index = self._indices[self._random.integers(len(self._indices))]
        crop, points = np.asarray(self._crops[index]), self._points[index]
        if self._random.random() < 0.5:
            crop, points = np.ascontiguousarray(crop[:, ::-1]), (np.array([CROP_PIXELS - 1, 0]) + points * [-1, 1])[_MIRRORED]
        return crop, points

    def _second(self, points, base):
        face, own = self._draw()
        if self._random.random() < 0.8:
            face = _warp(face, own, points)
        face = face.astype(np.float32)
        return _match_colours(face, base, self._random.uniform(0.5, 1)) if self._random.random() < 0.75 else face

    def _mask(self):
        """Float32 [112, 112, 1], 1 where the second face shows."""
        random, kind = self._random, self._random.integers(9)
        shift = random.normal(0, 3, 2)
        if kind < 5:
            mask = _ellipse(*_PARTS[kind], shift)
        elif kind == 5:
            mask = np.maximum(_ellipse(*_PARTS[0], shift), _ellipse(*_PARTS[1], shift))
        elif kind == 6:
            mask = 1 / (1 + np.exp(-(_Y - 72 - 2 * shift[1]) / 3))
        elif kind == 7:
            mask = 1 / (1 + np.exp(-(_X - 56 - 3 * shift[0]) / 3))
        else:
            mask = _ellipse(random.uniform(20, 92), random.uniform(20, 100), random.uniform(14, 34), random.uniform(14, 34), shift)
        return (1 - mask if random.random() < 0.3 else mask)[..., None].astype(np.float32)


def _ellipse(x, y, radius_x, radius_y, shift):
    return np.exp(-(((_X - x - shift[0]) / radius_x) ** 2 + ((_Y - y - shift[1]) / radius_y) ** 2) ** 3)


def _blend(first, second, weight):
    return first + (second - first) * weight


def _warp(face, points, target):
    """Moves `points` of the face onto `target` smoothly: each pixel follows the landmarks near it (Gaussian, 17 pixels)."""
    near = np.exp(-((_X[..., None] - target[:, 0]) ** 2 + (_Y[..., None] - target[:, 1]) ** 2) / (2 * 17.0**2))
    shift = (near / (near.sum(-1, keepdims=True) + 0.15)) @ (points - target)
    return _remap(face, shift)


def _deform(face, pixels, random):
    """A smooth random deformation whose displacements have the standard deviation `pixels` on a 6x6 grid."""
    return _remap(face, cv2.resize(random.normal(0, pixels, (6, 6, 2)).astype(np.float32), (CROP_PIXELS, CROP_PIXELS), interpolation=cv2.INTER_CUBIC))


def _remap(face, shift):
    shift = shift.astype(np.float32)
    return cv2.remap(np.ascontiguousarray(face), _X + shift[..., 0], _Y + shift[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _statistics(face):
    mean = (face * _FACE).sum((0, 1)) / _FACE.sum()
    return mean, np.sqrt((((face - mean) ** 2) * _FACE).sum((0, 1)) / _FACE.sum()) + 4


def _match_colours(face, base, strength):
    """Brings mean and contrast of each channel of `face` towards those of `base`, by the share `strength`."""
    mean, spread = _statistics(face)
    base_mean, base_spread = _statistics(base)
    gain = 1 + strength * (np.clip(base_spread / spread, 0.4, 2.5) - 1)
    return (face - mean) * gain + mean + strength * (base_mean - mean)
