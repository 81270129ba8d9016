"""The embedder's teachers: two openly licensed embedders, whose joint answer errs about half as often as either alone.

On 721 pictures of people who are not trained on, true accepts at a false match rate of 1e-3 and 1e-4: MobileFaceNet 97.9 and 94.7 %,
retail-0095 98.5 and 93.8 %, both with mirror images, reduced to 128 numbers, 99.3 and 97.1 %.
"""

import os

import numpy as np
import torch
import torch.nn.functional as F

from .lfw import TEMPLATE, similarity
from .onnx_runner import OnnxRunner
from .warps import affine_places, pixel_grid, sample

VECTOR = 128

# Channels, rows and columns of MobileFaceNet's last feature map, the student's hint.
HINT_SHAPE = (128, 7, 7)

# MobileFaceNet by foamliu (Apache-2.0): 112x112 RGB, normalisation inside; and two of its tensors.
_MOBILEFACENET, _HINT, _RAW = "mobilefacenet_foamliu_128.onnx", "/features/features.14/Add_output_0", "output0"

# Intel Open Model Zoo's face-reidentification-retail-0095 (Apache-2.0): 128x128 BGR, and where its template has the five points.
_RETAIL, _RETAIL_PIXELS = "face_reidentification_retail_0095_256.onnx", 128
_RETAIL_TEMPLATE = np.array([[40.3928, 59.0815], [87.3757, 58.8587], [64.0336, 81.9847], [44.7324, 105.5606], [83.6399, 105.3761]])


class Teacher:
    """Labels crops on `device`, with the models in `directory`. Its 128 numbers are the main directions of both models' answers to `crops`, the training people's (uint8 RGB [n, 3, 112, 112])."""

    def __init__(self, directory, crops, device="cpu"):
        self._mobilefacenet, self._retail = (OnnxRunner(os.path.join(directory, file), device) for file in (_MOBILEFACENET, _RETAIL))
        # On a CPU small batches of plain NCHW are the fastest: 5 ms a crop and model on one thread, against 21 ms in channels_last batches of 64.
        self._batch = 16 if torch.device(device).type == "cpu" else 512
        cut = torch.tensor(similarity(_RETAIL_TEMPLATE, TEMPLATE), dtype=torch.float32, device=device)
        self._retail_places = affine_places(pixel_grid(_RETAIL_PIXELS, device), cut[None])
        both = torch.cat([self._both(part.float())[0] for part in crops.to(device).split(self._batch)])
        self._mean = both.mean(0)
        self._directions = torch.linalg.eigh(torch.cov((both - self._mean).T.double().cpu()))[1][:, -VECTOR:].float().to(device)

    def label(self, crops):
        """(vectors, hints) of uint8 RGB crops [n, 3, 112, 112]: float32 [n, 128] of unit norm, the same for a face and its mirror image; and float16 [n, 128, 7, 7].

        Hints are divided by the length of MobileFaceNet's vector before normalisation, so that bright or sharp pictures do not weigh more.
        """
        parts = [self._both(part.float()) for part in crops.split(self._batch)]
        return F.normalize((torch.cat([both for both, _ in parts]) - self._mean) @ self._directions), torch.cat([hints for _, hints in parts])

    def _both(self, crops):
        """(both models' unit vectors of a face and its mirror image, added: [n, 384], the hints)."""
        found, mirrored = self._mobilefacenet.run(crops, [_RAW, _HINT]), crops.flip(3)
        length = found[_RAW].norm(dim=1, keepdim=True)
        first = F.normalize(found[_RAW] / length + F.normalize(self._mobilefacenet.run(mirrored, [_RAW])[_RAW]))
        second = F.normalize(self._retail_vectors(crops) + self._retail_vectors(mirrored))
        return torch.cat([first, second], 1), (found[_HINT] / length[:, :, None, None]).half()

    def _retail_vectors(self, crops):
        # Its narrower view lies inside ours, so it is cut from the crop that the student sees.
        cut = sample(crops, self._retail_places.expand(len(crops), -1, -1, -1), "zeros").flip(1)
        return F.normalize(self._retail.run(cut)[self._retail.outputs[0]])
