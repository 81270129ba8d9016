"""Random numbers for many pictures at once, shaped so that they multiply pictures [n, c, h, w]."""

import torch


class Chance:
    """Draws on `device` from one generator, so that a seed repeats everything."""

    def __init__(self, seed, device):
        self.device, self.generator = device, torch.Generator(device=device).manual_seed(seed)

    def uniform(self, count, low=0.0, high=1.0, more=()):
        """float32 [count, *more] between `low` and `high`."""
        return torch.rand(count, *more, generator=self.generator, device=self.device) * (high - low) + low

    def normal(self, count, mean=0.0, deviation=1.0, more=()):
        """float32 [count, *more]."""
        return torch.randn(count, *more, generator=self.generator, device=self.device) * deviation + mean

    def below(self, limit, count):
        """int64 [count], each 0 to limit - 1."""
        return torch.randint(limit, (count,), generator=self.generator, device=self.device)

    def coin(self, count, share):
        """bool [count], true with the probability `share`."""
        return self.uniform(count) < share


def wide(values):
    """[n] or [n, c] as [n, c or 1, 1, 1]."""
    return values[:, None, None, None] if values.ndim == 1 else values[:, :, None, None]
