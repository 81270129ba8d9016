"""How well vectors tell people apart: the figures of training logs and of release candidates."""

import numpy as np


def all_pairs(vectors, people):
    """(similarities, same person) of all pairs among unit vectors [n, d] with one name each."""
    first, second = np.triu_indices(len(vectors), 1)
    names = np.unique(people, return_inverse=True)[1]
    return (vectors @ vectors.T)[first, second], names[first] == names[second]


def true_accept_rate(similarities, same, false_match_rate):
    """The share of mated pairs above the threshold that at most `false_match_rate` of the non-mated pairs exceed."""
    strangers = np.sort(similarities[~same])[::-1]
    return float((similarities[same] > strangers[int(false_match_rate * len(strangers))]).mean())


def best_threshold(similarities, same):
    """(threshold, accuracy) with mated and non-mated pairs weighing the same as groups: the best that one threshold can do on these pairs."""
    order = np.argsort(-similarities)
    mated = same[order]
    hits = np.concatenate([[0], np.cumsum(mated)]) / mated.sum()
    rejected = 1 - np.concatenate([[0], np.cumsum(~mated)]) / (~mated).sum()
    accuracy = (hits + rejected) / 2
    cut = int(accuracy.argmax())
    ordered = similarities[order]
    threshold = ordered[0] + 1e-3 if cut == 0 else (ordered[cut - 1] + ordered[min(cut, len(ordered) - 1)]) / 2
    return float(threshold), float(accuracy[cut])


def accuracy_at(similarities, same, threshold):
    """The share of pairs that the threshold sorts rightly."""
    return float(((similarities > threshold) == same).mean())
