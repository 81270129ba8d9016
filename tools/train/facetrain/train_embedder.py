"""Trains the embedder by distillation; resumes from its checkpoint by itself.

    python3 -m facetrain.train_embedder --data LFW --work DIR [--steps 60000]

Writes DIR/embedder.pt (everything needed to go on) and DIR/embedder.log (JSON lines, figures of the selection people, never of the test people).
SIGTERM and Ctrl-C save and end. A resumed run may be given other `--steps`: the learning rate follows the share of the steps that is done.
"""

import argparse
import copy
import json
import math
import os
import signal
import time

import cv2
import numpy as np
import torch
import torch.nn.functional as F

from . import metrics
from .augment import augment
from .embedder_loss import embedder_loss
from .embedder_net import EmbedderNet
from .lfw import Lfw
from .pack import Pack, real_directory, shard_directories
from .pause import wait_while_exists
from .teacher import HINT_SHAPE, VECTOR, Teacher

_WARM_STEPS = 300
_RESCAN_STEPS = 500


class Batches:
    """Draws batches from the real pack and from every morph shard that is finished at the time."""

    def __init__(self, work, size, real_share, random):
        self._work, self._size, self._real_share, self.random = work, size, real_share, random
        self.real, self._shards, self._names = Pack(real_directory(work)), [], []
        self.rescan()
        sample = np.asarray(self.real.hints[:2048], np.float32)
        self._hint_mean, self._hint_spread = (torch.from_numpy(statistic).view(1, -1, 1, 1) for statistic in (sample.mean((0, 2, 3)), sample.std((0, 2, 3))))

    def rescan(self):
        """Takes up shards that were finished meanwhile."""
        names = shard_directories(self._work)
        self._shards += [Pack(name) for name in names if name not in self._names]
        self._names = names

    def __len__(self):
        """Images to draw from."""
        return len(self.real) + sum(len(shard) for shard in self._shards)

    def draw(self):
        """(damaged crops NCHW float32, teacher's vectors, teacher's standardised maps)."""
        crops = np.empty((self._size, 112, 112, 3), np.uint8)
        vectors, hints = np.empty((self._size, VECTOR), np.float32), np.empty((self._size, *HINT_SHAPE), np.float32)
        for place in range(self._size):
            real = not self._shards or self.random.random() < self._real_share
            pack = self.real if real else self._shards[self.random.integers(len(self._shards))]
            index = self.random.integers(len(pack))
            crops[place] = augment(np.array(pack.images[index]), self.random)
            vectors[place], hints[place] = pack.vectors[index], pack.hints[index]
        # NHWC memory read as NCHW is PyTorch's channels_last, the layout its CPU convolutions are fastest in.
        return (torch.from_numpy(crops).permute(0, 3, 1, 2).float(), torch.from_numpy(vectors),
                (torch.from_numpy(hints) - self._hint_mean) / self._hint_spread)


class Run:
    """Network, moving average, optimiser and step: what a checkpoint holds."""

    def __init__(self, arguments):
        torch.manual_seed(arguments.seed)
        self.step, self._arguments = 0, arguments
        self.net = EmbedderNet().to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.net).eval()
        # Norms and biases are few and must stay free; decay is for the weights.
        groups = [dict(params=[p for p in self.net.parameters() if p.ndim > 1], weight_decay=0.05), dict(params=[p for p in self.net.parameters() if p.ndim <= 1], weight_decay=0.0)]
        self.optimiser = torch.optim.AdamW(groups, lr=arguments.rate, betas=(0.9, 0.99))

    @property
    def progress(self):
        """The share of the steps that is done, 0..1."""
        return self.step / self._arguments.steps

    def advance(self, batch, bank):
        """One step; returns its Losses."""
        rate = self._arguments.rate * min(1, (self.step + 1) / _WARM_STEPS) * (0.005 + 0.995 * (1 + math.cos(math.pi * self.progress)) / 2)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        crops, vectors, hints = batch
        with torch.cpu.amp.autocast(dtype=torch.bfloat16):
            student, maps = self.net(crops)
        losses = embedder_loss(student, maps, vectors, hints, bank, self.progress)
        self.optimiser.zero_grad(set_to_none=True)
        losses.total.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        self._average()
        return losses

    @torch.no_grad()
    def _average(self):
        keep = min(0.9993, (1 + self.step) / (20 + self.step))
        for mean, now in zip(self.average.parameters(), self.net.parameters()):
            mean.lerp_(now, 1 - keep)
        for mean, now in zip(self.average.buffers(), self.net.buffers()):
            mean.lerp_(now, 1 - min(keep, 0.99)) if mean.dtype.is_floating_point else mean.copy_(now)

    def save(self, path, random):
        """Writes the checkpoint, whole or not at all."""
        torch.save(dict(step=self.step, widths=self.net.widths, blocks=self.net.blocks, net=self.net.state_dict(), average=self.average.state_dict(),
                        optimiser=self.optimiser.state_dict(), random=random.bit_generator.state, torch_random=torch.get_rng_state()), path + ".part")
        os.replace(path + ".part", path)

    def load(self, path, random):
        """Goes on where the checkpoint was written."""
        state = torch.load(path)
        self.step = state["step"]
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        random.bit_generator.state = state["random"]
        torch.set_rng_state(state["torch_random"])


@torch.no_grad()
def embed(net, crops, batch=64):
    """Unit vectors, float32 [n, 128], of uint8 RGB crops [n, 112, 112, 3]."""
    return np.concatenate([net.embed(torch.from_numpy(np.array(crops[begin:begin + batch])).permute(0, 3, 1, 2).float()).numpy()
                           for begin in range(0, len(crops), batch)])


def figures(net, crops, people, teacher_vectors):
    """What the log says of a network: figures in percent over all pairs of these pictures, and the mean cosine to the teacher."""
    vectors = embed(net, crops)
    similarities, same = metrics.all_pairs(vectors, people)
    return dict(accuracy=round(100 * metrics.best_threshold(similarities, same)[1], 2),
                **{f"tar_{rate:g}": round(100 * metrics.true_accept_rate(similarities, same, rate), 2) for rate in (1e-2, 1e-3)},
                cosine=round(float((vectors * teacher_vectors).sum(1).mean()), 4))


def people_bank(vectors, people):
    """Unit float32 [people, 128]: the mean of the teacher's vectors of each training person."""
    names, group = np.unique(people, return_inverse=True)
    sums = np.zeros((len(names), VECTOR), np.float32)
    np.add.at(sums, group, vectors)
    return F.normalize(torch.from_numpy(sums))


def main():
    """Command line of this module."""
    parser = argparse.ArgumentParser(description="Trains the embedder by distillation.")
    parser.add_argument("--data", required=True, help="directory of LFW")
    parser.add_argument("--work", required=True, help="directory with the packs; checkpoint and log go there")
    parser.add_argument("--teacher", required=True, help="mobilefacenet_foamliu_128.onnx, for the selection people's targets")
    parser.add_argument("--steps", type=int, default=60000)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate (default 0.002)")
    parser.add_argument("--real", type=float, default=0.3, help="share of real pictures in a batch (default 0.3)")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=4, help="between evaluations and checkpoints (default 4)")
    parser.add_argument("--pause-file", help="wait while this file exists")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    cv2.setNumThreads(1)
    _train(arguments)


def _train(arguments):
    lfw = Lfw(arguments.data)
    crops, _ = lfw.aligned(arguments.work)
    people = np.array(lfw.people)
    chosen = lfw.split.selection
    targets, _ = Teacher(arguments.teacher).label(crops[chosen])
    random = np.random.default_rng(arguments.seed)
    batches, run = Batches(arguments.work, arguments.batch, arguments.real, random), Run(arguments)
    bank = people_bank(batches.real.vectors[:len(lfw.split.train)], people[lfw.split.train])
    checkpoint = os.path.join(arguments.work, "embedder.pt")
    if os.path.exists(checkpoint):
        run.load(checkpoint, random)

    ending = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.append(True))
    parts, since, next_look = [], time.monotonic(), time.monotonic() + 60
    while True:
        next_look += wait_while_exists(arguments.pause_file)
        if run.step % _RESCAN_STEPS == 0:
            batches.rescan()
        losses = run.advance(batches.draw(), bank)
        parts.append([float(part.detach()) for part in (losses.cosine, losses.relation, losses.hint, losses.resemblance)])
        finished = bool(ending) or run.step >= arguments.steps
        if finished or time.monotonic() > next_look:
            entry = dict(time=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), step=run.step, of=arguments.steps, images=len(batches), rate=round(run.optimiser.param_groups[0]["lr"], 6),
                         cpu=round(time.process_time()), seconds=round(time.monotonic() - since), losses=np.mean(parts, 0).round(4).tolist(),
                         **figures(run.average, crops[chosen], people[chosen], targets))
            run.save(checkpoint, random)
            with open(os.path.join(arguments.work, "embedder.log"), "a") as log:
                log.write(json.dumps(entry) + "\n")
            print(json.dumps(entry), flush=True)
            parts, next_look = [], time.monotonic() + 60 * arguments.minutes
        if finished:
            return


if __name__ == "__main__":
    main()
