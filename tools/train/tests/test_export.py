"""The exported network answers as the trained one, through the ONNX file that is shipped."""

import os
import tempfile
import unittest
import warnings

import torch

from facetrain import onnx_file
from facetrain.detector_net import ANSWER_NAMES, DetectorNet
from facetrain.embedder_net import EmbedderNet
from facetrain.export_detector import export
from facetrain.export_embedder import InferenceNet
from facetrain.onnx_runner import OnnxRunner


class ExportTests(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(2)
        self.net = EmbedderNet()
        with torch.no_grad():
            for _ in range(3):
                self.net(torch.rand(8, 3, 112, 112) * 255)  # gives the normalisations statistics worth folding
        self.net.eval()
        self.data = torch.rand(3, 3, 112, 112) * 255

    def test_folding_changes_nothing(self):
        with torch.no_grad():
            torch.testing.assert_close(InferenceNet(self.net, int8=False)(self.data), self.net.embed(self.data), atol=1e-4, rtol=0)

    def test_int8_weights_turn_vectors_by_little(self):
        with torch.no_grad():
            cosines = (InferenceNet(self.net)(self.data) * self.net.embed(self.data)).sum(1)
        self.assertGreater(float(cosines.min()), 0.99)

    def test_the_file_is_small_and_keeps_int8(self):
        with tempfile.TemporaryDirectory() as directory, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            path = os.path.join(directory, "embedder.onnx")
            torch.onnx.export(InferenceNet(self.net).eval(), self.data, path, opset_version=13, do_constant_folding=False)
            self.assertLess(os.path.getsize(path), 2_000_000)
            (answer,) = OnnxRunner(path).run(self.data).values()
            with torch.no_grad():
                torch.testing.assert_close(answer, InferenceNet(self.net)(self.data), atol=1e-5, rtol=0)

    def test_the_detectors_file_has_yunets_outputs_and_is_small(self):
        with tempfile.TemporaryDirectory() as directory, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            path = os.path.join(directory, "detector.onnx")
            net, picture = DetectorNet().eval(), torch.rand(1, 3, 96, 64) * 255
            export(net, path)
            self.assertLess(os.path.getsize(path), 500_000)
            self.assertEqual(onnx_file.read(path).outputs, list(ANSWER_NAMES))
            found = OnnxRunner(path).run(picture)  # a size other than the traced one
            with torch.no_grad():
                for name, expected in zip(ANSWER_NAMES, net.answers(picture)):
                    torch.testing.assert_close(found[name], expected, atol=1e-4, rtol=1e-4)


if __name__ == "__main__":
    unittest.main()
