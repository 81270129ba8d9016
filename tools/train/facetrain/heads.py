"""What is done to one photograph's face before it is laid into a mosaic: something in front of it, a turn of the head."""

import cv2
import numpy as np

from .detection import Faces

# The head about a face: its radius in widths and heights of the face's box.
_HEAD = 0.62


def covered(random, picture, points):
    """The photograph with something over the lower face or over one eye: a mask, a hand, a microphone. It is still a face."""
    picture = picture.copy()
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


def turned(random, picture, faces, number):
    """(picture, Faces) with the head of face `number` turned aside and bent by up to some twenty degrees, as on a cylinder: the near half widens, the far half narrows, and the rest stays."""
    box = faces.boxes[number]
    centre, radius = box[:2] + box[2:] / 2, box[2:] * _HEAD
    bend = random.uniform((-0.35, -0.25), (0.35, 0.25))
    edges = [np.arange(length, dtype=np.float32) for length in (picture.shape[1], picture.shape[0])]
    across, down = (_unbent(places, centre[axis], radius[axis], bend[axis]).astype(np.float32) for axis, places in enumerate(edges))
    moved = cv2.remap(picture, np.tile(across, (len(down), 1)), np.tile(down[:, None], (1, len(across))), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    low, high = bent(faces.boxes[:, :2], centre, radius, bend), bent(faces.boxes[:, :2] + faces.boxes[:, 2:], centre, radius, bend)
    return moved, Faces(np.hstack([low, high - low]), faces.scores, bent(faces.points, centre, radius, bend))


def bent(places, centre, radius, bend):
    """Where `places` [..., 2] go: within the head, u -> u + bend (1 - u^2) of the radius, which for small turns is a cylinder's."""
    u = (places - centre) / radius
    return (places + radius * bend * np.clip(1 - u**2, 0, None)).astype(np.float32)


def _unbent(places, centre, radius, bend):
    """Where along one axis what is now at `places` was."""
    u = (places - centre) / radius
    within = np.abs(u) < 1
    root = np.sqrt(np.clip(1 - 4 * bend * (u - bend), 0, None))
    return np.where(within, centre + radius * 2 * (u - bend) / (1 + root), places)
