"""What a command line names, by kind, and the figures that it asks for."""

from confusion import confusion_figure
from curves import det_figure, latency_figure, training_figure
from messages import Failure
from page import Page, add_worst
from recording import recording_figure, require_same_record, require_same_route
from source import Source
from stream import Stream, find_record
from tables import read_answers, read_confusion, read_det, read_latency, read_log

READERS = {
    "log": read_log,
    "confusion": read_confusion,
    "latency": read_latency,
    "det": read_det,
    "answers": read_answers,
    "stream": Stream,
}
# Of everything but recordings, in the order in which a reader asks: has it learnt, what does it confuse, how soon does it
# know, what does it take for a word.
FIGURES = {
    "log": ("Training", training_figure),
    "confusion": ("Confusions", lambda _, matrices: confusion_figure(*matrices[0])),
    "latency": ("Latency", latency_figure),
    "det": ("Detection", det_figure),
}


class Inputs:
    """What was read, by kind: [(source, content)]. Of streams, `heard` is what a network hears and `spikes` what answers."""

    def __init__(self, paths):
        if paths.count("-") > 1:
            raise Failure("-: given twice, but standard input can be read once only; name a file")
        self.read = {kind: [] for kind in READERS}
        for path in paths:
            source = Source(path)
            self.read[source.kind].append((source, READERS[source.kind](source)))
        streams = [stream for _, stream in self.read["stream"]]
        self.heard = self.only([stream for stream in streams if not stream.is_of_network])
        self.spikes = self.only([stream for stream in streams if stream.is_of_network])
        if self.heard and self.spikes:
            require_same_route(self.heard, self.spikes)
        for kind in ("confusion", "answers"):
            for source, _ in self.read[kind][1:]:
                raise Failure(f"{source.name}: a second input of the kind {kind}, wanted one; draw them one by one")

    @staticmethod
    def only(streams):
        if len(streams) > 1:
            first, second = (stream.source.name for stream in streams[:2])
            raise Failure(
                f"{second}: a second stream beside {first}, wanted one and the spikes that answer to it "
                "(ossicle-predict --spikes); draw them one by one, or join them with cat"
            )
        return streams[0] if streams else None

    def names(self):
        return [source.name for found in self.read.values() for source, _ in found]

    def curves(self):
        """(heading, figure) of all that is no recording."""
        for kind, (heading, figure) in FIGURES.items():
            if self.read[kind]:
                yield heading, figure(*zip(*self.read[kind]))


def one_figure(inputs, key):
    """Of inputs of one kind; Failure for several, and for a key that is not there."""
    kinds = [kind for kind, found in inputs.read.items() if found]
    if len(kinds) > 1:
        found = " and ".join(kinds)
        raise Failure(
            f"the inputs are of the kinds {found}, wanted one kind for one picture; --html draws a page of all"
        )
    if kinds == ["answers"]:
        raise Failure(f"{inputs.names()[0]}: answers alone make no picture; use --html, and name the stream too")
    if kinds != ["stream"]:
        if key is not None:
            raise Failure(f"--key {key}: wanted with a stream only; leave it out")
        return next(inputs.curves())[1]
    record = find_record(inputs.heard, key) if inputs.heard else None
    answer = find_record(inputs.spikes, record.key if record else key) if inputs.spikes else None
    if record and answer:
        require_same_record(inputs.heard, record, inputs.spikes, answer)
    return recording_figure(inputs.heard, record, inputs.spikes, answer)


def page_of(inputs, n_worst):
    """Bytes of a page of all that is there, recordings last."""
    page = Page(inputs.names())
    for heading, figure in inputs.curves():
        page.heading(heading)
        page.figure(figure)
    if inputs.heard and inputs.read["answers"]:
        source, answers = inputs.read["answers"][0]
        add_worst(page, inputs.heard, inputs.spikes, answers, source.name, n_worst)
    elif inputs.read["stream"] or inputs.read["answers"]:
        raise Failure(
            "--html: the worst recordings want a stream and the answers to it; "
            "ossicle-predict MODEL STREAM --json --top N gives these"
        )
    return page.bytes()
