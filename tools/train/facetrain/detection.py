"""Decodes YuNet-shaped answers into faces; teacher and student alike."""

from dataclasses import dataclass

import cv2
import numpy as np
import torch

from .detector_net import ANSWER_NAMES, STRIDES

# Landmarks of the mirrored face, in the order of the face itself.
MIRRORED = [1, 0, 2, 4, 3]


@dataclass
class Faces:
    """float32: boxes [n, 4] (left, top, width, height, in pixels), scores [n] (0..1), points [n, 5, 2] (picture's left eye, right eye, nose, left and right mouth corner)."""

    boxes: np.ndarray
    scores: np.ndarray
    points: np.ndarray

    def __len__(self):
        return len(self.scores)

    def only(self, rows):
        """The faces at `rows` (indices or mask)."""
        return Faces(self.boxes[rows], self.scores[rows], self.points[rows])


def overlaps(first, second):
    """Intersection over union of every box of `first` [n, 4] with every box of `second` [m, 4]: [n, m]."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, :2] + first[:, None, 2:], second[None, :, :2] + second[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(2)
    return shared / (first[:, None, 2:].prod(2) + second[None, :, 2:].prod(2) - shared + 1e-9)


def decode(answers, height, width, threshold, overlap=0.3):
    """Faces of one picture: `answers` maps YuNet's names to arrays [cells, k] of a height x width input (multiples of 32). Suppresses overlaps above `overlap`."""
    boxes, scores, points = [], [], []
    for stride in STRIDES:
        score = np.sqrt(np.clip(answers[f"cls_{stride}"][:, 0], 0, 1) * np.clip(answers[f"obj_{stride}"][:, 0], 0, 1))
        cells = np.nonzero(score >= threshold)[0]
        corner = np.stack([cells % (width // stride), cells // (width // stride)], 1).astype(np.float32)
        box = answers[f"bbox_{stride}"][cells]
        size = np.exp(box[:, 2:]) * stride
        boxes.append(np.hstack([(corner + box[:, :2]) * stride - size / 2, size]))
        scores.append(score[cells])
        points.append((answers[f"kps_{stride}"][cells].reshape(-1, 5, 2) + corner[:, None]) * stride)
    return _suppress(Faces(np.concatenate(boxes), np.concatenate(scores), np.concatenate(points)), overlap)


def _suppress(faces, overlap):
    left, kept = np.argsort(-faces.scores, kind="stable"), []
    while len(left):
        kept.append(left[0])
        left = left[1:][overlaps(faces.boxes[left[:1]], faces.boxes[left[1:]])[0] <= overlap]
    return faces.only(np.array(kept, np.int64))


def padded(picture):
    """The BGR picture with zeros at right and bottom up to multiples of 32, as FaceGrid's detector pads."""
    height, width = picture.shape[:2]
    return cv2.copyMakeBorder(picture, 0, -height % 32, 0, -width % 32, cv2.BORDER_CONSTANT, value=0)


def detect(answer, picture, threshold):
    """Faces in a uint8 BGR picture; `answer` maps a float32 tensor [1, 3, h, w] to YuNet's twelve tensors in the order of ANSWER_NAMES."""
    data = padded(picture)
    with torch.no_grad():
        tensors = answer(torch.from_numpy(data).permute(2, 0, 1)[None].float().contiguous())
    return decode({name: tensor[0].numpy() for name, tensor in zip(ANSWER_NAMES, tensors)}, *data.shape[:2], threshold)
