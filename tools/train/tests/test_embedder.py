"""Network, losses, figures, checkpoints and the pause, in miniature."""

import os
import tempfile
import threading
import unittest
from types import SimpleNamespace

import numpy as np
import torch
import torch.nn.functional as F

from facetrain import metrics
from facetrain.chance import Chance
from facetrain.embedder_loss import embedder_loss
from facetrain.embedder_net import EmbedderNet
from facetrain.pause import wait_while_exists
from facetrain.train_embedder import Run, people_bank


def _batch(count=4):
    torch.manual_seed(3)
    return torch.rand(count, 3, 112, 112) * 255, F.normalize(torch.randn(count, 128)), torch.randn(count, 128, 7, 7)


class NetworkTests(unittest.TestCase):
    def test_unit_vectors_and_size(self):
        net = EmbedderNet().eval()
        with torch.no_grad():
            vectors = net.embed(_batch()[0])
        self.assertEqual(vectors.shape, (4, 128))
        torch.testing.assert_close(vectors.norm(dim=1), torch.ones(4))
        parameters = sum(p.numel() for name, p in net.named_parameters() if not name.startswith("hint"))
        self.assertLess(parameters, 2_000_000, "int8 weights must stay below 2 MB")


class LossTests(unittest.TestCase):
    def test_the_teachers_own_answer_costs_nothing(self):
        _, vectors, maps = _batch()
        losses = embedder_loss(3 * vectors, maps, vectors, maps, F.normalize(torch.randn(9, 128)), 0.5)
        self.assertLess(float(losses.total.abs()), 1e-5)

    def test_every_term_rises_with_an_error(self):
        _, vectors, maps = _batch()
        losses = embedder_loss(torch.randn(4, 128), maps + 1, vectors, maps, F.normalize(torch.randn(9, 128)), 0.0)
        for name in ("cosine", "relation", "hint", "resemblance"):
            self.assertGreater(float(getattr(losses, name)), 0.001, name)

    def test_the_hint_is_gone_at_the_end(self):
        _, vectors, maps = _batch()
        bank = F.normalize(torch.randn(9, 128))
        self.assertAlmostEqual(float(embedder_loss(vectors, maps + 5, vectors, maps, bank, 0.9).total), 0, places=4)


class FigureTests(unittest.TestCase):
    def test_rates_and_threshold_of_a_small_example(self):
        similarities, same = np.array([0.9, 0.8, 0.4, 0.5, 0.1, 0.0]), np.array([True, True, True, False, False, False])
        self.assertAlmostEqual(metrics.true_accept_rate(similarities, same, 0.01), 2 / 3)
        self.assertAlmostEqual(metrics.true_accept_rate(similarities, same, 0.34), 1.0)
        threshold, accuracy = metrics.best_threshold(similarities, same)
        self.assertAlmostEqual(accuracy, 5 / 6)
        self.assertAlmostEqual(metrics.accuracy_at(similarities, same, threshold), 5 / 6)

    def test_all_pairs_are_each_pair_once(self):
        similarities, same = metrics.all_pairs(np.eye(4, dtype=np.float32), np.array(["a", "b", "a", "c"]))
        self.assertEqual((len(similarities), same.sum()), (6, 1))

    def test_bank_holds_one_unit_vector_a_person(self):
        bank = people_bank(torch.eye(128)[:3], np.array(["a", "b", "a"]))
        torch.testing.assert_close(bank.norm(dim=1), torch.ones(2))
        self.assertAlmostEqual(float(bank[0, 2]), 0.5**0.5, places=5)


class CheckpointTests(unittest.TestCase):
    def test_a_resumed_run_goes_on_as_if_it_had_not_stopped(self):
        torch.set_num_threads(1)
        arguments = SimpleNamespace(seed=1, steps=10, rate=2e-3, device="cpu")
        bank, chance = F.normalize(torch.randn(9, 128)), Chance(1, "cpu")
        run = Run(arguments)
        run.advance(_batch(), bank)
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "embedder.pt")
            run.save(path, chance)
            drawn = chance.below(1000, 5)
            resumed, other = Run(arguments), Chance(2, "cpu")
            resumed.load(path, other)
        self.assertEqual(resumed.step, 1)
        self.assertTrue(torch.equal(other.below(1000, 5), drawn))
        first, second = (each.advance(_batch(), bank) for each in (run, resumed))
        self.assertEqual(float(first.total), float(second.total))
        for one, two in zip(run.average.parameters(), resumed.average.parameters()):
            torch.testing.assert_close(one, two)


class PauseTests(unittest.TestCase):
    def test_waits_until_the_file_is_gone(self):
        self.assertLess(wait_while_exists(None), 1)
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "quiet")
            open(path, "w").close()
            waiting = threading.Thread(target=wait_while_exists, args=(path,))
            waiting.start()
            waiting.join(0.05)
            self.assertTrue(waiting.is_alive())
            os.remove(path)
            waiting.join(30)
            self.assertFalse(waiting.is_alive())


if __name__ == "__main__":
    unittest.main()
