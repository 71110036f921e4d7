"""datasets/arabic-commands on small trees in both forms of the corpus."""

import csv
import unittest
import wave

from tree import TreeTest

PARTS = {"train": (1, 21), "val": (2,), "test": (30,)}  # speakers
WORDS = ("rotate", "zoom in")


def read_list(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


class Arabic(TreeTest):
    def published(self, folder="", parts=PARTS):
        """Two rounds of two words by each speaker."""
        for part, speakers in parts.items():
            names = {f"{word}/{speaker:08}_NO_{i:02}.wav": word for word in WORDS for speaker in speakers for i in (1, 2)}
            self.write({f"data/{part}.csv": "file,class\n" + "".join(f"{name},{word}\n" for name, word in names.items())})
            for name in names:
                path = self.root / "data" / folder / name
                path.parent.mkdir(parents=True, exist_ok=True)
                with wave.open(str(path), "wb") as file:
                    file.setparams((1, 2, 16000, 0, "NONE", ""))
                    file.writeframes(bytes(320))

    def listed(self, parts):
        for part, speakers in parts.items():
            names = {f"{part}/{speaker:02}/{word}_{i:02}.flac": (word, f"{speaker:02}") for word in WORDS for speaker in speakers for i in (1, 2)}
            lines = "".join(f"{name}\t{word.replace(' ', '-')}\t{speaker}\n" for name, (word, speaker) in names.items())
            self.write({f"data/{part}.tsv": "path\tlabel\tspeaker\n" + lines, **{f"data/{name}": "" for name in names}})

    def prepare(self, *words, code=0):
        done = self.run_script("datasets/arabic-commands/prepare", self.root / "data", "-o", self.root / "lists", *words)
        self.assertEqual(done.returncode, code, done.stderr)
        return done

    def lists(self, *names):
        return [read_list(self.root / f"lists/{name}.tsv") for name in names]

    def test_as_published(self):
        self.published()
        self.assertIn("train.csv: 8 recordings where 7200 were expected", self.prepare().stderr)
        train, valid, test = self.lists("train", "valid", "test")
        self.assertEqual((len(train), len(valid), len(test)), (8, 4, 4))
        self.assertEqual(train[2], {"path": "rotate/00000021_NO_01.wav", "label": "rotate", "speaker": "21", "key": "rotate_21_01"})
        self.assertEqual(valid[3], {"path": "zoom in/00000002_NO_02.wav", "label": "zoom-in", "speaker": "02", "key": "zoom-in_02_02"})
        for each in train + valid + test:
            self.assertTrue((self.root / "data" / each["path"]).is_file())

    def test_some_of_the_training_speakers(self):
        self.published(parts=PARTS | {"train": range(3, 13)})
        drawn = []
        for seed in (1, 1, 2):
            self.prepare("--train-speakers", 3, "--seed", seed)
            train, valid = self.lists("train", "valid")
            self.assertEqual((len(train), len(valid)), (12, 4))
            drawn.append({each["speaker"] for each in train})
        self.assertEqual((len(drawn[0]), drawn[0]), (3, drawn[1]))
        self.assertNotEqual(drawn[0], drawn[2])
        self.assertIn("the training has 10; wanted 1 to that", self.prepare("--train-speakers", 11, code=2).stderr)

    def test_recordings_in_a_folder_of_their_own(self):
        self.published(folder="dataset")
        self.prepare()
        self.assertEqual(self.lists("valid")[0][0]["path"], "dataset/rotate/00000002_NO_01.wav")

    def test_lists_without_a_test_part(self):
        self.published()
        self.prepare()
        wanted = [[(each["label"], each["speaker"], each["key"]) for each in part] for part in self.lists("train", "valid")]
        (self.root / "data/train.csv").unlink()
        self.listed({name: PARTS[name] for name in ("train", "val")})
        self.prepare()
        self.assertFalse((self.root / "lists/test.tsv").exists())
        found = self.lists("train", "valid")
        self.assertEqual([[(each["label"], each["speaker"], each["key"]) for each in part] for part in found], wanted)
        self.assertEqual(found[0][0]["path"], "train/01/rotate_01.flac")

    def test_what_is_missing_or_odd_is_said(self):
        self.published()
        (self.root / "data/rotate/00000002_NO_02.wav").unlink()
        with open(self.root / "data/train.csv", "a", encoding="utf-8") as file:
            file.write("rotate/other.wav,rotate\nrotate\n")
        errors = self.prepare().stderr
        self.assertIn("val.csv: recordings that are not there, left out: 1, rotate/00000002_NO_02.wav first", errors)
        self.assertIn("train.csv: lines of another form, skipped: 2, rotate/other.wav first", errors)
        self.assertEqual([len(each) for each in self.lists("train", "valid")], [8, 3])

    def test_what_cannot_be_done_is_said(self):
        self.assertIn("neither train.csv nor train.tsv", self.prepare(code=2).stderr)
        self.published(parts={"train": (1,)})
        self.assertIn("val.csv is not there", self.prepare(code=2).stderr)
        self.published(parts={"train": (1, 2), "val": (2,)})
        self.assertIn("speaker 02 is in train and in val", self.prepare(code=2).stderr)
        self.write({"data/val.csv": "path;word\n"})
        self.assertIn("the columns file, class were expected", self.prepare(code=2).stderr)
        self.assertFalse((self.root / "lists").exists())


if __name__ == "__main__":
    unittest.main()
