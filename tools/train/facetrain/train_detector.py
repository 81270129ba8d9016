"""Trains the detector by distillation from YuNet; resumes from its checkpoint by itself.

    python3 -m facetrain.train_detector --data LFW --teacher YUNET.onnx --work DIR [--steps 12000]

Labels the pictures first (kept in DIR). Writes DIR/detector.pt and DIR/detector.log (JSON lines, figures of the selection people).
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

from .detection import detect, overlaps
from .detector_labels import labels, teacher
from .detector_loss import assign, detector_loss, gather
from .detector_net import DetectorNet
from .lfw import Lfw
from .mistakes import MistakeBook, mistakes
from .mosaics import MosaicMaker
from .pause import wait_while_exists

_WARM_STEPS = 200

# Shares of the steps after which the training photographs are searched for mistakes.
_ROUNDS = (0.25, 0.45, 0.65, 0.8)

# Canvas sizes (height, width) in pixels; a batch has one.
_CANVASES = [(256, 256)] * 6 + [(224, 320), (320, 224), (288, 288), (384, 384)]


class DetectorRun:
    """Network, moving average, optimiser and step: what a checkpoint holds."""

    def __init__(self, steps, rate, seed, device="cpu"):
        torch.manual_seed(seed)
        self.step, self._steps, self._rate, self._device = 0, steps, rate, device
        self.net = DetectorNet().to(device, memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.net).eval()
        # Decay is for pointwise and full convolutions; depthwise kernels, norms and biases are few and stay free.
        decayed = [p for p in self.net.parameters() if p.ndim == 4 and p.shape[1] > 1]
        free = [p for p in self.net.parameters() if not (p.ndim == 4 and p.shape[1] > 1)]
        self.optimiser = torch.optim.AdamW([dict(params=decayed, weight_decay=2e-3), dict(params=free, weight_decay=0.0)], lr=rate)

    def advance(self, canvases, gathered):
        """One step on uint8 BGR canvases [n, h, w, 3] and what `gather` gave; returns the loss's parts."""
        rate = self._rate * min(1, (self.step + 1) / _WARM_STEPS) * (0.01 + 0.99 * (1 + math.cos(math.pi * self.step / self._steps)) / 2)
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        total, parts = detector_loss(self.net(canvases.to(self._device, non_blocking=True).permute(0, 3, 1, 2).float()), gathered)
        self.optimiser.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 10.0)
        self.optimiser.step()
        self.step += 1
        keep = min(0.998, (1 + self.step) / (20 + self.step))
        with torch.no_grad():
            for mean, now in zip((*self.average.parameters(), *self.average.buffers()), (*self.net.parameters(), *self.net.buffers())):
                mean.lerp_(now, 1 - keep) if mean.dtype.is_floating_point else mean.copy_(now)
        return parts

    def save(self, path):
        """Writes the checkpoint, whole or not at all."""
        torch.save(dict(step=self.step, net=self.net.state_dict(), average=self.average.state_dict(), optimiser=self.optimiser.state_dict()), path + ".part")
        os.replace(path + ".part", path)

    def load(self, path):
        """Goes on where the checkpoint was written."""
        state = torch.load(path, map_location="cpu")
        self.step = state["step"]
        for part in ("net", "average", "optimiser"):
            getattr(self, part).load_state_dict(state[part])


class MosaicBatches(torch.utils.data.IterableDataset):
    """The batches from number `begin` on. Batch k depends on the seed, k and the places `mistaken` so far alone, whichever worker makes it."""

    def __init__(self, pictures, size, seed, begin, end, mistaken=()):
        self._pictures, self._size, self._seed, self._begin, self._end, self._mistaken = pictures, size, seed, begin, end, mistaken

    def __iter__(self):
        worker = torch.utils.data.get_worker_info()
        first, every = (0, 1) if worker is None else (worker.id, worker.num_workers)
        cv2.setNumThreads(1)
        maker = MosaicMaker(self._pictures, mistaken=self._mistaken)
        for number in range(self._begin + first, self._end, every):
            maker.random = np.random.default_rng([self._seed, number])
            yield draw(maker, self._size)


def draw(maker, count):
    """(uint8 canvases [count, h, w, 3] of one size, what `gather` gave)."""
    height, width = _CANVASES[maker.random.integers(len(_CANVASES))]
    canvases, assigned = np.empty((count, height, width, 3), np.uint8), []
    for place in range(count):
        canvases[place], targets = maker.make(height, width)
        assigned.append(assign(targets, height, width))
    return torch.from_numpy(canvases), gather(assigned)


def figures(net, entries, threshold=0.6):
    """Of labelled pictures: percent of main faces found and of all that the teacher is sure of (`all`), faces that the teacher does not see (per picture), the points' mean error in percent of the eye distance, and main faces found when they are small (`found_small`), in daylight and in the dark."""
    found, all_found, surplus, errors, device = 0, 0, 0, [], next(net.parameters()).device
    for picture, truth in entries:
        main = int(np.argmax(truth.scores * truth.boxes[:, 2]))
        faces = detect(lambda data: [answer.cpu() for answer in net.answers(data.to(device))], picture, threshold)
        if not len(faces):
            continue
        overlap = overlaps(truth.boxes, faces.boxes)
        surplus += int((overlap.max(0) < 0.3).sum())
        all_found += int((overlap[truth.scores >= 0.6].max(1) >= 0.5).sum())
        best = int(overlap[main].argmax())
        if overlap[main, best] >= 0.5:
            found += 1
            points = truth.points[main]
            errors.append(np.linalg.norm(faces.points[best] - points, axis=1).mean() / np.linalg.norm(points[0] - points[1]))
    small = [found_small(net, entries, light) for light in (1, 0.25)]
    wanted = sum(int((truth.scores >= 0.6).sum()) for _, truth in entries)
    return dict(found=round(100 * found / len(entries), 2), all=round(100 * all_found / wanted, 2), surplus=round(surplus / len(entries), 4), points=round(100 * float(np.mean(errors)), 2) if errors else None, small=small[0], dark=small[1])


def found_small(net, entries, light, size=12.0, threshold=0.6):
    """Percent of main faces found when the pictures are reduced until these faces are `size` pixels, dimmed by the factor `light`, and laid side by side."""
    found, edge, columns, device = 0, 48, 8, next(net.parameters()).device
    for begin in range(0, len(entries), columns * columns):
        canvas, wanted = np.zeros((edge * columns, edge * columns, 3), np.uint8), []
        for place, (picture, truth) in enumerate(entries[begin:begin + columns * columns]):
            box = truth.boxes[int(np.argmax(truth.scores * truth.boxes[:, 2]))]
            scale, centre = size / np.sqrt(box[2] * box[3]), box[:2] + box[2:] / 2
            x, y = edge * (place % columns), edge * (place // columns)
            shift = edge / 2 - scale * centre
            blurred = cv2.GaussianBlur(picture, (0, 0), 0.6 / scale)
            patch = cv2.warpAffine(blurred, np.array([[scale, 0, shift[0]], [0, scale, shift[1]]]), (edge, edge), flags=cv2.INTER_LINEAR)
            canvas[y:y + edge, x:x + edge] = patch * light
            wanted.append([*(box[:2] * scale + shift + [x, y]), *(box[2:] * scale)])
        faces = detect(lambda data: [answer.cpu() for answer in net.answers(data.to(device))], canvas, threshold)
        if len(faces):
            found += int((overlaps(np.array(wanted), faces.boxes).max(1) >= 0.5).sum())
    return round(100 * found / len(entries), 2)


def main():
    """Command line of this module."""
    parser = argparse.ArgumentParser(description="Trains the detector by distillation.")
    parser.add_argument("--data", required=True, help="directory of LFW")
    parser.add_argument("--teacher", required=True, help="yunet_n_dynamic.onnx")
    parser.add_argument("--work", required=True, help="directory for labels, checkpoint and log; made if need be")
    parser.add_argument("--steps", type=int, default=12000)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=2.5e-3)
    parser.add_argument("--device", default="cpu", help="cpu, or cuda")
    parser.add_argument("--workers", type=int, default=0, help="processes that label and make mosaics; 0 does it in turn with the training (default)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=4, help="between evaluations and checkpoints (default 4)")
    parser.add_argument("--pause-file", help="wait while this file exists")
    arguments = parser.parse_args()
    os.makedirs(arguments.work, exist_ok=True)
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    _train(arguments)


def _train(arguments):
    lfw = Lfw(arguments.data)
    found = labels(lfw, arguments.teacher, arguments.work, max(1, arguments.workers))
    chosen = [found[index] for index in lfw.split.selection.tolist() if len(found[index][1])]
    pictures = [found[index] for index in lfw.split.train.tolist() if len(found[index][1])]
    run, book = DetectorRun(arguments.steps, arguments.rate, arguments.seed, arguments.device), MistakeBook(os.path.join(arguments.work, "detector-mistakes.npz"))
    checkpoint = os.path.join(arguments.work, "detector.pt")
    if os.path.exists(checkpoint):
        run.load(checkpoint)
    ending = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.append(True))
    ends = [*(round(share * arguments.steps) for share in _ROUNDS), arguments.steps]
    parts, next_look = [], time.monotonic() + 60 * arguments.minutes
    while run.step < arguments.steps and not ending:
        if book.rounds < sum(run.step >= end for end in ends):
            book.add(mistakes(run.average, teacher(arguments.teacher), pictures, np.random.default_rng([arguments.seed, run.step, len(pictures)])))
        end = next(end for end in ends if end > run.step)
        for canvases, gathered in torch.utils.data.DataLoader(MosaicBatches(pictures, arguments.batch, arguments.seed, run.step, end, book.places), batch_size=None, num_workers=arguments.workers):
            next_look += wait_while_exists(arguments.pause_file)
            parts.append(run.advance(canvases, gathered))
            if ending or run.step >= arguments.steps or time.monotonic() > next_look:
                entry = dict(time=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), step=run.step, of=arguments.steps, cpu=round(time.process_time()), mistakes=len(book.places),
                             losses={name: round(float(torch.stack([part[name] for part in parts]).mean()), 4) for name in parts[0]}, **figures(run.average, chosen))
                run.save(checkpoint)
                with open(os.path.join(arguments.work, "detector.log"), "a") as log:
                    log.write(json.dumps(entry) + "\n")
                print(json.dumps(entry), flush=True)
                parts, next_look = [], time.monotonic() + 60 * arguments.minutes
            if ending:
                break


if __name__ == "__main__":
    main()
