"""Places in the training photographs that the detector takes for faces and its teacher does not: shown again in the mosaics, as what they are."""

import os

import cv2
import numpy as np
import torch

from .detection import Faces, detect, overlaps

# Edge lengths that a photograph is looked at with, one of them each time: what is mistaken for a face changes with its size.
_VIEWS = (110, 160, 220, 300)
# Scores from which the network's face is worth unlearning, and the teacher's to be spared.
_MISTAKEN, _DOUBT = 0.3, 0.1


def mistakes(net, answer, pictures, random):
    """[(index in `pictures`, box [4])] of `pictures` [(BGR, Faces)], each seen once at a size and in a light of chance; `answer` is the teacher's, as `detect` takes it."""
    device, found = next(net.parameters()).device, []
    def own(data):
        return [part.cpu() for part in net.answers(data.to(device).to(memory_format=torch.channels_last))]
    for index, (picture, truth) in enumerate(pictures):
        pixels = picture.shape[0]
        size = int(random.choice(_VIEWS))
        view = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA if size < pixels else cv2.INTER_LINEAR)
        if random.random() < 0.3:
            view = (view * random.uniform(0.2, 0.9)).astype(np.uint8)
        faces = detect(own, view, _MISTAKEN)
        boxes = _away(faces, truth.boxes * (size / pixels))
        if len(boxes):
            boxes = _away(Faces(boxes, np.ones(len(boxes)), None), detect(answer, view, _DOUBT).boxes)
        found += [(index, box * (pixels / size)) for box in boxes]
    return found


def _away(faces, others):
    return faces.boxes[overlaps(others, faces.boxes).max(0, initial=0) < 0.3] if len(faces) else faces.boxes


class MistakeBook:
    """The mistakes found so far and how many `rounds` of looking there were, kept in `path`."""

    def __init__(self, path):
        self._path, self.rounds, self.places = path, 0, []
        if os.path.exists(path):
            with np.load(path) as kept:
                self.rounds, self.places = int(kept["rounds"]), list(zip(kept["index"].tolist(), kept["boxes"]))

    def add(self, places):
        """Writes another round's down, whole or not at all."""
        self.rounds, self.places = self.rounds + 1, self.places + places
        with open(self._path + ".part", "wb") as file:
            np.savez(file, rounds=self.rounds, index=np.array([index for index, _ in self.places], np.int64), boxes=np.array([box for _, box in self.places], np.float32).reshape(-1, 4))
        os.replace(self._path + ".part", self._path)
