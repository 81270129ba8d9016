"""Splits, alignment, morphs and augmentation, on made-up pictures."""

import unittest

import cv2
import numpy as np
import torch

from facetrain import jpeg
from facetrain.augment import augment
from facetrain.chance import Chance
from facetrain.lfw import TEMPLATE, similarity, split_people
from facetrain.morphs import MorphMaker
from facetrain.pool import Pool
from facetrain.teacher import HINT_SHAPE


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
        crops, points = (torch.from_numpy(array) for array in _pictures(6))
        first, again, other = (MorphMaker(crops.permute(0, 3, 1, 2), points, Chance(seed, "cpu")).make(4) for seed in (1, 1, 2))
        self.assertTrue(torch.equal(first, again))
        self.assertFalse(torch.equal(first, other))

    def test_faces_of_one_colour_keep_it_through_every_kind_of_morph(self):
        crops, points = torch.full((3, 3, 112, 112), 10, dtype=torch.uint8), torch.from_numpy(_pictures(3)[1])
        faces = MorphMaker(crops, points, Chance(3, "cpu")).make(60)
        self.assertEqual((faces.shape, faces.dtype), ((60, 3, 112, 112), torch.uint8))
        self.assertLess(int((faces.int() - 10).abs().max()), 3)


class AugmentationTests(unittest.TestCase):
    def test_crops_keep_shape_range_and_original(self):
        crops = torch.from_numpy(_pictures(8)[0]).permute(0, 3, 1, 2).repeat(12, 1, 1, 1)
        before = crops.clone()
        damaged = augment(crops, Chance(4, "cpu"))
        self.assertTrue(torch.equal(crops, before))
        self.assertEqual(damaged.shape, crops.shape)
        self.assertGreaterEqual(float(damaged.min()), 0)
        self.assertLessEqual(float(damaged.max()), 255)
        self.assertGreater(int((damaged != before.float()).flatten(1).any(1).sum()), 90)


class JpegTests(unittest.TestCase):
    def test_it_does_what_a_real_encoder_does(self):
        smooth = cv2.resize(np.random.default_rng(9).integers(0, 256, (9, 9, 3), np.uint8), (112, 112), interpolation=cv2.INTER_CUBIC)
        for quality in (20, 60, 90):
            real = cv2.imdecode(cv2.imencode(".jpg", smooth[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)[..., ::-1]
            ours = jpeg.compress(torch.from_numpy(smooth).permute(2, 0, 1)[None].float(), torch.tensor([float(quality)]))[0].permute(1, 2, 0).numpy()
            self.assertLess(np.abs(ours - real).mean(), 2.0, quality)


class PoolTests(unittest.TestCase):
    def test_morphs_are_replaced_and_targets_belong_to_their_pictures(self):
        class Shades:
            """A teacher whose answer is the picture's mean shade."""

            def label(self, crops):
                vectors = torch.zeros(len(crops), 128)
                vectors[:, 0] = crops.float().mean((1, 2, 3))
                return vectors, torch.zeros(len(crops), *HINT_SHAPE, dtype=torch.float16)

        chance, crops = Chance(5, "cpu"), torch.arange(40, 200, 20, dtype=torch.uint8).view(-1, 1, 1, 1).expand(-1, 3, 112, 112).contiguous()
        pool = Pool(crops, MorphMaker(crops, torch.from_numpy(_pictures(8)[1]), chance), Shades(), chance, places=512, uses=1)
        made = pool.made
        crops_drawn, vectors, hints = pool.draw(1024)
        self.assertEqual((crops_drawn.shape[0], vectors.shape[0], hints.shape[0]), (1024,) * 3)
        self.assertGreater(pool.made, made)
        related = torch.corrcoef(torch.stack([crops_drawn.mean((1, 2, 3)), vectors[:, 0]]))[0, 1]
        self.assertGreater(float(related), 0.8)


if __name__ == "__main__":
    unittest.main()
