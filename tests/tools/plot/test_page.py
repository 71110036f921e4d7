"""The page of a run, as a browser shows it."""

import json
import re
import shutil
import subprocess
import unittest
import xml.etree.ElementTree as xml

from samples import Folder, need_gnuplot, record, stream

# Put at the end of a copy: what the browser has drawn, as text that --dump-dom shows. Sizes are those on the screen.
PROBE = """<pre id="probe"></pre><script>
const size = e => { const box = e.getBoundingClientRect(); return [Math.round(box.width), Math.round(box.height)]; };
document.getElementById('probe').textContent = JSON.stringify({
  figures: [...document.querySelectorAll('figure')].map(f => ({
    caption: f.querySelector('figcaption')?.innerText ?? '', svg: size(f.querySelector('svg')), images: [...f.querySelectorAll('image')].map(size),
    strokes: [...f.querySelectorAll('path')].filter(p => p.getTotalLength() > 0 && getComputedStyle(p).stroke != 'none').length,
    texts: [...f.querySelectorAll('text')].filter(t => size(t)[0] > 0).map(t => t.textContent.trim()) })),
  rows: [...document.querySelectorAll('tr')].map(r => [...r.children].map(c => c.innerText)),
  ids: [...document.querySelectorAll('[id]')].map(e => e.id),
  outside: performance.getEntriesByType('resource').map(e => e.name).filter(n => !n.startsWith('data:')) });
</script>"""


class Page(Folder):
    def setUp(self):
        super().setUp()
        self.put_run()
        self.all = ("run.jsonl", "c.csv", "l.csv", "d.csv", "heard.tar", "spikes.tar", "answers.jsonl")

    def page(self, *words):
        need_gnuplot(self)
        self.plot("--html", *words, "-o", "run.html")
        return (self.folder / "run.html").read_text(encoding="utf-8")

    def shown(self, page):
        """What headless Chromium makes of a page."""
        chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if not chromium:
            print("SKIPPED: no chromium")
            self.skipTest("no chromium")
        (self.folder / "probed.html").write_text(page.replace("</body>", PROBE + "</body>"), encoding="utf-8")
        done = subprocess.run(
            [
                chromium,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                f"--user-data-dir={self.folder / 'profile'}",
                "--window-size=1100,900",
                "--dump-dom",
                (self.folder / "probed.html").as_uri(),
            ],
            capture_output=True,
            timeout=120,
            check=False,
        )
        found = re.search(rb'<pre id="probe">(.*?)</pre>', done.stdout, re.DOTALL)
        self.assertTrue(found and found[1], done.stderr[-2000:])
        return json.loads(
            re.sub(r"&(lt|gt|amp);", lambda m: {"lt": "<", "gt": ">", "amp": "&"}[m[1]], found[1].decode())
        )

    def test_a_browser_draws_all_of_it(self):
        shown = self.shown(self.page(*self.all))
        figures = shown["figures"]
        self.assertEqual(len(figures), 4 + 2)
        for figure in figures:
            self.assertGreater(figure["svg"][0], 300)
            self.assertGreater(figure["svg"][1], 200)
            self.assertGreater(figure["strokes"], 4)
        for figure, text in zip(
            figures,
            (
                "Training of run. Loss on the training part",
                "Confusions: 16 of 20 right (80.0 %)",
                "Accuracy against the share of each recording that was heard",
                "Detection error trade-off",
                "Cochleagram",
                "Cochleagram",
            ),
        ):
            self.assertIn(text, figure["texts"])
        self.assertEqual([len(figure["images"]) for figure in figures], [0, 1, 0, 0, 1, 1])
        self.assertTrue(all(width > 100 and height > 100 for figure in figures for width, height in figure["images"]))
        self.assertIn("Spikes of layer 1, 6 in all", figures[4]["texts"])
        # The wrong answer comes first: a is a no, and both are answered yes.
        self.assertEqual(figures[4]["caption"], "a: “no”, spoken by anna. Answered: yes (8.0), no (2.5).")
        self.assertEqual(shown["rows"][1:], [["a", "no", "yes", "-5.500"], ["b", "yes", "yes", "5.500"]])
        self.assertEqual(len(shown["ids"]), len(set(shown["ids"])))
        self.assertEqual(shown["outside"], [])

    def test_nothing_comes_from_elsewhere(self):
        page = self.page(*self.all)
        self.assertTrue(page.startswith("<!DOCTYPE html>"))
        links = set(re.findall(r"(?:src|href)=['\"]([^'\"]*)", page))
        self.assertEqual({link for link in links if not link.startswith(("#f", "data:image/png"))}, set())
        self.assertNotIn("<script", page)
        self.assertEqual(
            len(xml.fromstring(page[page.index("<svg") : page.index("</svg>") + 6]).attrib["aria-label"]),
            len("Training of run"),
        )

    def test_the_worst_come_first_and_no_more_than_asked_for(self):
        rows = [[0.5, 0.25]] * 4
        keys = [f"k{at}" for at in range(6)]
        self.put("six.tar", stream("cochleagram", [record(key, rows, "no") for key in keys]))
        scores = (3, -1, 2, -4, 0, 1)  # of the right class above the other
        self.put(
            "six.jsonl",
            b"".join(
                json.dumps(
                    {
                        "path": key,
                        "label": "yes",
                        "score": 5,
                        "top": [{"label": "yes", "score": 5}, {"label": "no", "score": 5 + score}],
                    }
                ).encode()
                + b"\n"
                for key, score in zip(keys, scores)
            ),
        )
        page = self.page("six.tar", "six.jsonl", "--worst", "3")
        self.assertEqual(
            re.findall(r"<tr><td>(k\d)</td>.*?<td>([-\d.]+)</td></tr>", page),
            [("k3", "-4.000"), ("k1", "-1.000"), ("k4", "0.000")],
        )
        self.assertEqual(page.count("<svg"), 3)

    def test_names_are_no_markup(self):
        self.put("odd.tar", stream("cochleagram", [record("k", [[0.5]], "<b>", "a & b")], classes=("<b>", "c")))
        self.put(
            "odd.jsonl",
            b'{"path":"k","label":"c","score":2,"top":[{"label":"c","score":2},{"label":"<b>","score":1}]}\n',
        )
        page = self.page("odd.tar", "odd.jsonl")
        self.assertIn("k: “&lt;b&gt;”, spoken by a &amp; b", page)
        self.assertNotIn("“<b>”", page)


if __name__ == "__main__":
    unittest.main()
