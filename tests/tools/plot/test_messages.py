"""What is said on standard error."""

import contextlib
import io
import unittest

import samples  # noqa: F401  the folder of the modules

import messages


class Messages(unittest.TestCase):
    def said(self, call, text):
        out = io.StringIO()
        with contextlib.redirect_stderr(out):
            call(text)
        return out.getvalue()

    def test_each_line_has_the_name_of_the_tool(self):
        self.assertEqual(self.said(messages.say, "a\nb"), "ossicle-plot: a\nossicle-plot: b\n")
        self.assertEqual(self.said(messages.warn, "a"), "ossicle-plot: warning: a\n")

    def test_what_would_change_the_terminal_is_escaped(self):
        self.assertEqual(self.said(messages.say, "é \x1b[31m\u202e"), "ossicle-plot: é \\x1b[31m\\u202e\n")


if __name__ == "__main__":
    unittest.main()
