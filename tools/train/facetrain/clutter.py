"""Things that are no faces, for the detector to learn from: colours, noise, shuffled photographs, drawn hands."""

import cv2
import numpy as np


def background(random, picture, height, width):
    """uint8 BGR [height, width, 3]: one of six kinds, by chance, from `picture` (BGR, a square)."""
    kind = random.integers(6)
    if kind == 0:
        return np.full((height, width, 3), random.integers(0, 256, 3), np.uint8)
    if kind == 1:  # noise of several grains
        noise = sum(cv2.resize(random.random((grain, grain, 3)).astype(np.float32) - 0.5, (width, height), interpolation=cv2.INTER_CUBIC) * 120 / grain**0.3 for grain in (3, 7, 17, 41))
        return np.clip(noise + random.integers(40, 220, 3), 0, 255).astype(np.uint8)
    if kind == 2:  # tiles of a photograph in disorder: eyes, skin and mouths out of place
        count = int(random.integers(5, 11))
        edge = picture.shape[0] // count
        tiles = picture[:count * edge, :count * edge].reshape(count, edge, count, edge, 3).swapaxes(1, 2).reshape(-1, edge, edge, 3)
        tiles = tiles[random.permutation(len(tiles))].reshape(count, count, edge, edge, 3).swapaxes(1, 2).reshape(count * edge, count * edge, 3)
        return cv2.resize(tiles, (width, height), interpolation=cv2.INTER_AREA)
    if kind == 3:
        return _hand(random, picture, height, width)
    if kind == 4:
        return _writing(random, picture, height, width)
    small = cv2.resize(picture, tuple(int(edge) for edge in random.integers(2, 5, 2)), interpolation=cv2.INTER_AREA)  # colours of a photograph, nothing else
    return cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC)


def _hand(random, picture, height, width):
    """A palm and fingers of the photograph's skin: what a small detector likes to take for a face."""
    middle = picture.shape[0] // 2
    hand = cv2.resize(picture[:40, :40], (width, height), interpolation=cv2.INTER_AREA)
    skin = picture[middle - 20:middle + 20, middle - 20:middle + 20].reshape(-1, 3)
    size = min(width, height) * random.uniform(0.15, 0.3)
    palm = np.array([random.uniform(0.3, 0.7) * width, random.uniform(0.4, 0.8) * height])
    lean = random.uniform(0, 2 * np.pi)
    for finger in range(5):
        angle = lean + (finger - 2) * random.uniform(0.15, 0.4)
        tip = palm + np.array([np.sin(angle), -np.cos(angle)]) * size * random.uniform(1.4, 2.6)
        colour = skin[random.integers(len(skin))].tolist()
        cv2.line(hand, tuple(palm.astype(int).tolist()), tuple(tip.astype(int).tolist()), colour, max(1, int(size * random.uniform(0.3, 0.5))), cv2.LINE_AA)
    cv2.ellipse(hand, tuple(palm.astype(int).tolist()), (int(size) + 1, int(size * 1.2) + 1), float(np.rad2deg(lean)), 0, 360, skin.mean(0).tolist(), -1, cv2.LINE_AA)
    light = cv2.resize(random.uniform(0.6, 1.3, (3, 3)).astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC)[..., None]
    return np.clip(cv2.GaussianBlur(hand, (0, 0), max(0.5, size * 0.08)) * light, 0, 255).astype(np.uint8)


def _writing(random, picture, height, width):
    """Letters and rings in a photograph's colours: signs and emblems have eyes and mouths in the eyes of a small detector."""
    sign = cv2.resize(picture[:40, :40], (width, height), interpolation=cv2.INTER_AREA) if random.random() < 0.5 else np.full((height, width, 3), random.integers(0, 256, 3), np.uint8)
    colour, size = random.integers(0, 256, 3).tolist(), int(np.exp(random.uniform(np.log(8), np.log(60))))
    thick = max(1, int(size * random.uniform(0.08, 0.25)))
    for y in range(size, height + size, int(size * random.uniform(1.2, 2.5))):
        if random.random() < 0.75:
            letters = "".join(chr(random.integers(65, 91)) for _ in range(width // size + 2))
            cv2.putText(sign, letters, (int(random.integers(-size, 1)), y), int(random.integers(8)), size / 24, colour, thick, cv2.LINE_AA)
        else:
            for x in range(0, width, 2 * size):
                cv2.ellipse(sign, (x, y), (size // 2, int(size * random.uniform(0.35, 0.7))), 0, 0, 360, colour, thick, cv2.LINE_AA)
                cv2.ellipse(sign, (x, y), (size // 4, size // 4), float(random.uniform(0, 360)), 0, float(random.uniform(90, 360)), colour, thick, cv2.LINE_AA)
    return cv2.GaussianBlur(sign, (0, 0), max(0.4, size * random.uniform(0.01, 0.08)))
