"""Packs of labelled crops for the embedder's training: real faces, then morphs in shards.

    python3 -m facetrain.pack --data LFW --teacher MODEL.onnx --work DIR [--shards 64]

Every shard is a directory of three arrays (images.npy, vectors.npy, hints.npy) that appears complete or not at all, so a training run may start
after the first one and take up the others as they come; shards that exist are kept. Shard k depends on the seed and k alone.
"""

import argparse
import os
import shutil
import time

import cv2
import numpy as np
import torch

from .lfw import CROP_PIXELS, Lfw
from .morphs import MorphMaker
from .pause import wait_while_exists
from .teacher import Teacher

SHARD_IMAGES = 4096


class Pack:
    """A finished shard: memory-mapped `images` (uint8 [n, 112, 112, 3]), `vectors` (float32 [n, 128]), `hints` (float16 [n, 128, 7, 7])."""

    def __init__(self, directory):
        self.images, self.vectors, self.hints = (np.load(os.path.join(directory, f"{name}.npy"), mmap_mode="r") for name in ("images", "vectors", "hints"))

    def __len__(self):
        return len(self.vectors)


def real_directory(work):
    """Where the pack of real training pictures lies: all of them in the order of `Split.train`, then all of them mirrored."""
    return os.path.join(work, "pack", "real")


def shard_directories(work):
    """The finished morph shards, in order."""
    pack = os.path.join(work, "pack")
    return [os.path.join(pack, name) for name in sorted(os.listdir(pack)) if name.startswith("morphs-") and not name.endswith(".part")]


def write(directory, images, teacher, pause_file=None):
    """Labels `images` and puts them at `directory`, all at once."""
    part = directory + ".part"
    shutil.rmtree(part, ignore_errors=True)
    os.makedirs(part)
    labels = []
    for begin in range(0, len(images), 256):
        wait_while_exists(pause_file)
        labels.append(teacher.label(images[begin:begin + 256]))
    np.save(os.path.join(part, "images.npy"), images)
    np.save(os.path.join(part, "vectors.npy"), np.concatenate([vectors for vectors, _ in labels]))
    np.save(os.path.join(part, "hints.npy"), np.concatenate([hints for _, hints in labels]))
    os.replace(part, directory)


def _morphs(maker, pause_file):
    images = np.empty((SHARD_IMAGES, CROP_PIXELS, CROP_PIXELS, 3), np.uint8)
    for index in range(SHARD_IMAGES):
        if index % 64 == 0:
            wait_while_exists(pause_file)
        images[index] = maker.make()
    return images


def main():
    """Command line of this module."""
    parser = argparse.ArgumentParser(description="Makes the packs of labelled crops for the embedder's training.")
    parser.add_argument("--data", required=True, help="directory of LFW")
    parser.add_argument("--teacher", required=True, help="mobilefacenet_foamliu_128.onnx")
    parser.add_argument("--work", required=True, help="directory for packs and checkpoints; 0.2 GB a shard")
    parser.add_argument("--shards", type=int, default=64, help=f"morph shards of {SHARD_IMAGES} images (default 64)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause-file", help="wait while this file exists")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    os.makedirs(os.path.join(arguments.work, "pack"), exist_ok=True)

    lfw, teacher = Lfw(arguments.data), Teacher(arguments.teacher)
    crops, points = lfw.aligned(arguments.work)
    train = lfw.split.train
    if not os.path.exists(real_directory(arguments.work)):
        real = crops[train]
        write(real_directory(arguments.work), np.concatenate([real, real[:, :, ::-1]]), teacher, arguments.pause_file)
        print(f"{len(train)} real pictures packed", flush=True)
    for shard in range(arguments.shards):
        directory = os.path.join(arguments.work, "pack", f"morphs-{shard:04d}")
        if not os.path.exists(directory):
            begin = time.monotonic()
            maker = MorphMaker(crops, points, train, np.random.default_rng([arguments.seed, shard]))
            write(directory, _morphs(maker, arguments.pause_file), teacher, arguments.pause_file)
            print(f"shard {shard} of {arguments.shards} after {time.monotonic() - begin:.0f} s", flush=True)


if __name__ == "__main__":
    main()
