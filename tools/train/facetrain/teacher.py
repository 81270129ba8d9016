"""The embedder's teacher: MobileFaceNet by foamliu (Apache-2.0), which reaches 99.2 % on LFW and answers 128-d unit vectors for raw RGB crops."""

import numpy as np
import torch

from .onnx_runner import OnnxRunner

VECTOR = 128

# Channels, rows and columns of the teacher's last feature map, the student's hint.
HINT_SHAPE = (128, 7, 7)
_HINT = "/features/features.14/Add_output_0"
_RAW = "output0"


class Teacher:
    """Labels crops. `path` is mobilefacenet_foamliu_128.onnx (input RGB 0..255, normalisation inside)."""

    def __init__(self, path):
        self._model = OnnxRunner(path)

    def label(self, crops, batch=16):
        """(vectors, hints) of uint8 RGB crops [n, 112, 112, 3]: float32 [n, 128] of unit norm, and float16 [n, 128, 7, 7].

        Hints are divided by the length of the teacher's vector before normalisation, so that bright or sharp pictures do not weigh more.
        Small batches of plain NCHW are the fastest here: 5 ms a crop on one thread, against 21 ms in channels_last batches of 64.
        """
        vectors, hints = np.empty((len(crops), VECTOR), np.float32), np.empty((len(crops), *HINT_SHAPE), np.float16)
        for begin in range(0, len(crops), batch):
            data = torch.from_numpy(np.array(crops[begin:begin + batch])).permute(0, 3, 1, 2).float().contiguous()
            found = self._model.run(data, [_RAW, _HINT])
            length = found[_RAW].norm(dim=1)
            vectors[begin:begin + batch] = (found[_RAW] / length[:, None]).numpy()
            hints[begin:begin + batch] = (found[_HINT] / length[:, None, None, None]).numpy()
        return vectors, hints
