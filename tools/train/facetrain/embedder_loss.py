"""What the student is asked for: the teacher's direction, its relations between faces, its feature maps, and its view of who resembles whom."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F

# Weights relative to the cosine term, and the temperature of the softened similarities, as in the trial that reached 97.5 % on unseen people.
_RELATION, _HINT, _RESEMBLANCE, _TEMPERATURE = 10.0, 0.3, 0.1, 0.08

# The hint fades linearly and is gone after this share of the training: it shapes early features, later it only costs capacity.
_HINT_UNTIL = 0.8


@dataclass
class Losses:
    """The weighted sum and its unweighted parts."""

    total: torch.Tensor
    cosine: torch.Tensor
    relation: torch.Tensor
    hint: torch.Tensor
    resemblance: torch.Tensor


def embedder_loss(vectors, maps, teacher_vectors, teacher_maps, bank, progress):
    """Losses of one batch.

    vectors, maps: the student's, before normalisation. teacher_vectors: unit length. teacher_maps: standardised by channel.
    bank: unit vectors of the training people, [people, 128]. progress: the share of training that is done, 0..1.
    """
    student = F.normalize(vectors.float())
    cosine = (1 - (student * teacher_vectors).sum(1)).mean()
    count = len(student)
    relation = ((student @ student.T - teacher_vectors @ teacher_vectors.T) * (1 - torch.eye(count, device=student.device))).pow(2).sum() / (count * (count - 1))
    hint = F.mse_loss(maps.float(), teacher_maps)
    resemblance = F.kl_div(F.log_softmax(student @ bank.T / _TEMPERATURE, 1), F.softmax(teacher_vectors @ bank.T / _TEMPERATURE, 1), reduction="batchmean")
    fade = max(0.0, 1 - progress / _HINT_UNTIL)
    total = cosine + _RELATION * relation + _HINT * fade * hint + _RESEMBLANCE * resemblance
    return Losses(total, cosine, relation, hint, resemblance)
