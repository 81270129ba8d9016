"""The embedder's training pictures: the real crops, and a pool of morphs that is renewed while it is used."""

import torch

from .augment import augment
from .chance import wide
from .lfw import CROP_PIXELS
from .teacher import HINT_SHAPE, VECTOR

# Morphs that are there before the first step, and how many are made and labelled at once.
_FIRST, _AT_ONCE = 8192, 512


class _Labelled:
    """Crops with the teacher's answers, on one device: uint8 [n, 3, 112, 112], float32 [n, 128], float16 [n, 128, 7, 7]."""

    def __init__(self, places, device):
        self.images = torch.empty(places, 3, CROP_PIXELS, CROP_PIXELS, dtype=torch.uint8, device=device)
        self.vectors = torch.empty(places, VECTOR, device=device)
        self.hints = torch.empty(places, *HINT_SHAPE, dtype=torch.float16, device=device)

    def put(self, rows, images, teacher):
        """Writes `images` to `rows`, with what the teacher says of them."""
        self.images[rows] = images
        self.vectors[rows], self.hints[rows] = teacher.label(images)


class Pool:
    """Draws batches. Every morph is used about `uses` times and then replaced, so memory and the teacher's work are bounded however long the training is."""

    def __init__(self, crops, maker, teacher, chance, places=32768, uses=4.0, real_share=0.3):
        """crops: the training people's, uint8 RGB [n, 3, 112, 112] on the device that everything happens on. places: morphs kept, 50 KB each."""
        self._maker, self._teacher, self._chance, self._real_share = maker, teacher, chance, real_share
        self._per_draw, self._owed, self._next, self.filled, self.made = (1 - real_share) / uses, 0.0, 0, 0, 0
        self.real, self._morphs = _Labelled(len(crops), crops.device), _Labelled(places, crops.device)
        for begin in range(0, len(crops), _AT_ONCE):
            rows = slice(begin, min(begin + _AT_ONCE, len(crops)))
            self.real.put(rows, crops[rows], teacher)
        while self.filled < min(_FIRST, places):
            self._renew()
        sample = self.real.hints[:2048].float()
        self._hint_mean, self._hint_spread = (statistic.view(1, -1, 1, 1) for statistic in (sample.mean((0, 2, 3)), sample.std((0, 2, 3))))

    def draw(self, count):
        """(damaged crops float32 [n, 3, 112, 112], teacher's vectors, teacher's standardised maps)."""
        self._owed += self._per_draw * count
        while self._owed >= _AT_ONCE:
            self._renew()
            self._owed -= _AT_ONCE
        real = int(torch.rand(count, generator=self._chance.generator, device=self._chance.device).lt(self._real_share).sum())
        mine, others = self._chance.below(len(self.real.images), real), self._chance.below(self.filled, count - real)
        images, vectors, hints = (torch.cat([getattr(self.real, name)[mine], getattr(self._morphs, name)[others]]) for name in ("images", "vectors", "hints"))
        # Mirrored faces are the same people to the student; the map is mirrored with the picture.
        mirrored = wide(self._chance.coin(count, 0.5))
        hints = (hints.float() - self._hint_mean) / self._hint_spread
        return augment(torch.where(mirrored, images.flip(3), images), self._chance), vectors, torch.where(mirrored, hints.flip(3), hints)

    def _renew(self):
        places = len(self._morphs.images)
        rows = slice(self._next, min(self._next + _AT_ONCE, places))
        self._morphs.put(rows, self._maker.make(rows.stop - rows.start), self._teacher)
        self.made += rows.stop - rows.start
        self.filled, self._next = max(self.filled, rows.stop), rows.stop % places
