"""Training pictures for the detector: canvases tiled with LFW's photographs at many sizes, angles and lights, and with things that are no faces."""

from dataclasses import dataclass

import cv2
import numpy as np

from .clutter import background
from .detection import MIRRORED
from .heads import covered, turned

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
    """Makes canvases of labelled `pictures` ([(BGR, Faces)], each with a face) and of `mistaken` places in them ([(index, box)]), which a network took for faces; all chance comes from `random`, which may be another for each canvas."""

    def __init__(self, pictures, random=None, mistaken=()):
        self._pictures, self.random, self._mistaken = pictures, random, mistaken
        # Whom the photographer did not mean: smaller, less sharp, turned away. LFW's main faces are too good to learn from alone.
        self._others = [(index, number) for index, (_, faces) in enumerate(pictures) for number in range(len(faces)) if faces.scores[number] >= _SURE and number != _main(faces)]

    def make(self, height, width):
        """(uint8 BGR canvas [height, width, 3], [Target])."""
        random = self.random
        canvas, targets = self._background(height, width), []
        kind = random.random()
        if kind < 0.12:
            self._crowd(canvas, targets)
        count = 0 if kind < 0.12 else 1 if kind < 0.24 else int(random.integers(16, 65) if kind < 0.55 else random.integers(2, 10))
        for cell in self._cells(0, 0, width, height, count) if count else ():
            kind = random.random()
            if kind < 0.12:
                self._put(canvas, cell, self._background(cell[3], cell[2]))
            elif min(cell[2:]) >= 12:
                aim = "aside" if kind < 0.17 else "part" if kind < 0.22 else "mistaken" if kind < 0.34 and len(self._mistaken) else "face"
                self._photograph(canvas, cell, targets, aim)
        canvas = self._damage(canvas)
        for target in targets:
            target.sure = target.sure and _visible(canvas, target)
        return canvas, targets

    def _cells(self, x, y, width, height, count):
        if count <= 1 or max(width, height) < 28:
            return [(x, y, width, height)]
        first = int(self.random.integers(1, count))
        share = np.clip(first / count + self.random.uniform(-0.15, 0.15), 0.2, 0.8)
        if (width > height) == (self.random.random() < 0.85):
            cut = int(width * share)
            return self._cells(x, y, cut, height, first) + self._cells(x + cut, y, width - cut, height, count - first)
        cut = int(height * share)
        return self._cells(x, y, width, cut, first) + self._cells(x, y + cut, width, height - cut, count - first)

    @staticmethod
    def _put(canvas, cell, picture):
        x, y, width, height = cell
        canvas[y:y + height, x:x + width] = picture

    def _background(self, height, width):
        return background(self.random, self._pictures[self.random.integers(len(self._pictures))][0], height, width)

    def _face(self):
        """(picture, its Faces, the number of one of them), as it is, covered, or turned."""
        random = self.random
        if len(self._others) and random.random() < 0.25:
            index, number = self._others[random.integers(len(self._others))]
        else:
            index = random.integers(len(self._pictures))
            number = _main(self._pictures[index][1])
        picture, faces = self._pictures[index]
        if random.random() < 0.1:
            picture = covered(random, picture, faces.points[number])
        if random.random() < 0.25:
            picture, faces = turned(random, picture, faces, number)
        return picture, faces, number

    def _photograph(self, canvas, cell, targets, aim):
        """Warps a photograph into the cell: its face, a part beside its face, its border, or a place that a network took for a face."""
        random = self.random
        x, y, width, height = cell
        if aim == "mistaken":
            index, box = self._mistaken[random.integers(len(self._mistaken))]
            picture, faces = self._pictures[index]
        else:
            picture, faces, number = self._face()
            box = faces.boxes[number]
        size, centre, least = np.sqrt(box[2] * box[3]), box[:2] + box[2:] / 2, min(width, height)
        place = np.array([width, height]) / 2
        if aim == "aside":
            scale, centre = random.uniform(0.8, 4), np.array([random.choice([random.uniform(0, 45), random.uniform(205, 250)]), random.uniform(0, 250)])
        elif aim == "part":
            scale = least / (size * random.uniform(0.35, 0.9))
            direction = random.uniform(0, 2 * np.pi)
            centre = centre + np.array([np.cos(direction), np.sin(direction)]) * (size * 0.42 + least / scale * random.uniform(0.3, 0.5))
        elif aim == "mistaken":
            scale = min(random.uniform(0.6, 1.5), least / size)
        else:
            largest = max(14.0, min(270.0, least * 1.2))
            wanted = 8.5 * (largest / 8.5) ** (random.random() ** 0.65)
            scale, margin = wanted / size, wanted * 0.42
            place = np.array([random.uniform(min(margin, edge / 2), max(edge - margin, edge / 2)) for edge in (width, height)])
        turn, mirrored = self._pose(scale)
        shift = place - turn @ centre
        patch, inside = self._warp(picture, scale, turn, shift, (width, height))
        np.copyto(canvas[y:y + height, x:x + width], patch, where=inside[..., None] > 0)
        for index in range(len(faces)):
            target = _moved(faces.boxes[index], faces.points[index], faces.scores[index], turn, shift, mirrored, (width, height))
            if target:
                target.x, target.y, target.points = target.x + x, target.y + y, target.points + [x, y]
                targets.append(target)

    def _crowd(self, canvas, targets):
        """Heads cut out and laid over each other, from the back to the front, so that shoulders and neighbours hide parts of faces."""
        random, (height, width) = self.random, canvas.shape[:2]
        size, drawn, shown = np.exp(random.uniform(np.log(11), np.log(48))), [], np.full((height, width), -1, np.int16)
        y = random.uniform(0, height / 3)
        while y < height + 0.3 * size and len(drawn) < 150:
            x = random.uniform(-0.5, 0.5) * size
            while x < width + 0.3 * size:
                if random.random() < 0.85:
                    target = self._head(canvas, shown, len(drawn), np.array([x, y]) + random.normal(0, 0.15 * size, 2), size * np.exp(random.normal(0, 0.15)))
                    drawn.append(target)
                x += size * random.uniform(0.9, 1.8)
            y += size * random.uniform(0.7, 1.5)
            size *= random.uniform(1, 1.15)  # nearer rows are larger
        for number, target in enumerate(drawn):
            left, top, right, bottom = _inner(target, 0.4)
            seen = (shown[top:bottom, left:right] == number).sum() / (0.64 * target.width * target.height)
            target.sure, target.whole = target.sure and seen > 0.6, target.whole and seen > 0.9
            if seen > 0.15:
                targets.append(target)

    def _head(self, canvas, shown, number, place, wanted):
        """Lays one head over the canvas and its number over `shown`; returns its Target."""
        picture, faces, chosen = self._face()
        box = faces.boxes[chosen]
        scale = wanted / np.sqrt(box[2] * box[3])
        turn, mirrored = self._pose(scale)
        reach = np.ceil(wanted * self.random.uniform((0.8, 1.0), (1.0, 1.3))).astype(int)  # half of what is cut out: hair, neck and some shoulder
        corner = np.rint(place).astype(int) - reach
        shift = place - corner - turn @ (box[:2] + box[2:] / 2)
        patch, inside = self._warp(picture, scale, turn, shift, tuple((2 * reach).tolist()))
        mask = np.zeros(patch.shape[:2], np.float32)
        cv2.ellipse(mask, tuple(reach.tolist()), tuple((reach - 1).tolist()), 0, 0, 360, 1, -1, cv2.LINE_AA)
        mask *= inside
        low, high = np.clip(corner, 0, [canvas.shape[1], canvas.shape[0]]), np.clip(corner + 2 * reach, 0, [canvas.shape[1], canvas.shape[0]])
        there, here = (slice(low[1], high[1]), slice(low[0], high[0])), (slice(low[1] - corner[1], high[1] - corner[1]), slice(low[0] - corner[0], high[0] - corner[0]))
        share = mask[here][..., None]
        canvas[there] = np.rint(canvas[there] * (1 - share) + patch[here] * share).astype(np.uint8)
        shown[there][mask[here] > 0.5] = number
        edges = (canvas.shape[1], canvas.shape[0])
        return _moved(box, faces.points[chosen], faces.scores[chosen], turn, shift + corner, mirrored, edges) or Target(*place, wanted, wanted, np.zeros((5, 2)), False, False)

    def _pose(self, scale):
        """(2x2 matrix: turned, stretched, mirrored, about `scale` times as large; whether mirrored)."""
        random = self.random
        angle = np.deg2rad(np.clip(random.normal(0, 15), -55, 55)) if random.random() < 0.75 else 0.0
        mirrored, stretch = bool(random.random() < 0.5), scale * np.exp(random.uniform(-0.16, 0.12, 2))
        return np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([-stretch[0] if mirrored else stretch[0], stretch[1]]), mirrored

    def _warp(self, picture, scale, turn, shift, edges):
        """(BGR patch of `edges` (width, height) with the photograph in some light, where it is: 0 or 1 for each pixel)."""
        # Reduce by averaging first: warpAffine samples single points and would alias.
        factor = max(1, int(1 / scale + 0.3))
        if factor > 1:
            height, width = (length // factor for length in picture.shape[:2])
            picture = cv2.resize(picture[:height * factor, :width * factor], (width, height), interpolation=cv2.INTER_AREA)
            turn, shift = turn * factor, shift + turn.sum(1) * (factor - 1) / 2
        matrix = np.hstack([turn, shift[:, None]])
        patch = cv2.warpAffine(picture, matrix, edges, flags=cv2.INTER_LINEAR)
        inside = cv2.warpAffine(np.ones(picture.shape[:2], np.uint8), matrix, edges, flags=cv2.INTER_NEAREST)
        if scale < 0.7:  # small faces of real pictures are seldom as crisp as a reduced large one
            patch = cv2.GaussianBlur(patch, (0, 0), self.random.uniform(0.3, 1.0))
        return self._light(patch), inside

    def _light(self, picture):
        random, kind = self.random, self.random.random()
        if kind < 0.22:
            return np.clip(picture * (np.exp(random.uniform(-2.3, -0.5)) * (1 + random.uniform(-0.25, 0.25, 3))) + random.uniform(0, 18), 0, 255).astype(np.uint8)
        if kind > 0.6:
            return picture
        curve = ((np.arange(256) / 255) ** np.exp(random.uniform(-0.6, 0.6)) * 255 - 127) * random.uniform(0.5, 1.5) + 127 + random.uniform(-35, 35)
        return cv2.LUT(picture, np.clip(curve, 0, 255).astype(np.uint8))

    def _damage(self, canvas):
        random = self.random
        if random.random() < 0.15:  # the whole of it is dark, as pictures taken at night are
            canvas = (canvas * np.exp(random.uniform(-2.2, -0.5))).astype(np.uint8)
        if random.random() < 0.12:
            canvas = cv2.cvtColor(cv2.cvtColor(canvas, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        if random.random() < 0.12:
            canvas = cv2.GaussianBlur(canvas, (0, 0), random.uniform(0.4, 1.6))
        if random.random() < 0.2:
            canvas = np.clip(canvas + random.normal(0, random.uniform(2, 14), (*canvas.shape[:2], 1)), 0, 255).astype(np.uint8)
        if random.random() < 0.2:
            canvas = cv2.imdecode(cv2.imencode(".jpg", canvas, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(25, 90))])[1], cv2.IMREAD_COLOR)
        return canvas


def _main(faces):
    """The number of the face that the photograph is of."""
    return int(np.argmax(faces.scores * faces.boxes[:, 2]))


def _inner(target, reach):
    """(left, top, right, bottom), whole pixels, of `reach` widths and heights about the target's centre."""
    centre, half = np.array([target.x, target.y]), np.array([target.width, target.height]) * reach
    return (*np.maximum(centre - half, 0).astype(int).tolist(), *np.maximum(centre + half + 1, 0).astype(int).tolist())


def _visible(canvas, target):
    """False where the face is so dark or flat that asking for it would teach to see faces in darkness."""
    left, top, right, bottom = _inner(target, 0.35)
    patch = canvas[top:bottom, left:right, 1]
    return patch.size > 0 and patch.std() >= 3.5


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
