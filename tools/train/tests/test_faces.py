"""Splits, alignment, morphs and augmentation, on made-up pictures."""

import unittest

import numpy as np

from facetrain.augment import augment
from facetrain.lfw import TEMPLATE, similarity, split_people
from facetrain.morphs import MorphMaker


def _pictures(count):
    random = np.random.default_rng(5)
    return random.integers(0, 256, (count, 112, 112, 3), np.uint8), (TEMPLATE + random.normal(0, 2, (count, 5, 2))).astype(np.float32)


class SplitTests(unittest.TestCase):
    def test_no_person_is_in_two_groups_and_every_file_is_in_one(self):
        people = [f"Person_{number // 2}" for number in range(4000)]
        split = split_people(people, {f"Person_{number}" for number in range(700, 1000)})
        groups = [{people[index] for index in group} for group in vars(split).values()]
        self.assertEqual(sum(map(len, groups)), len(set().union(*groups)))
        self.assertEqual(sorted(np.concatenate(list(vars(split).values()))), list(range(4000)))
        self.assertEqual({people[index] for index in split.test}, {f"Person_{number}" for number in range(700, 1000)})
        self.assertGreater(min(map(len, groups)), 50)

    def test_a_person_stays_in_its_group_when_others_come(self):
        few = split_people(["Ada", "Ada", "Grace", "Edsger"], set())
        many = split_people(["Ada", "Ada", "Grace", "Edsger", "Barbara"], set())
        for group in vars(few):
            self.assertLessEqual(set(getattr(few, group)), set(getattr(many, group)))


class AlignmentTests(unittest.TestCase):
    def test_similarity_undoes_rotation_scale_and_shift(self):
        angle = 0.3
        turned = TEMPLATE @ (2.5 * np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])) + [40, -7]
        matrix = similarity(turned, TEMPLATE)
        np.testing.assert_allclose(turned @ matrix[:, :2].T + matrix[:, 2], TEMPLATE, atol=1e-9)


class MorphTests(unittest.TestCase):
    def test_the_same_seed_gives_the_same_faces_and_another_gives_others(self):
        crops, points = _pictures(6)
        first, again, other = ([MorphMaker(crops, points, np.arange(6), np.random.default_rng(seed)).make()] for seed in (1, 1, 2))
        np.testing.assert_array_equal(first, again)
        self.assertTrue((np.array(first) != np.array(other)).any())

    def test_only_the_given_rows_are_used(self):
        crops, points = _pictures(6)
        random = np.random.default_rng(3)
        crops[:3] = 10
        maker = MorphMaker(crops, points, np.arange(3), random)
        for _ in range(60):
            face = maker.make()
            self.assertEqual((face.shape, face.dtype), ((112, 112, 3), np.dtype(np.uint8)))
            self.assertLess(abs(face.astype(int) - 10).max(), 3)


class AugmentationTests(unittest.TestCase):
    def test_crops_keep_shape_type_and_original(self):
        crop = _pictures(1)[0][0]
        before, random = crop.copy(), np.random.default_rng(4)
        outcomes = [augment(crop, random) for _ in range(300)]
        np.testing.assert_array_equal(crop, before)
        self.assertTrue(all(outcome.shape == (112, 112, 3) and outcome.dtype == np.uint8 for outcome in outcomes))


if __name__ == "__main__":
    unittest.main()
