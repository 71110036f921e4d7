"""The list makers of datasets/ and the maker of synthetic speech."""

import csv
import collections
import hashlib
import shutil
import sys
import unittest
import wave

from tree import ROOT, TreeTest

sys.path.insert(0, str(ROOT / "datasets/synthetic"))
import voices as synthetic  # noqa: E402

SPEAKERS = ("george", "jackson")


def read_list(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t"))


class Fsdd(TreeTest):
    def setUp(self):
        super().setUp()
        names = [f"{digit}_{speaker}_{index}.wav" for digit in range(10) for speaker in SPEAKERS for index in range(50)]
        self.write({f"data/recordings/{name}": "" for name in names})

    def prepare(self, *arguments, data="data"):
        return self.run_script("datasets/fsdd/prepare", self.root / data, "-o", self.root / "lists", *arguments)

    def lists(self, *names):
        return [read_list(self.root / f"lists/{name}.tsv") for name in names]

    def test_official_split(self):
        done = self.prepare()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        train, test = self.lists("train", "test")
        self.assertEqual((len(train), len(test)), (10 * 2 * 45, 10 * 2 * 5))
        self.assertEqual({int(each["key"].split("_")[2]) for each in test}, set(range(5)))
        self.assertEqual(test[0], {"path": "recordings/0_george_0.wav", "label": "0", "speaker": "george", "key": "0_george_0"})
        for each in train + test:
            self.assertTrue((self.root / "data" / each["path"]).is_file())
            self.assertTrue(each["key"].startswith(f"{each['label']}_{each['speaker']}_"))

    def test_recordings_may_lie_in_the_folder_itself(self):
        self.assertEqual(self.prepare(data="data/recordings").returncode, 0)
        self.assertEqual(self.lists("test")[0][0]["path"], "0_george_0.wav")

    def test_a_speaker_left_out_is_in_no_other_list(self):
        self.assertEqual(self.prepare("--leave-out", "george").returncode, 0)
        train, test, unseen = self.lists("train", "test", "unseen")
        self.assertEqual({each["speaker"] for each in train + test}, {"jackson"})
        self.assertEqual({each["speaker"] for each in unseen}, {"george"})
        self.assertEqual((len(train), len(test), len(unseen)), (450, 50, 500))

    def test_validation_leaves_the_training(self):
        self.assertEqual(self.prepare("--valid", "3").returncode, 0)
        train, valid, test = ({each["key"] for each in rows} for rows in self.lists("train", "valid", "test"))
        self.assertEqual((len(train), len(valid), len(test)), (840, 60, 100))
        self.assertFalse(train & valid or train & test or valid & test)

    def test_a_missing_recording_is_a_warning(self):
        (self.root / "data/recordings/3_george_7.wav").unlink()
        done = self.prepare()
        self.assertEqual(done.returncode, 0)
        self.assertIn("george: 499 recordings where 500 were expected", done.stderr)

    def test_what_cannot_be_done_is_said(self):
        for arguments, data, message in (
            ((), "absent", "no such folder"),
            ((), "lists", "no file named like"),
            (("--leave-out", "nobody"), "data", "there are george, jackson"),
            (("--valid", "45"), "data", "must be in 0..44"),
        ):
            with self.subTest(message=message):
                (self.root / "lists").mkdir(exist_ok=True)
                done = self.prepare(*arguments, data=data)
                self.assertEqual(done.returncode, 2)
                self.assertIn(message, done.stderr)
                self.assertFalse((self.root / "lists/train.tsv").exists())


class SyntheticDeliveries(unittest.TestCase):
    """What is asked of espeak-ng, which needs no espeak-ng to check."""

    def tokens(self, voice, n_train):
        return [("train", i) for i in range(n_train)] + [("test", i) for i in range(synthetic.N_TEST_TOKENS)]

    def test_no_two_of_a_voice_are_alike(self):
        self.assertEqual(len({voice.name for voice in synthetic.VOICES}), len(synthetic.VOICES))
        self.assertEqual(len({(voice.accent, voice.variant) for voice in synthetic.VOICES}), len(synthetic.VOICES))
        for voice in synthetic.VOICES:
            tokens = self.tokens(voice, synthetic.MAX_TRAIN_TOKENS)
            self.assertEqual(len({synthetic.token_stem("0a", voice, *token) for token in tokens}), len(tokens))
            deliveries = [synthetic.delivery(voice, *token) for token in tokens]
            self.assertEqual(max(collections.Counter(delivery[:2] for delivery in deliveries).values()), 1, voice.name)
            for pitch, speed, _ in deliveries:
                self.assertTrue(0 <= pitch <= 99 and speed >= 80, voice.name)  # what espeak-ng takes

    def test_recordings_of_ti46s_counts_stay_as_they_were(self):
        digest = hashlib.sha256()
        for voice in synthetic.VOICES[:synthetic.N_TI46_VOICES]:
            for token in self.tokens(voice, synthetic.N_TRAIN_TOKENS):
                row = (voice.accent, voice.variant, *synthetic.delivery(voice, *token), synthetic.token_stem("0a", voice, *token))
                digest.update(repr(row).encode())
        self.assertEqual(digest.hexdigest(), "56e63aefdbfb21f41ffc5ad6605997ea0c222171ecc2a429c9e900b5e8ebb43a")


@unittest.skipUnless(shutil.which("espeak-ng"), "espeak-ng is not installed")
class Synthetic(TreeTest):
    def make(self, *arguments, folder="data"):
        return self.run_script("datasets/synthetic/make", self.root / folder, "--train-tokens", 1, "--test-tokens", 1, *arguments)

    def prepare(self, *arguments):
        return self.run_script("datasets/synthetic/prepare", self.root / "data", "-o", self.root / "lists", *arguments)

    def recordings(self, folder):
        return {path.relative_to(self.root / folder).as_posix(): path for path in (self.root / folder).rglob("*") if path.is_file()}

    def test_digits_in_the_folders_of_ti46(self):
        done = self.make()
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        made = self.recordings("data")
        voices = [f"{sex}{i}" for sex in "fm" for i in range(1, 9)]
        expected = {f"ti20/train/{voice}/0{d}{voice}set0.wav" for voice in voices for d in range(10)}
        expected |= {f"ti20/test/{voice}/0{d}{voice}s1t0.wav" for voice in voices for d in range(10)}
        self.assertEqual(set(made), expected)
        sounds = set()
        for path in made.values():
            with wave.open(str(path)) as sound:
                self.assertGreater(sound.getnframes(), 0.2 * sound.getframerate(), path)
                sounds.add(hashlib.sha256(sound.readframes(sound.getnframes())).digest())
        self.assertEqual(len(sounds), len(made))

        one = "ti20/test/m3/07m3s1t0.wav"
        before = made[one].read_bytes()
        made[one].unlink()
        self.assertEqual(self.make("--jobs", 1).returncode, 0)
        self.assertEqual(made[one].read_bytes(), before)

        shutil.copy(made["ti20/test/m3/08m3s1t0.wav"], made[one])
        done = self.make()
        self.assertEqual(done.returncode, 2)
        self.assertIn("sounds exactly like", done.stderr)

        made[one].write_bytes(before[:30])
        done = self.make()
        self.assertEqual(done.returncode, 2)
        self.assertIn("not a whole WAV file", done.stderr)

    def test_more_tokens_and_voices_than_ti46(self):
        done = self.make("--voices", 1, "--train-tokens", 40)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("410 recordings by 1 voice, no two alike", done.stdout)
        train = {f"ti20/train/f1/0{d}f1set{token}.wav" for d in range(10) for token in range(40)}
        self.assertEqual(set(self.recordings("data")), train | {f"ti20/test/f1/0{d}f1s1t0.wav" for d in range(10)})
        for arguments in (("--voices", 29), ("--train-tokens", 41)):
            self.assertEqual(self.make(*arguments).returncode, 2)

        (self.root / "data/ti20/test/f1/00m99s1t0.wav").touch()  # by nobody known
        (self.root / "data/ti20/train/m15").mkdir()
        (self.root / "data/ti20/train/m15/00m15set39.wav").touch()
        done = self.prepare("--leave-out", "m15")
        self.assertIn("00m99s1t0.wav: skipped", done.stderr)
        self.assertEqual({each["path"] for each in read_list(self.root / "lists/train.tsv")}, train)
        unseen = read_list(self.root / "lists/unseen.tsv")
        self.assertEqual([(each["key"], each["label"], each["speaker"]) for each in unseen], [("00m15set39", "0", "m15")])

    def test_lists_by_token_and_by_voice(self):
        self.write({f"data/ti_alpha/{split}/{voice}/0{letter}{voice}s{session}t0.wav": ""
                    for split, session in (("train", "e"), ("test", "1"))
                    for voice in ("f1", "f2", "m1") for letter in "abz"})
        done = self.prepare("--task", "letters", "--leave-out", "f2", "--leave-out", "m1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("not the same number of recordings", done.stderr)
        train, test, unseen = (read_list(self.root / f"lists/{name}.tsv") for name in ("train", "test", "unseen"))
        self.assertEqual([each["key"] for each in train], ["0af1set0", "0bf1set0", "0zf1set0"])
        self.assertEqual([each["key"] for each in test], ["0af1s1t0", "0bf1s1t0", "0zf1s1t0"])
        self.assertEqual(test[2], {"path": "ti_alpha/test/f1/0zf1s1t0.wav", "label": "z", "speaker": "f1", "key": "0zf1s1t0"})
        self.assertEqual({each["speaker"] for each in unseen}, {"f2", "m1"})
        self.assertEqual(len(unseen), 12)

    def test_lists_without_recordings_are_refused(self):
        done = self.prepare()
        self.assertEqual(done.returncode, 2)
        self.assertIn("make them first", done.stderr)


if __name__ == "__main__":
    unittest.main()
