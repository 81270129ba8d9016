"""Labeled Faces in the Wild: names, splits by person, and crops aligned as FaceGrid aligns them.

Expects in its directory `pairs.txt` (View 2), `files.txt` (one `Name/Name_0001.jpg` a line), `lfw_raw250_view2.zip` and `lfw_raw250_rest.zip`
(the 250x250 deep-funneled JPEGs) and `lfw_yunet_n_landmarks.csv` (file, score, x, y, w, h, five points, faces found).
"""

import csv
import hashlib
import os
import zipfile
from dataclasses import dataclass

import cv2
import numpy as np

# The ArcFace template for 112x112 crops, in pixels: the picture's left eye, its right eye, nose, left and right mouth corner.
# Source: deepinsight/insightface, python-package/insightface/utils/face_align.py; the same numbers as FaceGrid's own aligner.
TEMPLATE = np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]])
CROP_PIXELS = 112

# Shares of the training side's people that are set aside, by a hash of their name, for choosing (selection) and for thresholds (calibration).
# People with several pictures are rarer and more useful there, hence their larger share.
_ASIDE_MANY, _ASIDE_ONE = 0.08, 0.03


@dataclass(frozen=True)
class Split:
    """Indices into `Lfw.files`, disjoint by person. `test` holds everybody of View 2's folds 6 to 10 and is for release candidates alone."""

    train: np.ndarray
    selection: np.ndarray
    calibration: np.ndarray
    test: np.ndarray


class Lfw:
    """The data set's index: `files`, `people` (one name per file), `pairs` (6,000 x [first, second, same person], in fold order) and `split`."""

    def __init__(self, directory):
        self.directory = directory
        with open(os.path.join(directory, "files.txt")) as lines:
            self.files = [line.strip() for line in lines if line.strip()]
        self.people = [person_of(name) for name in self.files]
        self._index = {os.path.basename(name): index for index, name in enumerate(self.files)}
        self.pairs = self._read_pairs()
        self.split = split_people(self.people, {self.people[index] for index in self.pairs[3000:, :2].ravel()})

    def _read_pairs(self):
        pairs = []
        with open(os.path.join(self.directory, "pairs.txt")) as lines:
            next(lines)
            for line in lines:
                part = line.split()
                if not part:
                    continue
                second = part[2:] if len(part) == 4 else [part[0], part[2]]
                pairs.append((self._number(part[0], part[1]), self._number(*second), int(len(part) == 3)))
        if len(pairs) != 6000:
            raise ValueError(f"{self.directory}/pairs.txt holds {len(pairs)} pairs; View 2 has 6000.")
        return np.array(pairs)

    def _number(self, person, picture):
        return self._index[f"{person}_{int(picture):04d}.jpg"]

    def landmarks(self):
        """Float64 [files, 5, 2]: the points of every picture's face, in pixels of the 250x250 picture, in the order of TEMPLATE."""
        points = np.zeros((len(self.files), 5, 2))
        with open(os.path.join(self.directory, "lfw_yunet_n_landmarks.csv")) as file:
            for row in csv.DictReader(file):
                values = [float(row[f"{point}_{axis}"]) for point in ("re", "le", "nose", "rm", "lm") for axis in "xy"]
                points[self._index[os.path.basename(row["file"])]] = np.reshape(values, (5, 2))
        return points

    def pictures(self):
        """Yields (index, BGR picture 250x250x3) for every file, in the archives' order."""
        for archive in ("lfw_raw250_view2.zip", "lfw_raw250_rest.zip"):
            with zipfile.ZipFile(os.path.join(self.directory, archive)) as pictures:
                for name in pictures.namelist():
                    if name.endswith(".jpg"):
                        yield self._index[os.path.basename(name)], cv2.imdecode(np.frombuffer(pictures.read(name), np.uint8), cv2.IMREAD_COLOR)

    def aligned(self, work):
        """(crops, points): uint8 RGB [files, 112, 112, 3], memory-mapped from `work` (made on first use), and the landmarks inside the crops."""
        transforms = [similarity(points, TEMPLATE) for points in self.landmarks()]
        points = np.stack([source @ matrix[:, :2].T + matrix[:, 2] for source, matrix in zip(self.landmarks(), transforms)])
        path = os.path.join(work, "aligned.npy")
        if not os.path.exists(path):
            crops = np.zeros((len(self.files), CROP_PIXELS, CROP_PIXELS, 3), np.uint8)
            for index, picture in self.pictures():
                crops[index] = cv2.warpAffine(picture, transforms[index], (CROP_PIXELS, CROP_PIXELS), flags=cv2.INTER_LINEAR)[:, :, ::-1]
            np.save(path + ".part.npy", crops)
            os.replace(path + ".part.npy", path)
        return np.load(path, mmap_mode="r"), points.astype(np.float32)


def person_of(file):
    """The person's name in a file name: `A_B/A_B_0003.jpg` -> `A_B`."""
    return os.path.basename(file).rsplit("_", 1)[0]


def split_people(people, test_people):
    """Split the files' indices by person, given the name of every file's person and the set of test people. The same names always give the same split."""
    pictures = {}
    for person in people:
        pictures[person] = pictures.get(person, 0) + 1
    groups = {"train": [], "selection": [], "calibration": [], "test": []}
    for index, person in enumerate(people):
        share = _ASIDE_MANY if pictures[person] > 1 else _ASIDE_ONE
        place = int.from_bytes(hashlib.sha256(person.encode()).digest()[:8], "big") / 2**64
        group = "test" if person in test_people else "selection" if place < share else "calibration" if place < 2 * share else "train"
        groups[group].append(index)
    return Split(**{name: np.array(indices, np.int64) for name, indices in groups.items()})


def similarity(source, target):
    """The 2x3 matrix of the rotation, scale and shift that brings `source` closest to `target` (both [points, 2]) in the sense of least squares."""
    source_mean, target_mean = source.mean(0), target.mean(0)
    s, t = source - source_mean, target - target_mean
    size = (s * s).sum()
    a, b = (s * t).sum() / size, (s[:, 0] * t[:, 1] - s[:, 1] * t[:, 0]).sum() / size
    turn = np.array([[a, -b], [b, a]])
    return np.hstack([turn, (target_mean - turn @ source_mean)[:, None]])
