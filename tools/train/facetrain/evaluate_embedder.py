"""Judges the trained embedder: on people that were set aside, or, for a release candidate and once each, on the test people.

    python3 -m facetrain.evaluate_embedder --data LFW --work DIR [--release-candidate]

The threshold comes from the calibration people; with --release-candidate it is applied to View 2's folds 6 to 10, whose people no training step,
choice or threshold has seen. Judges the int8 weights, as they are shipped.
"""

import argparse
import json

import numpy as np
import torch

from . import metrics
from .export_embedder import InferenceNet, trained
from .lfw import Lfw


@torch.no_grad()
def _vectors(net, crops):
    return np.concatenate([net(torch.from_numpy(np.array(crops[begin:begin + 64])).permute(0, 3, 1, 2).float()).numpy() for begin in range(0, len(crops), 64)])


def _group(net, crops, people, indices):
    return metrics.all_pairs(_vectors(net, crops[indices]), people[indices])


def _rates(similarities, same, rates):
    return {f"tar_{rate:g}": round(100 * metrics.true_accept_rate(similarities, same, rate), 2) for rate in rates}


def main():
    """Command line of this module."""
    parser = argparse.ArgumentParser(description="Judges the trained embedder.")
    parser.add_argument("--data", required=True, help="directory of LFW")
    parser.add_argument("--work", required=True, help="directory of the checkpoint")
    parser.add_argument("--release-candidate", action="store_true", help="look at the test people; once per candidate, never to choose between two")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    lfw = Lfw(arguments.data)
    crops, _ = lfw.aligned(arguments.work)
    people, net = np.array(lfw.people), InferenceNet(trained(arguments.work)).eval()

    similarities, same = _group(net, crops, people, lfw.split.calibration)
    threshold, accuracy = metrics.best_threshold(similarities, same)
    print(json.dumps(dict(group="calibration", threshold=round(threshold, 4), accuracy=round(100 * accuracy, 2), **_rates(similarities, same, (1e-2, 1e-3)))))
    similarities, same = _group(net, crops, people, lfw.split.selection)
    print(json.dumps(dict(group="selection", **_rates(similarities, same, (1e-2, 1e-3)))))
    if arguments.release_candidate:
        pairs = lfw.pairs[3000:]
        places, inverse = np.unique(pairs[:, :2], return_inverse=True)
        vectors = _vectors(net, crops[places])[inverse.reshape(-1, 2)]
        similarities, same = (vectors[:, 0] * vectors[:, 1]).sum(1), pairs[:, 2] > 0
        print(json.dumps(dict(group="test, View 2 folds 6-10", accuracy=round(100 * metrics.accuracy_at(similarities, same, threshold), 2), **_rates(similarities, same, (1e-2, 1e-3)))))


if __name__ == "__main__":
    main()
