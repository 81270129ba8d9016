"""Trains the embedder by distillation; resumes from its checkpoint by itself.

    python3 -m facetrain.train_embedder --data LFW --teachers MODELS --work DIR [--steps 60000]

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
from .chance import Chance
from .embedder_loss import embedder_loss
from .embedder_net import DEFAULT_BLOCKS, DEFAULT_WIDTHS, EmbedderNet
from .lfw import Lfw
from .morphs import MorphMaker
from .pause import wait_while_exists
from .pool import Pool
from .teacher import VECTOR, Teacher

_WARM_STEPS = 300


class Run:
    """Network, moving average, optimiser and step: what a checkpoint holds."""

    def __init__(self, arguments, widths=DEFAULT_WIDTHS, blocks=DEFAULT_BLOCKS):
        torch.manual_seed(arguments.seed)
        self.step, self._arguments = 0, arguments
        self.net = EmbedderNet(widths, blocks).to(arguments.device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.net).eval()
        # Norms and biases are few and must stay free; decay is for the weights.
        groups = [dict(params=[p for p in self.net.parameters() if p.ndim > 1], weight_decay=0.05), dict(params=[p for p in self.net.parameters() if p.ndim <= 1], weight_decay=0.0)]
        self.optimiser = torch.optim.AdamW(groups, lr=arguments.rate, betas=(0.9, 0.99))

    @property
    def progress(self):
        """The share of the steps that is done, 0..1."""
        return self.step / self._arguments.steps

    def advance(self, batch, bank):
        """One step on what `Pool.draw` gave; returns its Losses."""
        rate = self._arguments.rate * min(1, (self.step + 1) / _WARM_STEPS) * (0.005 + 0.995 * (1 + math.cos(math.pi * self.progress)) / 2)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        crops, vectors, hints = batch
        # NHWC memory read as NCHW is the layout that convolutions are fastest in.
        with torch.autocast(crops.device.type, dtype=torch.bfloat16):
            student, maps = self.net(crops.contiguous(memory_format=torch.channels_last))
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

    def save(self, path, chance):
        """Writes the checkpoint, whole or not at all. The pool is not in it: a resumed run goes on with new morphs."""
        torch.save(dict(step=self.step, widths=self.net.widths, blocks=self.net.blocks, net=self.net.state_dict(), average=self.average.state_dict(),
                        optimiser=self.optimiser.state_dict(), chance=chance.generator.get_state()), path + ".part")
        os.replace(path + ".part", path)

    def load(self, path, chance):
        """Goes on where the checkpoint was written."""
        state = torch.load(path, map_location="cpu")
        self.step = state["step"]
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimiser.load_state_dict(state["optimiser"])
        chance.generator.set_state(state["chance"])


@torch.no_grad()
def embed(net, crops, batch=64):
    """Unit vectors, float32 [n, 128], of uint8 RGB crops [n, 3, 112, 112]; both on the network's device."""
    return torch.cat([net.embed(part.float()) for part in crops.split(batch)])


def figures(net, crops, people, teacher_vectors):
    """What the log says of a network: figures in percent over all pairs of these pictures, and the mean cosine to the teacher."""
    vectors = embed(net, crops).cpu().numpy()
    similarities, same = metrics.all_pairs(vectors, people)
    return dict(accuracy=round(100 * metrics.best_threshold(similarities, same)[1], 2),
                **{f"tar_{rate:g}": round(100 * metrics.true_accept_rate(similarities, same, rate), 2) for rate in (1e-2, 1e-3)},
                cosine=round(float((vectors * teacher_vectors).sum(1).mean()), 4))


def people_bank(vectors, people):
    """Unit float32 [people, 128]: the mean of the teacher's vectors of each training person."""
    names, group = np.unique(people, return_inverse=True)
    sums = torch.zeros(len(names), VECTOR, device=vectors.device)
    return F.normalize(sums.index_add_(0, torch.from_numpy(group).to(vectors.device), vectors))


def main():
    """Command line of this module."""
    parser = argparse.ArgumentParser(description="Trains the embedder by distillation.")
    parser.add_argument("--data", required=True, help="directory of LFW")
    parser.add_argument("--work", required=True, help="directory for the aligned crops, checkpoint and log; made if need be")
    parser.add_argument("--teachers", required=True, help="directory of the two teachers' ONNX files")
    parser.add_argument("--steps", type=int, default=60000)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=2e-3, help="highest learning rate (default 0.002)")
    parser.add_argument("--real", type=float, default=0.3, help="share of real pictures in a batch (default 0.3)")
    parser.add_argument("--pool", type=int, default=32768, help="morphs kept at a time, 50 KB each (default 32768)")
    parser.add_argument("--uses", type=float, default=4, help="how often a morph is used before another takes its place (default 4)")
    parser.add_argument("--device", default="cpu", help="cpu, or cuda")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=4, help="between evaluations and checkpoints (default 4)")
    parser.add_argument("--pause-file", help="wait while this file exists")
    arguments = parser.parse_args()
    os.makedirs(arguments.work, exist_ok=True)
    torch.set_num_threads(arguments.threads)
    cv2.setNumThreads(1)
    _train(arguments)


def prepare(arguments):
    """(Pool, people's bank, selection: crops, names and teacher's vectors, Chance) on the device."""
    lfw, chance = Lfw(arguments.data), Chance(arguments.seed, arguments.device)
    aligned, points = lfw.aligned(arguments.work)
    people = np.array(lfw.people)
    def crops_of(rows):
        return torch.from_numpy(np.array(aligned[rows])).permute(0, 3, 1, 2).contiguous().to(arguments.device)
    train, chosen = crops_of(lfw.split.train), crops_of(lfw.split.selection)
    teacher = Teacher(arguments.teachers, train, arguments.device)
    maker = MorphMaker(train, torch.from_numpy(points[lfw.split.train]).to(arguments.device), chance)
    pool = Pool(train, maker, teacher, chance, arguments.pool, arguments.uses, arguments.real)
    bank = people_bank(pool.real.vectors, people[lfw.split.train])
    return pool, bank, (chosen, people[lfw.split.selection], teacher.label(chosen)[0].cpu().numpy()), chance


def _train(arguments):
    pool, bank, selection, chance = prepare(arguments)
    run = Run(arguments)
    checkpoint = os.path.join(arguments.work, "embedder.pt")
    if os.path.exists(checkpoint):
        run.load(checkpoint, chance)

    ending = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.append(True))
    parts, since, next_look = [], time.monotonic(), time.monotonic() + 60
    while True:
        next_look += wait_while_exists(arguments.pause_file)
        losses = run.advance(pool.draw(arguments.batch), bank)
        parts.append(torch.stack([losses.cosine, losses.relation, losses.hint, losses.resemblance]).detach())
        finished = bool(ending) or run.step >= arguments.steps
        if finished or time.monotonic() > next_look:
            entry = dict(time=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), step=run.step, of=arguments.steps, morphs=pool.made, rate=round(run.optimiser.param_groups[0]["lr"], 6),
                         cpu=round(time.process_time()), seconds=round(time.monotonic() - since), losses=[round(float(part), 4) for part in torch.stack(parts).mean(0)],
                         **figures(run.average, *selection))
            run.save(checkpoint, chance)
            with open(os.path.join(arguments.work, "embedder.log"), "a") as log:
                log.write(json.dumps(entry) + "\n")
            print(json.dumps(entry), flush=True)
            parts, next_look = [], time.monotonic() + 60 * arguments.minutes
        if finished:
            return


if __name__ == "__main__":
    main()
