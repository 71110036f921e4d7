"""datasets/ti46: the list maker, and the maker of a tree of SPHERE files."""

import shutil
import sys
import unittest
import wave

import numpy as np

from test_datasets import read_list
from tree import ROOT, TreeTest

sys.path.insert(0, str(ROOT / "datasets/ti46"))
from resample import resample  # noqa: E402


def sphere(n_samples=50, coding="pcm", n_kept=None):
    """The bytes of a SPHERE file, spelt out as the format has it; of its samples only the first n_kept."""
    text = (f"NIST_1A\n   1024\ndatabase_id -s5 TI 46\nchannel_count -i 1\nsample_count -i {n_samples}\nsample_rate -i 12500\n"
            f"sample_n_bytes -i 2\nsample_byte_format -s2 01\nsample_coding -s{len(coding)} {coding}\nend_head\n")
    return text.encode().ljust(1024) + bytes(2 * (n_samples if n_kept is None else n_kept))


SHORTEN = "pcm,embedded-shorten-v2.00"


class Ti46(TreeTest):
    """Trees of two speakers or, where the published counts matter, of all sixteen."""

    def write_files(self, files):
        for path, data in files.items():
            target = self.root / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)

    def test_help_of_the_maker_needs_no_numpy(self):
        self.check_help_without_numpy("datasets/ti46/make_tree", "--speech DIR", "tree")

    def digits(self, speakers=("f1", "m8"), n_digits=10):
        """{path: bytes} of whole recordings of the digits."""
        whole = sphere()
        names = [(f"train/{s}", f"0{d}{s}set{t}") for s in speakers for d in range(n_digits) for t in range(10)]
        names += [(f"test/{s}", f"0{d}{s}s{n}t{t}") for s in speakers for d in range(n_digits) for n in range(2, 10) for t in (0, 1)]
        return {f"data/ti20/{folder}/{name}.sph": whole for folder, name in names}

    def prepare(self, *arguments, data="data", task="digits"):
        return self.run_script("datasets/ti46/prepare", self.root / data, "-o", self.root / "lists", "--task", task, *arguments)

    def lists(self, *names):
        return [read_list(self.root / f"lists/{name}.tsv") for name in names]

    def test_the_published_counts_pass_and_others_are_said(self):
        files = self.digits([f"{sex}{i}" for sex in "fm" for i in range(1, 9)])
        for speaker in ("f1", "f2", "f3", "m1", "m2", "m3"):  # 6 and 18 are missing, as of the corpus
            del files[f"data/ti20/train/{speaker}/03{speaker}set9.sph"]
            for n in (2, 3, 4):
                del files[f"data/ti20/test/{speaker}/07{speaker}s{n}t0.sph"]
        self.write_files(files)
        done = self.prepare()
        self.assertEqual(done.returncode, 0)
        self.assertIn("train.tsv: 1594 recordings", done.stdout)
        self.assertIn("test.tsv: 2542 recordings", done.stdout)
        self.assertNotIn("expected", done.stderr)
        self.assertIn("digits train: 1594 of 1600 in a complete corpus; not 10 recordings of: f1 three 9, f2 three 9", done.stderr)
        self.assertIn("digits test: 2542 of 2560 in a complete corpus; not 16 recordings of: f1 seven 13", done.stderr)
        missing, train, test = self.lists("missing", "train", "test")
        self.assertEqual(missing[0], {"part": "train", "speaker": "f1", "label": "three", "found": "9", "complete": "10"})
        self.assertEqual((len(missing), len(train), len(test)), (12, 1594, 2542))
        self.assertEqual(test[0], {"path": "ti20/test/f1/00f1s2t0.sph", "label": "zero", "speaker": "f1", "key": "00f1s2t0"})
        self.assertEqual((self.root / "lists/classes.txt").read_text().split(),
                         "zero one two three four five six seven eight nine".split())

        for n in (5, 6):
            (self.root / f"data/ti20/test/m8/09m8s{n}t1.sph").unlink()
        (self.root / "data/ti20/train/m8/04m8set0.sph").rename(self.root / "data/ti20/train/f1/03f1set9.sph")
        done = self.prepare()
        self.assertEqual(done.returncode, 0)
        self.assertNotIn("train: 1594 recordings where", done.stderr)
        self.assertIn("digits test: 2540 recordings where 2542 were expected", done.stderr)
        missing = self.lists("missing")[0]
        self.assertIn({"part": "train", "speaker": "m8", "label": "four", "found": "9", "complete": "10"}, missing)
        self.assertIn({"part": "test", "speaker": "m8", "label": "nine", "found": "14", "complete": "16"}, missing)

    def test_letters_in_the_order_of_their_index(self):
        letters = "abcdefghijklmnopqrstuvwxyz"
        self.write_files({f"data/ti_alpha/{part}/f2/0{letter}f2s{session}t0.wav": sphere()
                          for letter in letters for part, session in (("train", "e"), ("test", "1"))})
        done = self.prepare(task="alpha")
        self.assertEqual(done.returncode, 0)
        self.assertIn("alpha train: 26 recordings where 4142 were expected", done.stderr)
        self.assertIn("alpha test: 26 recordings where 6628 were expected", done.stderr)
        self.assertEqual((self.root / "lists/classes.txt").read_text().split(), list(letters))
        train = self.lists("train")[0]
        self.assertEqual([each["label"] for each in train], list(letters))
        self.assertEqual([each["key"] for each in train], [f"0{letter}f2set0" for letter in letters])

    def test_case_and_top_folders_do_not_matter(self):
        self.write_files(self.digits(n_digits=2))
        self.assertEqual(self.prepare().returncode, 0)
        expected = [[{**row, "path": row["path"].rsplit("/", 1)[1]} for row in rows] for rows in self.lists("train", "test")]
        self.assertEqual([len(rows) for rows in expected], [40, 64])
        for top, given in (("TI46/TI20", "data"), ("TI46/TI20", "data/TI46"), ("TI46/TI20", "data/TI46/TI20"),
                           ("ldc93s9/disc/Ti20", "data"), ("ti20", "data/ti20")):
            with self.subTest(top=top, given=given):
                shutil.rmtree(self.root / "data")
                upper = top.isupper()
                self.write_files({f"data/{top}/" + (rest.upper() if upper else rest): data for path, data in
                                  self.digits(n_digits=2).items() for rest in [path.removeprefix("data/ti20/")]})
                self.assertEqual(self.prepare(data=given).returncode, 0)
                found = self.lists("train", "test")
                for row in found[0] + found[1]:
                    self.assertTrue((self.root / given / row["path"]).is_file())
                    row["path"] = row["path"].rsplit("/", 1)[1].lower()
                self.assertEqual(found, expected)

    def test_what_cannot_be_used_is_named_with_the_remedy(self):
        folder = "data/ti20/train/f1/"
        bad = {
            "00f1set1.sph": (b"", "is empty"),
            "00f1set2.sph": (sphere(n_kept=49), "is cut short: 1122 of the 1124 bytes"),
            "01f1set2.wav": (sphere(n_kept=10), "is cut short: 1044 of the 1124 bytes"),
            "00f1set3.sph": (sphere(coding=SHORTEN, n_kept=20), f"is compressed (sample_coding {SHORTEN}); unpack it: sph2pipe"),
            "00f1set4.sph": (sphere()[:60], "inside its header"),
            "00f1set5.wav": (b"fLaC" + bytes(100), "neither NIST SPHERE nor WAV"),
            "00f1set6.sph": (sphere(n_samples=0), "holds no samples"),
            "00f1set7.sph": (sphere().replace(b"sample_count -i 50", b"sample_count -i x0"), "damaged inside its header"),
        }
        good = {"00f1set0.sph": sphere(), "01f1set0.wav": b"RIFF" + bytes(40), "02f1set0.sph": sphere() + b"surplus",
                "03f1set0.sph": sphere().replace(b"sample_count -i 50\n", b"")}
        self.write_files({folder + name: data for name, (data, _) in bad.items()})
        self.write_files({folder + name: data for name, data in good.items()})
        self.write_files({"data/ti20/test/f1/00f1s1t0.sph": sphere()})
        done = self.prepare()
        self.assertEqual(done.returncode, 1)
        self.assertEqual({each["path"].rsplit("/", 1)[1] for each in self.lists("train")[0]}, set(good))
        for name, (_, message) in bad.items():
            with self.subTest(name=name):
                line = next(line for line in done.stderr.splitlines() if name in line)
                self.assertIn("left out", line)
                self.assertIn(message, line)

    def test_many_alike_are_counted(self):
        files = {path: sphere(coding=SHORTEN) for path in self.digits(n_digits=1)}
        self.write_files(files)
        done = self.prepare()
        self.assertEqual(done.returncode, 2)
        self.assertEqual(done.stderr.count("unpack it"), 10)
        self.assertIn(f"{len(files) - 10} more, compressed like these", done.stderr)
        self.assertIn("train.tsv: no recording belongs to this list", done.stderr)

    def test_one_recording_in_two_files_is_one(self):
        self.write_files({"data/ti20/train/f1/00f1set0.sph": sphere(), "data/ti20/train/f1/00f1set0.wav": sphere(),
                          "data/ti20/train/f1/00f1set1.sph": sphere(coding=SHORTEN), "data/ti20/train/f1/00f1set1.wav": sphere(),
                          "data/ti20/train/f1/00f1set2.wav": sphere(), "data/TI20/TRAIN/F1/00F1SET2.WAV": sphere(),
                          "data/ti20/test/f1/00f1s1t0.wav": sphere()})
        done = self.prepare()
        self.assertEqual(done.returncode, 0)
        self.assertIn("recordings found more than once: 3,", done.stderr)
        self.assertEqual([each["path"] for each in self.lists("train")[0]],
                         ["ti20/train/f1/00f1set0.sph", "ti20/train/f1/00f1set1.wav", "TI20/TRAIN/F1/00F1SET2.WAV"])

    def test_other_names_are_counted_and_other_words_are_not(self):
        self.write_files(self.digits(n_digits=1))
        expected = self.prepare().stderr
        self.write_files({"data/ti20/train/f1/enf1set0.sph": sphere(), "data/ti_alpha/train/f1/0af1set0.sph": sphere()})
        self.assertEqual(self.prepare().stderr, expected)
        others = ("readme.doc", "ti20/train/f1/zzf1set0.sph", "ti20/train/f1/00f9set0.sph", "ti20/train/f1/00f1set0.sph.bak",
                  "ti20/train/f1/00f1sxt0.sph")
        self.write_files({f"data/{name}": sphere() for name in others})
        done = self.prepare()
        self.assertEqual(done.returncode, 0)
        self.assertIn("files of other names, skipped: 5, ", done.stderr)
        self.assertEqual(len(self.lists("train")[0]), 20)

    def test_a_name_says_the_part(self):
        self.write_files(self.digits(n_digits=1))
        self.write_files({"data/ti20/test/f1/02f1set0.sph": sphere(), "data/ti20/test/f1/02f1s10t1.sph": sphere()})
        done = self.prepare()
        self.assertIn("recordings in the folder of the other part: 1, ", done.stderr)
        train, test = ([each["key"] for each in rows] for rows in self.lists("train", "test"))
        self.assertIn("02f1set0", train)
        self.assertIn("02f1s10t1", test)

    def test_validation_tokens_and_a_speaker_left_out(self):
        self.write_files(self.digits())
        self.assertEqual(self.prepare("--valid-tokens", 3, "--leave-out", "M8").returncode, 0)
        train, valid, test, unseen = self.lists("train", "valid", "test", "unseen")
        self.assertEqual((len(train), len(valid), len(test), len(unseen)), (70, 30, 160, 260))
        self.assertEqual({each["key"][-1] for each in valid}, set("789"))
        self.assertEqual({each["speaker"] for each in train + valid + test}, {"f1"})
        self.assertEqual({each["speaker"] for each in unseen}, {"m8"})

    def test_links_to_folders_are_followed_once(self):
        self.write_files({path.replace("data", "disc"): data for path, data in self.digits(n_digits=1).items()})
        (self.root / "data").mkdir()
        (self.root / "data/ti20").symlink_to(self.root / "disc/ti20")
        (self.root / "disc/ti20/train/again").symlink_to(self.root / "data")
        done = self.prepare()
        self.assertEqual(done.returncode, 0)
        self.assertNotIn("more than once", done.stderr)
        self.assertEqual(len(self.lists("train")[0]), 20)

    def test_what_cannot_be_done_is_said(self):
        self.write_files(self.digits(n_digits=1))
        (self.root / "empty").mkdir()
        for arguments, data, task, message in (
            ((), "absent", "digits", "no such folder"),
            ((), "empty", "digits", "no recording of task digits, as ti20/train/f1/00f1set0.sph"),
            ((), "data", "alpha", "of other words of TI46 there are 52"),
            (("--leave-out", "f9"), "data", "digits", "invalid choice"),
            (("--valid-tokens", "10"), "data", "digits", "must be in 0..9"),
        ):
            with self.subTest(message=message):
                done = self.prepare(*arguments, data=data, task=task)
                self.assertEqual(done.returncode, 2)
                self.assertIn(message, done.stderr)
                self.assertFalse((self.root / "lists/train.tsv").exists())


class Ti46Tree(TreeTest):
    def test_resampling_keeps_a_tone(self):
        seconds = 0.7
        for frequency_hz, amplitude in ((1000.0, 12000.0), (9000.0, 0.0)):  # the second lies above the new Nyquist frequency
            times = [np.arange(round(seconds * rate)) / rate for rate in (22050, 12500)]
            window = [np.sin(np.pi * t / seconds) ** 2 for t in times]  # fades at both ends, as speech does
            given = 12000 * window[0] * np.sin(2 * np.pi * frequency_hz * times[0])
            wanted = amplitude * window[1] * np.sin(2 * np.pi * frequency_hz * times[1])
            got = resample(np.rint(given).astype("<i2"), 22050, 12500)
            self.assertEqual(got.dtype, np.dtype("<i2"))
            self.assertEqual(len(got), len(wanted))
            self.assertLessEqual(np.abs(got - wanted).max(), 2)  # both are rounded to whole numbers
        self.assertEqual(len(resample(np.zeros(22051, "<i2"), 22050, 12500)), 12501)

    @unittest.skipUnless(shutil.which("espeak-ng"), "espeak-ng is not installed")
    def test_a_tree_of_sphere_files(self):
        def make(folder, *arguments):
            return self.run_script("datasets/ti46/make_tree", self.root / folder, "--speech", self.root / "speech", "--task", "digits",
                                   "--train-tokens", 1, "--test-tokens", 1, *arguments)

        done = make("data", "--missing", 3, "--truncated", 2)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        files = {path.relative_to(self.root / "data").as_posix(): path.read_bytes() for path in (self.root / "data").rglob("*.sph")}
        self.assertEqual(len(files), 2 * (160 - 3))
        n_cut = 0
        for path, data in files.items():
            lines = data[:1024].decode().split("\n")
            self.assertEqual(lines[:2], ["NIST_1A", "   1024"])
            fields = dict(line.split(" -")[:2] for line in lines[2:lines.index("end_head")])
            self.assertEqual((fields["sample_rate"], fields["channel_count"], fields["sample_n_bytes"]), ("i 12500", "i 1", "i 2"))
            with wave.open(str(self.root / "speech" / path.replace(".sph", ".wav"))) as sound:
                n_samples = int(fields["sample_count"].removeprefix("i "))
                self.assertAlmostEqual(n_samples / 12500, sound.getnframes() / sound.getframerate(), delta=1 / 12500)
            n_cut += len(data) < 1024 + 2 * n_samples
        self.assertEqual(n_cut, 4)

        upper = make("upper", "--upper-case", "--extension", "wav", "--missing", 3, "--truncated", 2)
        self.assertEqual(upper.returncode, 0)
        for path, data in files.items():
            self.assertEqual((self.root / "upper/TI46" / path.replace(".sph", ".wav").upper()).read_bytes(), data)
        self.assertEqual(self.run_script("datasets/ti46/prepare", self.root / "upper", "-o", self.root / "lists", "--task", "digits")
                         .returncode, 1)
        self.assertEqual(len(read_list(self.root / "lists/train.tsv")), 155)

        for arguments, message in ((("data",), "is there already"), (("new", "--missing", "161"), "are more than the 160 recordings"),
                                   (("new", "--missing", "-1"), "wanted a number or published")):
            done = make(*arguments)
            self.assertEqual(done.returncode, 2)
            self.assertIn(message, done.stderr)


if __name__ == "__main__":
    unittest.main()
