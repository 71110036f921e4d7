"""The confusion matrix."""

import unittest

from samples import CONFUSION, Folder


def matrix(n):
    names = [f"word-{k}" for k in range(n)]
    rows = [",".join([names[k], *(str(20 if j == k else int(j == k + 1)) for j in range(n))]) for k in range(n)]
    return ("label\\predicted," + ",".join(names) + "\n" + "\n".join(rows) + "\n").encode()


class Confusion(Folder):
    def test_numbers_names_and_share(self):
        self.put("c.csv", CONFUSION)
        picture = self.drawn("c.csv")
        for text in (
            "Confusions: 16 of 20 right (80.0 %)",
            "decision",
            "label",
            "share of the label's recordings (%)",
            "9",
            "1",
            "3",
            "7",
        ):
            self.assertIn(text, picture.texts)
        at = {text: (x, y) for text, x, y, *_ in picture.places()}  # no as "yes, sir" is 1, the other way round 3
        self.assertTrue(at["1"][0] > at["3"][0] and at["1"][1] < at["3"][1])
        self.assertEqual((picture.texts.count("no"), picture.texts.count("yes, sir"), len(picture.images)), (2, 2, 1))

    def test_forty_classes_have_names_that_do_not_overlap(self):
        self.put("c.csv", matrix(40))
        picture = self.drawn("c.csv")
        self.assertEqual(picture.texts.count("20"), 40 + 1)  # the bar has one too
        places = [place for place in picture.places() if place[0].startswith("word-")]
        for upright, axis in ((True, 1), (False, 2)):
            along = sorted(place[axis] for place in places if place[3] == upright)
            self.assertEqual(len(along), 40)
            self.assertGreater(min(b - a for a, b in zip(along, along[1:])), max(place[4] for place in places))

    def test_hundreds_of_classes_have_some_names_and_no_numbers(self):
        self.put("c.csv", matrix(200))
        picture = self.drawn("c.csv")
        self.assertEqual(picture.texts.count("word-0"), 2)
        self.assertLessEqual(sum(text.startswith("word-") for text in picture.texts), 2 * 60)
        self.assertLessEqual(picture.texts.count("20"), 1)

    def test_text_shows_every_confusion(self):
        self.put("c.csv", CONFUSION)
        self.assertRegex(self.plot("c.csv", "--format", "text")[0].decode(), r"no \|.* 9 .* 1 ")
        self.put("many.csv", matrix(40))
        lines = self.plot("many.csv", "--format", "text")[0].decode().split("\n")
        self.assertRegex(next(line for line in lines if " word-4 " in line), r"\|      +[%@]+\.+ +\|")

    def test_a_class_that_never_was(self):
        self.put("c.csv", b"label\\predicted,a,b\na,0,0\nb,0,0\n")
        self.assertIn("Confusions: 0 of 0 right", self.drawn("c.csv").texts)


if __name__ == "__main__":
    unittest.main()
