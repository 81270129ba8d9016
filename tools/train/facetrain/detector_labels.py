"""Labels LFW's pictures with the detector's teacher, averaged over eight views, because YuNet moves its points by 7 to 8 % of the eye distance under mirroring and scaling."""

import multiprocessing
import os

import cv2
import numpy as np
import torch

from .detection import MIRRORED, Faces, detect, overlaps
from .detector_net import ANSWER_NAMES
from .onnx_runner import OnnxRunner

# Edge lengths that the 250-pixel pictures are shown to the teacher at, each as it is and mirrored.
_VIEWS = (150, 200, 250, 320)
_LOWEST = 0.3


def labels(lfw, teacher_path, work, workers=1):
    """{index: (BGR picture, Faces)} of the training and selection people's pictures. The faces are kept in `work` after the first time, which takes 25 core-minutes."""
    path = os.path.join(work, "detector-labels.npz")
    wanted = {*lfw.split.train.tolist(), *lfw.split.selection.tolist()}
    pictures = {index: picture for index, picture in lfw.pictures() if index in wanted}
    if not os.path.exists(path):
        with multiprocessing.Pool(workers, _open_teacher, (teacher_path,)) as pool:
            save(path, dict(zip(pictures, pool.imap(_label, pictures.values(), 16))))
    found = load(path)
    return {index: (picture, found[index]) for index, picture in pictures.items()}


def save(path, found):
    """Writes {index: Faces}, whole or not at all, in a form that every version of NumPy reads: work begun on one machine goes on on another."""
    faces = found.values()
    with open(path + ".part", "wb") as file:
        np.savez(file, index=np.array(list(found), np.int64), count=np.array([len(one) for one in faces], np.int64), boxes=np.concatenate([one.boxes for one in faces]),
                 scores=np.concatenate([one.scores for one in faces]), points=np.concatenate([one.points for one in faces]))
    os.replace(path + ".part", path)


def load(path):
    """What `save` wrote."""
    with np.load(path) as kept:
        ends = np.cumsum(kept["count"])[:-1]
        parts = zip(*(np.split(kept[name], ends) for name in ("boxes", "scores", "points")))
        return {int(index): Faces(*part) for index, part in zip(kept["index"], parts)}


def teacher(path):
    """The teacher's answers, as `detect` takes them."""
    model = OnnxRunner(path)
    def answer(data):
        found = model.run(data)
        return [found[name] for name in ANSWER_NAMES]
    return answer


def _open_teacher(path):
    global _answer
    torch.set_num_threads(1)
    _answer = teacher(path)


def _label(picture):
    return average_of_views(_answer, picture)


def average_of_views(answer, picture):
    """The Faces of a square picture, boxes and points averaged over the views that agree; a face that fewer than four views see keeps half its score."""
    pixels = picture.shape[0]
    base = detect(answer, picture, _LOWEST)
    boxes, points, seen = base.boxes.astype(np.float64), base.points.astype(np.float64), np.ones(len(base))
    for size in _VIEWS if len(base) else ():
        view = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA if size < pixels else cv2.INTER_LINEAR)
        for mirrored in (False, True):
            if size == pixels and not mirrored:
                continue
            faces = detect(answer, np.ascontiguousarray(view[:, ::-1]) if mirrored else view, _LOWEST)
            if not len(faces):
                continue
            faces = rescaled(flipped(faces, size) if mirrored else faces, pixels / size)
            overlap = overlaps(base.boxes, faces.boxes)
            best, agrees = overlap.argmax(1), overlap.max(1) >= 0.5
            boxes[agrees] += faces.boxes[best[agrees]]
            points[agrees] += faces.points[best[agrees]]
            seen += agrees
    return Faces((boxes / seen[:, None]).astype(np.float32), base.scores * np.where(seen >= 4, 1, 0.5).astype(np.float32), (points / seen[:, None, None]).astype(np.float32))


def flipped(faces, width):
    """The faces of the mirrored picture, whose width in pixels is `width`."""
    boxes, points = faces.boxes.copy(), faces.points[:, MIRRORED].copy()
    boxes[:, 0] = width - boxes[:, 0] - boxes[:, 2]
    points[..., 0] = width - 1 - points[..., 0]
    return Faces(boxes, faces.scores, points)


def rescaled(faces, factor):
    """The faces of the picture enlarged by `factor`; points are pixel centres, boxes pixel edges."""
    return Faces(faces.boxes * factor, faces.scores, (faces.points + 0.5) * factor - 0.5)
