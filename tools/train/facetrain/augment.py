"""What cameras and detectors do to a face crop: misplaced landmarks, few pixels, blur, compression, light, colour, something in front.

The student sees the damaged crop and must answer what the teacher says of the clean one.
"""

import cv2
import numpy as np

from .lfw import CROP_PIXELS


def augment(crop, random):
    """A damaged copy of the uint8 RGB crop 112x112x3; all chance comes from `random`."""
    if random.random() < 0.5:
        crop = np.ascontiguousarray(crop[:, ::-1])
    if random.random() < 0.9:
        crop = _misplace(crop, random)
    kind = random.random()
    if kind < 0.15:
        crop = _shrink(crop, random)
    elif kind < 0.25:
        crop = _blur(crop, random)
    if random.random() < 0.12:
        crop = cv2.imdecode(cv2.imencode(".jpg", crop, [cv2.IMWRITE_JPEG_QUALITY, int(random.uniform(15, 75))])[1], cv2.IMREAD_COLOR)
    if random.random() < 0.6:
        crop = _light(crop, random)
    if random.random() < 0.12:
        crop = _fade(crop, random)
    if random.random() < 0.2:
        crop = _cover(crop, random)
    if random.random() < 0.06:
        crop = np.clip(crop + random.normal(0, random.uniform(3, 14), crop.shape), 0, 255).astype(np.uint8)
    return crop


def _misplace(crop, random):
    """Turns by about 2 degrees, scales by about 2 % and shifts by about a pixel: the spread between two detectors' landmarks."""
    centre = CROP_PIXELS / 2
    matrix = cv2.getRotationMatrix2D((centre, centre), random.normal(0, 2.2), 1 + random.normal(0, 0.022))
    matrix[:, 2] += random.normal(0, 1.0, 2)
    border = cv2.BORDER_CONSTANT if random.random() < 0.7 else cv2.BORDER_REPLICATE
    return cv2.warpAffine(crop, matrix, (CROP_PIXELS, CROP_PIXELS), flags=cv2.INTER_LINEAR, borderMode=border)


def _shrink(crop, random):
    pixels = int(random.uniform(36, 84))
    return cv2.resize(cv2.resize(crop, (pixels, pixels), interpolation=cv2.INTER_AREA), (CROP_PIXELS, CROP_PIXELS), interpolation=cv2.INTER_LINEAR)


def _blur(crop, random):
    pixels = int(random.integers(1, 4)) * 2 + 1
    if random.random() < 0.5:
        return cv2.GaussianBlur(crop, (pixels, pixels), 0)
    return cv2.blur(crop, (pixels, 1) if random.random() < 0.5 else (1, pixels))  # motion


def _light(crop, random):
    """One curve of gamma, contrast and brightness; sometimes a colour cast."""
    level = np.arange(256, dtype=np.float32) / 255
    curve = (level ** np.exp(random.normal(0, 0.28)) - 0.45) * np.exp(random.normal(0, 0.2)) + 0.45 + random.normal(0, 0.08)
    cast = np.exp(random.normal(0, 0.08, 3)) if random.random() < 0.5 else np.ones(3)
    table = np.clip(curve[:, None] * cast * 255, 0, 255).astype(np.uint8)
    return cv2.LUT(np.ascontiguousarray(crop), table[:, None, :])


def _fade(crop, random):
    """Towards grey, more than half of the time entirely."""
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)[:, :, None]
    share = 1.0 if random.random() < 0.6 else random.random()
    return (crop * (1 - share) + grey * share).astype(np.uint8)


def _cover(crop, random):
    crop = crop.copy()
    width, height = random.integers(8, 38, 2)
    x, y = random.integers(-6, CROP_PIXELS, 2)
    crop[max(0, y):y + height, max(0, x):x + width] = random.integers(0, 256, 3)
    return crop
