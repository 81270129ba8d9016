"""Which cell answers for which face, and what its answer costs."""

import numpy as np
import torch
import torch.nn.functional as F

from .detector_net import STRIDES

# Face sizes in pixels (square root of the box's area) that a stride answers for. They overlap, so sizes between two strides have two chances.
SIZES = {8: (7.5, 42.0), 16: (28.0, 110.0), 32: (76.0, np.inf)}
_POINT_WEIGHT, _BOX_WEIGHT = 15.0, 2.0


def assign(targets, height, width):
    """Per stride (states [h, w] int8: 1 face, 0 background, -1 ignored; cells; boxes [cells, 4] as centre and size; points [cells, 5, 2]; whole [cells]), in pixels."""
    ordered, assigned = sorted(targets, key=lambda target: -target.width * target.height), []
    for stride in STRIDES:
        states, owners = np.zeros((height // stride, width // stride), np.int8), np.full((height // stride, width // stride), -1)
        low, high = SIZES[stride]
        for number, target in enumerate(ordered):
            size = np.sqrt(target.width * target.height)
            if not target.sure or size < 8:
                _ignore(states, _around(target, stride, target.width / stride / 2, target.height / stride / 2))
            elif low * 0.7 <= size < high * 1.4:
                radius = min(max(0.26 * size / stride, 0.72), 1.55)
                _ignore(states, _around(target, stride, radius + 0.8, radius + 0.8))
                if low <= size < high:
                    area = _around(target, stride, radius, radius)
                    states[area], owners[area] = 1, number
        cells = np.flatnonzero(owners >= 0)
        chosen = [ordered[number] for number in owners.ravel()[cells]]
        assigned.append((states, cells, np.array([(t.x, t.y, t.width, t.height) for t in chosen], np.float32).reshape(-1, 4),
                         np.array([t.points for t in chosen], np.float32).reshape(-1, 5, 2), np.array([t.whole for t in chosen], np.float32)))
    return assigned


def _around(target, stride, radius_x, radius_y):
    x, y = target.x / stride, target.y / stride
    return (slice(max(0, int(np.ceil(y - radius_y))), max(0, int(np.floor(y + radius_y)) + 1)),
            slice(max(0, int(np.ceil(x - radius_x))), max(0, int(np.floor(x + radius_x)) + 1)))


def _ignore(states, area):
    states[area] = np.where(states[area] == 0, -1, states[area])


def gather(assigned):
    """What `assign` gave for each picture of a batch, as tensors per stride: states [n, h, w], rows (cells counted through the batch), cells, boxes, points, whole."""
    gathered = []
    for level in range(len(STRIDES)):
        mine = [picture[level] for picture in assigned]
        size = mine[0][0].size
        gathered.append(tuple(torch.from_numpy(array) for array in (
            np.stack([entry[0] for entry in mine]), np.concatenate([entry[1] + number * size for number, entry in enumerate(mine)]),
            *(np.concatenate([entry[part] for entry in mine]) for part in (1, 2, 3, 4)))))
    return gathered


def detector_loss(outputs, gathered):
    """(total, parts by name). outputs: the network's; gathered: what `gather` gave, anywhere."""
    device = outputs[0][0].device
    logits, states, positives, boxes, points, true_boxes, true_points, whole, offset = [], [], [], [], [], [], [], [], 0
    for (scores, regressions), level, stride in zip(outputs, gathered, STRIDES):
        state, rows, cells, *truth = (tensor.to(device, non_blocking=True) for tensor in level)
        logits.append(scores.permute(0, 2, 3, 1).reshape(-1, 2))
        states.append(state.reshape(-1).float())
        positives.append(rows + offset)
        offset += len(logits[-1])
        found = regressions.permute(0, 2, 3, 1).reshape(-1, 14)[rows]
        corner = torch.stack([cells % scores.shape[3], torch.div(cells, scores.shape[3], rounding_mode="floor")], 1).float()
        boxes.append(torch.cat([(corner + found[:, :2]) * stride, found[:, 2:4].clamp(-4, 5).exp() * stride], 1))
        points.append((found[:, 4:].reshape(-1, 5, 2) + corner[:, None]) * stride)
        for collected, part in zip((true_boxes, true_points, whole), truth):
            collected.append(part)
    logits, states, positives, boxes, points, true_boxes, true_points, whole = map(torch.cat, (logits, states, positives, boxes, points, true_boxes, true_points, whole))
    count = max(len(positives), 1)

    overlap, box_cost = _box_cost(boxes, true_boxes)
    size = true_boxes[:, 2:].prod(1).sqrt()[:, None, None]
    distance = (points - true_points) / size
    point_cost = (F.smooth_l1_loss(distance, torch.zeros_like(distance), beta=0.015, reduction="none").mean((1, 2)) * whole).sum() / whole.sum().clamp(min=1)
    counted, quality = (states >= 0).float(), torch.zeros_like(states)
    quality[positives] = overlap.detach()
    # Quality focal loss: the class score learns to say how well the box fits, and easy cells weigh little.
    focus = (torch.sigmoid(logits[:, 0]) - quality).abs().detach().pow(1.5)
    class_cost = 2 * (F.binary_cross_entropy_with_logits(logits[:, 0], quality, reduction="none") * focus * counted).sum() / count
    object_cost = (F.binary_cross_entropy_with_logits(logits[:, 1], states.clamp(min=0), reduction="none") * counted).sum() / count
    parts = dict(classes=class_cost, objects=object_cost, boxes=box_cost, points=point_cost)
    return class_cost + object_cost + _BOX_WEIGHT * box_cost + _POINT_WEIGHT * point_cost, {name: cost.detach() for name, cost in parts.items()}


def _box_cost(boxes, truth):
    """(intersection over union, mean EIoU cost: https://arxiv.org/abs/2101.08158) of boxes as centre and size."""
    if not len(boxes):
        return boxes.sum(1), boxes.sum()
    low, high = boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2
    true_low, true_high = truth[:, :2] - truth[:, 2:] / 2, truth[:, :2] + truth[:, 2:] / 2
    shared = (torch.min(high, true_high) - torch.max(low, true_low)).clamp(min=0).prod(1)
    overlap = shared / (boxes[:, 2:].prod(1) + truth[:, 2:].prod(1) - shared + 1e-6)
    hull = torch.max(high, true_high) - torch.min(low, true_low)
    away = (boxes[:, :2] - truth[:, :2]).pow(2).sum(1) / (hull.pow(2).sum(1) + 1e-6)
    return overlap, (1 - overlap + away + ((boxes[:, 2:] - truth[:, 2:]) / (hull + 1e-6)).pow(2).sum(1)).mean()
