"""Training pictures for the detector: canvases tiled with LFW's photographs at many sizes, angles and lights, and with things that are no faces."""

from dataclasses import dataclass

import cv2
import numpy as np

from .detection import MIRRORED

# Below this score of the teacher a face is neither shown as a face nor as background.
_SURE = 0.6


@dataclass
class Target:
    """A face on the canvas: centre and size in pixels, points [5, 2], whether it counts as a face (else the place is ignored) and whether its points are all visible."""

    x: float
    y: float
    width: float
    height: float
    points: np.ndarray
    sure: bool
    whole: bool


class MosaicMaker:
    """Makes canvases of labelled `pictures` ([(BGR, Faces)], each with a face); all chance comes from `random`."""

    def __init__(self, pictures, random):
        self._pictures, self._random = pictures, random

    def make(self, height, width):
        """(uint8 BGR canvas [height, width, 3], [Target])."""
        random = self._random
        canvas, targets = self._background(height, width), []
        kind = random.random()
        count = 1 if kind < 0.14 else int(random.integers(16, 65) if kind < 0.5 else random.integers(2, 10))
        for cell in self._cells(0, 0, width, height, count):
            kind = random.random()
            if kind < 0.12:
                self._put(canvas, cell, self._background(cell[3], cell[2]))
            elif min(cell[2:]) >= 12:
                self._photograph(canvas, cell, targets, "aside" if kind < 0.19 else "part" if kind < 0.25 else "face")
        canvas = self._damage(canvas)
        for target in targets:
            target.sure = target.sure and _visible(canvas, target)
        return canvas, targets

    def _cells(self, x, y, width, height, count):
        if count <= 1 or max(width, height) < 28:
            return [(x, y, width, height)]
        first = int(self._random.integers(1, count))
        share = np.clip(first / count + self._random.uniform(-0.15, 0.15), 0.2, 0.8)
        if (width > height) == (self._random.random() < 0.85):
            cut = int(width * share)
            return self._cells(x, y, cut, height, first) + self._cells(x + cut, y, width - cut, height, count - first)
        cut = int(height * share)
        return self._cells(x, y, width, cut, first) + self._cells(x, y + cut, width, height - cut, count - first)

    @staticmethod
    def _put(canvas, cell, picture):
        x, y, width, height = cell
        canvas[y:y + height, x:x + width] = picture

    def _background(self, height, width):
        random, kind = self._random, self._random.integers(5)
        picture = self._pictures[random.integers(len(self._pictures))][0]
        if kind == 0:
            return np.full((height, width, 3), random.integers(0, 256, 3), np.uint8)
        if kind == 1:  # noise of several grains
            noise = sum(cv2.resize(random.random((grain, grain, 3)).astype(np.float32) - 0.5, (width, height), interpolation=cv2.INTER_CUBIC) * 120 / grain**0.3 for grain in (3, 7, 17, 41))
            return np.clip(noise + random.integers(40, 220, 3), 0, 255).astype(np.uint8)
        if kind == 2:  # tiles of a photograph in disorder: eyes, skin and mouths out of place
            count = int(random.integers(5, 11))
            edge = picture.shape[0] // count
            tiles = picture[:count * edge, :count * edge].reshape(count, edge, count, edge, 3).swapaxes(1, 2).reshape(-1, edge, edge, 3)
            tiles = tiles[random.permutation(len(tiles))].reshape(count, count, edge, edge, 3).swapaxes(1, 2).reshape(count * edge, count * edge, 3)
            return cv2.resize(tiles, (width, height), interpolation=cv2.INTER_AREA)
        if kind == 3:
            return self._hand(picture, height, width)
        small = cv2.resize(picture, tuple(int(edge) for edge in random.integers(2, 5, 2)), interpolation=cv2.INTER_AREA)  # colours of a photograph, nothing else
        return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)

    def _hand(self, picture, height, width):
        """A palm and fingers of the photograph's skin: what a small detector likes to take for a face."""
        random, middle = self._random, picture.shape[0] // 2
        hand = cv2.resize(picture[:40, :40], (width, height), interpolation=cv2.INTER_AREA)
        skin = picture[middle - 20:middle + 20, middle - 20:middle + 20].reshape(-1, 3)
        size = min(width, height) * random.uniform(0.15, 0.3)
        palm = np.array([random.uniform(0.3, 0.7) * width, random.uniform(0.4, 0.8) * height])
        lean = random.uniform(0, 2 * np.pi)
        for finger in range(5):
            angle = lean + (finger - 2) * random.uniform(0.15, 0.4)
            tip = palm + np.array([np.sin(angle), -np.cos(angle)]) * size * random.uniform(1.4, 2.6)
            colour = skin[random.integers(len(skin))].tolist()
            cv2.line(hand, tuple(palm.astype(int).tolist()), tuple(tip.astype(int).tolist()), colour, max(1, int(size * random.uniform(0.3, 0.5))), cv2.LINE_AA)
        cv2.ellipse(hand, tuple(palm.astype(int).tolist()), (int(size) + 1, int(size * 1.2) + 1), float(np.rad2deg(lean)), 0, 360, skin.mean(0).tolist(), -1, cv2.LINE_AA)
        light = cv2.resize(random.uniform(0.6, 1.3, (3, 3)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)[..., None]
        return np.clip(cv2.GaussianBlur(hand, (0, 0), max(0.5, size * 0.08)) * light, 0, 255).astype(np.uint8)

    def _covered(self, picture, points):
        """The photograph with something over the lower face or over one eye: a mask, a hand, a microphone. It is still a face."""
        random, picture = self._random, picture.copy()
        eyes = max(8.0, float(np.linalg.norm(points[1] - points[0])))
        centre = points[3:].mean(0) if random.random() < 0.75 else points[random.integers(2)]
        centre = tuple((centre + random.normal(0, 0.15 * eyes, 2)).astype(int).tolist())
        radii = tuple((eyes * random.uniform((0.45, 0.3), (1.1, 0.75))).astype(int).tolist())
        colour = picture[random.integers(picture.shape[0]), random.integers(picture.shape[1])] if random.random() < 0.5 else random.integers(0, 256, 3)
        if random.random() < 0.5:
            cv2.ellipse(picture, centre, radii, random.uniform(-30, 30), 0, 360, colour.tolist(), -1, cv2.LINE_AA)
        else:
            low, high = np.array(centre) - radii, np.array(centre) + radii
            cv2.rectangle(picture, tuple(low.tolist()), tuple(high.tolist()), colour.tolist(), -1)
        return picture

    def _photograph(self, canvas, cell, targets, aim):
        """Warps a photograph into the cell: its face, a part beside its face, or its border."""
        random = self._random
        x, y, width, height = cell
        picture, faces = self._pictures[random.integers(len(self._pictures))]
        main = int(np.argmax(faces.scores * faces.boxes[:, 2]))
        box = faces.boxes[main]
        if random.random() < 0.1:
            picture = self._covered(picture, faces.points[main])
        size, centre, least = np.sqrt(box[2] * box[3]), box[:2] + box[2:] / 2, min(width, height)
        place = np.array([width, height]) / 2
        if aim == "aside":
            scale, centre = random.uniform(0.8, 4), np.array([random.choice([random.uniform(0, 45), random.uniform(205, 250)]), random.uniform(0, 250)])
        elif aim == "part":
            scale = least / (size * random.uniform(0.35, 0.9))
            direction = random.uniform(0, 2 * np.pi)
            centre = centre + np.array([np.cos(direction), np.sin(direction)]) * (size * 0.42 + least / scale * random.uniform(0.3, 0.5))
        else:
            largest = max(14.0, min(270.0, least * 1.2))
            wanted = 8.5 * (largest / 8.5) ** (random.random() ** 0.65)
            scale, margin = wanted / size, wanted * 0.42
            place = np.array([random.uniform(min(margin, edge / 2), max(edge - margin, edge / 2)) for edge in (width, height)])
        angle = np.deg2rad(np.clip(random.normal(0, 15), -55, 55)) if random.random() < 0.75 else 0.0
        mirrored, stretch = random.random() < 0.5, scale * np.exp(random.uniform(-0.16, 0.12, 2))
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([-stretch[0] if mirrored else stretch[0], stretch[1]])
        shift = place - turn @ centre
        # Blur first where the picture shrinks: warpAffine samples single points and would alias. By how much differs, since small faces of real pictures are seldom as crisp as a reduced large one.
        source = cv2.GaussianBlur(picture, (0, 0), random.uniform(0.4, 1.0) / scale) if scale < 0.7 else picture
        patch = canvas[y:y + height, x:x + width].copy()
        cv2.warpAffine(self._light(source), np.hstack([turn, shift[:, None]]), (width, height), dst=patch, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT)
        self._put(canvas, cell, patch)
        for index in range(len(faces)):
            target = _moved(faces.boxes[index], faces.points[index], faces.scores[index], turn, shift, mirrored, (width, height))
            if target:
                target.x, target.y, target.points = target.x + x, target.y + y, target.points + [x, y]
                targets.append(target)

    def _light(self, picture):
        random, kind = self._random, self._random.random()
        if kind < 0.22:
            return np.clip(picture * (np.exp(random.uniform(-2.3, -0.5)) * (1 + random.uniform(-0.25, 0.25, 3))) + random.uniform(0, 18), 0, 255).astype(np.uint8)
        if kind > 0.6:
            return picture
        curve = ((np.arange(256) / 255) ** np.exp(random.uniform(-0.6, 0.6)) * 255 - 127) * random.uniform(0.5, 1.5) + 127 + random.uniform(-35, 35)
        return cv2.LUT(picture, np.clip(curve, 0, 255).astype(np.uint8))

    def _damage(self, canvas):
        random = self._random
        if random.random() < 0.12:
            canvas = cv2.cvtColor(cv2.cvtColor(canvas, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        if random.random() < 0.12:
            canvas = cv2.GaussianBlur(canvas, (0, 0), random.uniform(0.4, 1.6))
        if random.random() < 0.2:
            canvas = np.clip(canvas + random.normal(0, random.uniform(2, 14), (*canvas.shape[:2], 1)), 0, 255).astype(np.uint8)
        if random.random() < 0.2:
            canvas = cv2.imdecode(cv2.imencode(".jpg", canvas, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(25, 90))])[1], cv2.IMREAD_COLOR)
        return canvas


def _visible(canvas, target):
    """False where the face is so dark or flat that asking for it would teach to see faces in darkness."""
    half = np.array([target.width, target.height]) * 0.35
    left, top = np.maximum(np.array([target.x, target.y]) - half, 0).astype(int)
    right, bottom = (np.array([target.x, target.y]) + half + 1).astype(int)
    patch = canvas[top:bottom, left:right, 1]
    return patch.size > 0 and patch.std() >= 5


def _moved(box, points, score, turn, shift, mirrored, cell):
    """The Target of a face after the warp, in the cell's pixels; None where less than 15 % of it is inside."""
    centre = turn @ (box[:2] + box[2:] / 2) + shift
    half = np.sqrt((turn**2) @ (box[2:] / 2) ** 2)  # of the ellipse that the box stands for
    visible = np.clip(np.minimum(centre + half, cell) - np.maximum(centre - half, 0), 0, None).prod() / (4 * half.prod())
    if visible < 0.15:
        return None
    moved = points @ turn.T + shift
    moved = moved[MIRRORED] if mirrored else moved
    whole = bool(((moved > -1) & (moved < np.array(cell) + 1)).all())
    return Target(*centre, *(2 * half), moved, bool(score >= _SURE and visible > 0.62), whole)
