"""NIR files of ossicle-convert, read by h5py and, where it is installed, by the package nir; weights by the package
safetensors. Usage: test_nir_file.py FOLDER_OF_THE_TOOLS
"""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import unittest

TOOLS = pathlib.Path(sys.argv.pop() if len(sys.argv) > 1 else ".").resolve()
SAMPLE = pathlib.Path(__file__).resolve().parent.parent / "data/model/sample.safetensors"

try:
    import h5py
    import numpy as np
except ImportError as missing:
    print(f"SKIPPED: {missing}")
    sys.exit(0)


def arrays_of(path):
    """The arrays of a model by the container's description, without any package."""
    content = path.read_bytes()
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8:8 + length])
    data = content[8 + length:]
    return {
        name: np.frombuffer(data[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"])
        for name, entry in header.items() if name != "__metadata__"
    }


class NirFile(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def convert(self, *arguments):
        done = subprocess.run([TOOLS / "ossicle-convert", "-q", *arguments], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)

    def graph(self, *arguments):
        path = self.root / "sample.nir"
        self.convert("--from", "model", SAMPLE, "-o", path, *arguments)
        return path

    def test_layout(self):
        arrays = arrays_of(SAMPLE)
        with h5py.File(self.graph("--dt-ms", "2"), "r") as file:
            self.assertEqual(set(file), {"version", "node"})
            node = file["node"]
            self.assertEqual(set(node), {"type", "nodes", "edges", "metadata"})
            self.assertEqual(node["type"][()], b"NIRGraph")
            self.assertEqual(node["metadata/dt"][()], 0.002)
            self.assertEqual(json.loads(node["metadata/classes"][()])[1], "j\u00e4")
            edges = {(a.decode(), b.decode()) for a, b in node["edges"][()]}
            nodes = node["nodes"]
            self.assertEqual({name for edge in edges for name in edge}, set(nodes))
            self.assertEqual(nodes["input/shape"][()].tolist(), [3])
            self.assertEqual(nodes["output/shape"][()].tolist(), [2])
            for name, array in arrays.items():
                if name.startswith("theta"):
                    continue
                stored = nodes[name]
                self.assertEqual(stored["type"][()], b"Linear")
                self.assertEqual(stored["weight"].dtype, np.float32)
                wanted = np.diag(array) if "self" in name else array * (2 if name.startswith("w_0") else 1)
                np.testing.assert_array_equal(stored["weight"][()], wanted)
                start, end = name.replace("self_", f"{name[-1]}_").split("_")[1:]
                self.assertIn(("input" if start == "0" else f"lif_{start}", name), edges)
                self.assertIn((name, f"lif_{end}"), edges)
            for layer in range(1, 5):
                lif = nodes[f"lif_{layer}"]
                self.assertEqual(lif["type"][()], b"CubaLIF")
                theta = arrays[f"theta_{layer}"].astype(float)
                np.testing.assert_allclose(1 - 0.002 / lif["tau_mem"][()], theta, atol=1e-15)
                np.testing.assert_allclose(lif["r"][()] * 0.002, lif["tau_mem"][()], rtol=1e-15)
                np.testing.assert_allclose(lif["tau_syn"][()], 8 * 0.002, rtol=1e-15)
                for name, value in (("v_leak", 0), ("v_reset", 0), ("v_threshold", 1), ("w_in", 1)):
                    self.assertEqual(lif[name][()].tolist(), [value] * len(theta))
            self.assertEqual(len(edges), 2 * (6 + 3) + 1)

    def test_package_nir(self):
        try:
            import nir
        except ImportError as missing:
            self.skipTest(str(missing))
        for options in ((), ("--affine",), ("--exact", "--readout", "psc")):
            graph = nir.read(self.graph(*options))
            nir.write(self.root / "back.nir", graph)
            again = nir.read(self.root / "back.nir")
            self.assertEqual(set(again.nodes), set(graph.nodes))
            self.assertEqual(again.metadata["recipe"], graph.metadata["recipe"])
            self.assertIsInstance(graph.nodes["lif_1"], nir.CubaLIF)

    def test_weights_of_the_package_safetensors(self):
        try:
            from safetensors.numpy import load_file, save_file
        except ImportError as missing:
            self.skipTest(str(missing))
        theirs = self.root / "weights.safetensors"
        save_file({name: array.astype(np.float64) for name, array in load_file(SAMPLE).items()}, theirs)
        model = self.root / "out.model"
        self.convert(theirs, "-o", model, "--like", SAMPLE)
        for name, array in arrays_of(SAMPLE).items():
            np.testing.assert_array_equal(arrays_of(model)[name], array)


if __name__ == "__main__":
    unittest.main()
