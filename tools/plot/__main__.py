"""ossicle-plot: reads the command line, and draws."""

import os
import signal
import sys

from command_line import Option, help_text, parse
from gnuplot import draw
from inputs import Inputs, one_figure, page_of
from messages import TOOL, Failure, say
from output import is_standard_output, require_writable, write
from recording import layers_of

DESCRIPTION = (
    "Draws what the other tools write: recordings and spikes, training, confusions, latency, detection errors."
)
EXAMPLE = "ossicle-plot test.tar spikes.tar --key 7_theo_0 -o seven.svg"
INPUT_HELP = (
    "Streams, logs of ossicle-train, CSV files of ossicle-eval, answers of ossicle-predict --json; - or none: standard "
    "input. What they are says what is drawn: a recording of a stream, above the spikes that ossicle-predict --spikes gives "
    "for it; curves of one or more logs; a confusion matrix; curves of latency or of detection errors"
)
FORMAT_HELP = "What the picture is; auto: by the end of the file's name, text in a terminal, otherwise svg"
HTML_HELP = (
    "One page of a run instead, of inputs of all kinds: curves, confusions, and, of a stream and its answers, the recordings "
    "answered worst"
)
POSITIONALS = (Option(("INPUT",), INPUT_HELP, "TEXT", ["-"]),)
OPTIONS = (
    Option(("-o", "--output"), "File for the picture; -: standard output", "TEXT", "-"),
    Option(("--format",), FORMAT_HELP, "TEXT", "auto", ("auto", "svg", "png", "text")),
    Option(("--key",), "Recording of the stream [the first]", "TEXT"),
    Option(("--html",), HTML_HELP),
    Option(("--worst",), "With --html: how many of the worst recordings", "INT", 10),
)
ENDINGS = {".svg": "svg", ".png": "png", ".txt": "text", "": "svg"}


def form_of(o):
    """Of the output. Failure for options that contradict each other."""
    if o.html:
        if o.format != "auto" or o.key is not None:
            raise Failure("--html: a page takes neither --format nor --key; leave them out")
        if not 1 <= o.worst <= 1000:
            raise Failure(f"--worst {o.worst}: wanted 1 to 1000")
        return "html"
    if "--worst" in getattr(o, "given", ()):
        raise Failure("--worst: wanted with --html only; leave it out")
    if o.format != "auto":
        return o.format
    if is_standard_output(o.output):
        return "text" if sys.stdout.isatty() else "svg"
    ending = os.path.splitext(o.output)[1].lower()
    if ending not in ENDINGS:
        wanted = "a page wants --html" if ending in (".html", ".htm") else "wanted .svg, .png or .txt; or give --format"
        raise Failure(f"{o.output}: no picture is known by the ending {ending}; {wanted}")
    return ENDINGS[ending]


def plot(o):
    form = form_of(o)
    require_writable(o.output, form, o.INPUT)
    inputs = Inputs(o.INPUT)
    if inputs.spikes and layers_of(inputs.spikes)[-1][0] != "output" and not o.quiet:
        say(f"{inputs.spikes.source.name}: holds no spikes of the output layer; its sums are not drawn")
    write(o.output, page_of(inputs, o.worst) if o.html else draw(one_figure(inputs, o.key), form))


def run(words):
    o = parse(words, POSITIONALS, OPTIONS)
    if o.help:
        print(help_text(DESCRIPTION, "[OPTIONS] [INPUT...]", POSITIONALS, OPTIONS, EXAMPLE))
    elif o.version:
        from version import VERSION  # written while building

        print(f"{TOOL} {VERSION}")
    else:
        plot(o)
    sys.stdout.flush()


def main():
    """Exit code 0: done; 2: could not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        run(sys.argv[1:])
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # whoever read the picture had enough
    except OSError as error:
        say(f"{error.filename}: {error.strerror}" if error.filename else error)
        return 2
    except Failure as error:
        say(error)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
