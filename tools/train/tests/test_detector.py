"""Decoder, labels' geometry, mosaics, assignment and loss of the detector."""

import os
import tempfile
import unittest
from unittest import mock

import numpy as np
import torch

from facetrain.detection import Faces, decode, overlaps, padded
from facetrain.detector_labels import flipped, load, rescaled, save
from facetrain.detector_loss import assign, detector_loss, gather
from facetrain.detector_net import ANSWER_NAMES, STRIDES, DetectorNet
from facetrain.heads import _unbent, bent
from facetrain.mistakes import MistakeBook, mistakes
from facetrain.mosaics import MosaicMaker, Target
from facetrain.train_detector import DetectorRun, MosaicBatches, draw

_POINTS = np.array([[100, 100], [140, 100], [120, 120], [105, 140], [135, 140]], np.float32)


def _pictures(count=4):
    random = np.random.default_rng(6)
    faces = Faces(np.array([[80, 70, 80, 100]], np.float32), np.array([0.9], np.float32), _POINTS[None])
    return [(random.integers(0, 256, (250, 250, 3), np.uint8), faces) for _ in range(count)]


class DecoderTests(unittest.TestCase):
    def test_answers_have_the_shapes_of_yunet(self):
        with torch.no_grad():
            answers = DetectorNet().eval().answers(torch.zeros(2, 3, 64, 96))
        shapes = {name: tuple(answer.shape) for name, answer in zip(ANSWER_NAMES, answers)}
        self.assertEqual((shapes["cls_8"], shapes["obj_16"], shapes["bbox_32"], shapes["kps_8"]), ((2, 96, 1), (2, 24, 1), (2, 6, 4), (2, 96, 10)))
        self.assertLess(sum(p.numel() for p in DetectorNet().parameters()) * 4, 500_000)

    def test_a_written_face_is_read_back_and_its_double_suppressed(self):
        answers = {name: np.zeros(((64 // int(name.split("_")[1])) ** 2, dict(cls=1, obj=1, bbox=4, kps=10)[name.split("_")[0]]), np.float32) for name in ANSWER_NAMES}
        for cell, score in ((10, 0.9), (11, 0.8)):  # row 1, columns 2 and 3 of stride 8
            answers["cls_8"][cell] = answers["obj_8"][cell] = score
            answers["bbox_8"][cell] = [20 / 8 - cell % 8, 14 / 8 - 1, np.log(3), np.log(2)]
            answers["kps_8"][cell] = 0.5
        faces = decode(answers, 64, 64, 0.5)
        self.assertEqual(len(faces), 1)
        np.testing.assert_allclose(faces.boxes[0], [8, 6, 24, 16], atol=1e-4)
        np.testing.assert_allclose(faces.points[0], [[20, 12]] * 5, atol=1e-4)

    def test_padding_and_overlap(self):
        self.assertEqual(padded(np.ones((33, 64, 3), np.uint8)).shape, (64, 64, 3))
        np.testing.assert_allclose(overlaps(np.array([[0, 0, 2, 2.0]]), np.array([[1, 0, 2, 2.0], [5, 5, 1, 1]])), [[1 / 3, 0]], atol=1e-6)


class LabelTests(unittest.TestCase):
    def test_mirroring_twice_and_scaling_back_is_nothing(self):
        faces = _pictures(1)[0][1]
        again = rescaled(rescaled(flipped(flipped(faces, 250), 250), 1.6), 1 / 1.6)
        np.testing.assert_allclose(again.boxes, faces.boxes, atol=1e-3)
        np.testing.assert_allclose(again.points, faces.points, atol=1e-3)


    def test_what_is_kept_comes_back(self):
        random = np.random.default_rng(7)
        found = {index: Faces(*(random.random((count, *shape), np.float32) for shape in ((4,), (), (5, 2)))) for index, count in ((30, 2), (4, 0), (17, 1))}
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "labels.npz")
            save(path, found)
            again = load(path)
        self.assertEqual(list(again), list(found))
        for index, faces in found.items():
            for name in ("boxes", "scores", "points"):
                np.testing.assert_array_equal(getattr(again[index], name), getattr(faces, name))


class MosaicTests(unittest.TestCase):
    def test_the_points_lie_on_what_they_name(self):
        # Five dots of their own colours on black: wherever a whole face lands, undamaged, each point's place must hold its colour.
        picture, colours = np.zeros((250, 250, 3), np.uint8), np.array([[255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 0], [255, 0, 255]])
        for (x, y), colour in zip(_POINTS.astype(int), colours):
            picture[y - 9:y + 10, x - 9:x + 10] = colour
        faces = Faces(np.array([[80, 70, 80, 100]], np.float32), np.array([0.9], np.float32), _POINTS[None])
        maker, seen = MosaicMaker([(picture, faces)], np.random.default_rng(8)), 0
        maker._light = lambda patch: patch
        for _ in range(60):
            canvas, targets = np.zeros((256, 256, 3), np.uint8), []
            with mock.patch("facetrain.mosaics.covered", lambda random, picture, points: picture):
                maker._photograph(canvas, (0, 0, 256, 256), targets, "face")
            for target in targets:
                if target.whole and target.width > 40 and target.points.min() > 1 and target.points.max() < 254:
                    seen += 1
                    for number, (x, y) in enumerate(np.rint(target.points).astype(int)):
                        colour = canvas[y, x].astype(int)
                        own = np.abs(colour - colours).sum(1).argmin()
                        mirrored = [1, 0, 2, 4, 3]
                        self.assertIn(own, (number, mirrored[number]))
        self.assertGreater(seen, 10)

    def test_a_head_hides_the_one_behind_it(self):
        maker, canvas, shown = MosaicMaker(_pictures(), np.random.default_rng(3)), np.zeros((256, 256, 3), np.uint8), np.full((256, 256), -1, np.int16)
        place = np.array([128.0, 128.0])
        first = maker._head(canvas, shown, 0, place, 40.0)
        self.assertTrue(first.sure)
        self.assertGreater((shown == 0).sum(), 0.8 * first.width * first.height)
        maker._head(canvas, shown, 1, place, 80.0)
        self.assertEqual((shown == 0).sum(), 0)

    def test_a_crowd_asks_only_for_faces_that_are_to_be_seen(self):
        # All heads in one place: of those laid first nothing is left to see.
        maker, targets = MosaicMaker(_pictures(), np.random.default_rng(4)), []
        head, middle = maker._head, np.array([128.0, 128.0])
        with mock.patch.object(maker, "_head", lambda canvas, shown, number, place, wanted: head(canvas, shown, number, middle, 60.0)):
            maker._crowd(np.zeros((256, 256, 3), np.uint8), targets)
        self.assertTrue(any(target.sure for target in targets))
        self.assertLessEqual(len(targets), 3)

    def test_a_batch_depends_on_its_number_alone(self):
        one = [canvases for canvases, _ in MosaicBatches(_pictures(), 2, 1, 0, 3)]
        later = next(iter(MosaicBatches(_pictures(), 2, 1, 2, 3)))[0]
        self.assertTrue(torch.equal(one[2], later))
        self.assertFalse(torch.equal(one[1], one[2]) if one[1].shape == one[2].shape else False)

    def test_a_mosaic_feeds_a_step(self):
        torch.set_num_threads(1)
        canvases, gathered = draw(MosaicMaker(_pictures(), np.random.default_rng(7)), 2)
        run = DetectorRun(10, 2.5e-3, 1)
        first = run.advance(canvases, gathered)
        self.assertTrue(all(np.isfinite(value) for value in first.values()))


class HeadTests(unittest.TestCase):
    def test_bending_moves_the_middle_and_can_be_taken_back(self):
        centre, radius, bend = np.array([100.0, 120.0]), np.array([50.0, 60.0]), np.array([0.35, -0.25])
        places = np.stack(np.meshgrid(np.arange(30, 180, 7.0), np.arange(40, 200, 7.0)), -1)
        moved = bent(places, centre, radius, bend)
        for axis in range(2):
            np.testing.assert_allclose(_unbent(moved[..., axis].astype(np.float64), centre[axis], radius[axis], bend[axis]), places[..., axis], atol=1e-2)
        np.testing.assert_allclose(bent(centre, centre, radius, bend), centre + radius * bend)


class MistakeTests(unittest.TestCase):
    def test_a_place_that_the_teacher_or_the_labels_know_is_no_mistake(self):
        pictures = [(np.zeros((250, 250, 3), np.uint8), Faces(np.array([[80, 70, 80, 100]], np.float32), np.array([0.9], np.float32), _POINTS[None]))]
        def sees(*boxes):
            return lambda answer, picture, threshold: Faces(np.array(boxes, np.float32).reshape(-1, 4) * (picture.shape[0] / 250), np.full(len(boxes), 0.9, np.float32), np.zeros((len(boxes), 5, 2)))
        net, face, lamp = DetectorNet(), (82, 71, 80, 100), (200, 20, 30, 30)
        def found(student, teacher):
            with mock.patch("facetrain.mistakes.detect", lambda answer, picture, threshold: (teacher if answer == "teacher" else student)(answer, picture, threshold)):
                return mistakes(net, "teacher", pictures, np.random.default_rng(1))
        self.assertEqual(found(sees(face), sees()), [])
        self.assertEqual(found(sees(), sees()), [])
        self.assertEqual(found(sees(face, lamp), sees(lamp)), [])
        (index, box), = found(sees(face, lamp), sees(face))
        self.assertEqual(index, 0)
        np.testing.assert_allclose(box, lamp, atol=1e-3)

    def test_the_book_keeps_every_round(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "book.npz")
            book = MistakeBook(path)
            book.add([])
            book.add([(3, np.array([1, 2, 3, 4], np.float32))])
            again = MistakeBook(path)
        self.assertEqual(again.rounds, 2)
        self.assertEqual([(index, box.tolist()) for index, box in again.places], [(3, [1, 2, 3, 4])])


class LossTests(unittest.TestCase):
    def test_each_size_has_its_stride_and_unsure_faces_are_ignored(self):
        def states(size, sure=True):
            target = Target(128, 128, size, size, _POINTS, sure, True)
            return [(entry[0] == 1).any() for entry in assign([target], 256, 256)], [(entry[0] == -1).any() for entry in assign([target], 256, 256)]
        self.assertEqual(states(20)[0], [True, False, False])
        self.assertEqual(states(60)[0], [False, True, False])
        self.assertEqual(states(150)[0], [False, False, True])
        self.assertEqual(states(60, sure=False), ([False] * 3, [True] * 3))

    def test_the_right_answer_costs_no_box_and_no_points(self):
        assigned = [assign([Target(124, 120, 60, 60, _POINTS, True, True)], 256, 256)]
        outputs = []
        for stride, (_, cells, boxes, points, _) in zip(STRIDES, assigned[0]):
            edge = 256 // stride
            regressions = torch.zeros(1, 14, edge, edge)
            for cell, box, five in zip(cells, boxes, points):
                row, column = divmod(int(cell), edge)
                corner = np.array([column, row], np.float32)
                regressions[0, :, row, column] = torch.from_numpy(np.concatenate([box[:2] / stride - corner, np.log(box[2:] / stride), (five / stride - corner).ravel()]))
            outputs.append((torch.zeros(1, 2, edge, edge), regressions))
        _, parts = detector_loss(outputs, gather(assigned))
        self.assertLess(max(parts["boxes"], parts["points"]), 1e-4)

    def test_a_batch_without_faces_still_has_a_gradient(self):
        net = DetectorNet()
        total, _ = detector_loss(net(torch.zeros(1, 3, 64, 64)), gather([assign([], 64, 64)]))
        total.backward()
        self.assertTrue(torch.isfinite(total))


if __name__ == "__main__":
    unittest.main()
