"""Names spoken words: a model that ossicle-train wrote, as a function of samples.

    import ossicle
    recogniser = ossicle.Recogniser("digits.model")
    recogniser(samples, 16000)            # Answer(label='seven', score=41.2, confidence=0.98)

    listener = recogniser.listen(16000)   # words out of a signal without end
    for block in blocks:
        for word in listener.push(block):
            print(word.begin, word.answer.label)
    words = listener.finish()

Samples are one channel: floats of full scale +-1, or int16, int32 or uint8, whose full scale is known; 1,000 to 768,000 of them a second,
a whole number. What is wrong with an argument or a sound raises ValueError, what is wrong with a model RuntimeError; running out of memory is
a MemoryError. Threads may share a recogniser; a listener is used by one at a time.
"""

import ctypes
import operator
import os
import typing
import weakref

import numpy

__all__ = ["Answer", "Listener", "Recogniser", "Word"]

_API_VERSION = 1
_BAD_ARGUMENT, _BAD_SOUND, _NO_MEMORY = 1, 3, 4  # ossicle_status of ossicle.h
_EXCEPTIONS = {_BAD_ARGUMENT: ValueError, _BAD_SOUND: ValueError, _NO_MEMORY: MemoryError}


class Answer(typing.NamedTuple):
    """A class and what speaks for it."""
    label: str  # a class of the model, or "(silence)"
    score: float  # summed output
    confidence: typing.Optional[float]  # 0 to 1; None of silence and of a model without a calibration


class Word(typing.NamedTuple):
    """A word of a signal, or a guess at one that goes on. Times are seconds since the signal's beginning."""
    begin: float
    end: float
    known: float  # what had been heard when the word was known
    is_final: bool
    answer: Answer


def _text(utf8):
    return utf8.decode("utf-8", "surrogateescape")


class _Answer(ctypes.Structure):
    _fields_ = [("label", ctypes.c_char_p), ("score", ctypes.c_float), ("confidence", ctypes.c_double)]

    def value(self):
        return Answer(_text(self.label), self.score, None if self.confidence < 0 else self.confidence)


class _Word(ctypes.Structure):
    _fields_ = [("begin_s", ctypes.c_double), ("end_s", ctypes.c_double), ("known_s", ctypes.c_double), ("is_final", ctypes.c_int),
                ("answer", _Answer)]

    def value(self):
        return Word(self.begin_s, self.end_s, self.known_s, bool(self.is_final), self.answer.value())


_HANDLE, _SIZE, _INT = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
_SAMPLES = numpy.ctypeslib.ndpointer(numpy.float32, ndim=1, flags="C_CONTIGUOUS")
_DECLARATIONS = {  # name: (result, arguments)
    "ossicle_api_version": (_INT, []),
    "ossicle_last_error": (ctypes.c_char_p, []),
    "ossicle_open": (_INT, [ctypes.c_char_p, ctypes.POINTER(_HANDLE)]),
    "ossicle_close": (None, [_HANDLE]),
    "ossicle_class_count": (_SIZE, [_HANDLE]),
    "ossicle_class_name": (ctypes.c_char_p, [_HANDLE, _SIZE]),
    "ossicle_recognise": (_INT, [_HANDLE, _SAMPLES, _SIZE, _INT, ctypes.POINTER(_Answer), _SIZE, ctypes.POINTER(_SIZE)]),
    "ossicle_listen": (_INT, [_HANDLE, _INT, ctypes.c_double, ctypes.POINTER(_HANDLE)]),
    "ossicle_listener_close": (None, [_HANDLE]),
    "ossicle_push": (_INT, [_HANDLE, _SAMPLES, _SIZE, ctypes.c_void_p, ctypes.c_void_p]),
    "ossicle_finish": (_INT, [_HANDLE, ctypes.c_void_p, ctypes.c_void_p]),
    "ossicle_next_word": (_INT, [_HANDLE, ctypes.POINTER(_Word)]),
}


def _load():
    soname = f"libossicle.so.{_API_VERSION}"
    here = os.path.join(os.path.dirname(os.path.realpath(__file__)), "@library_folder@", soname)
    library = ctypes.CDLL(here if os.path.exists(here) else soname)
    for name, (result, arguments) in _DECLARATIONS.items():
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library


_library = _load()


def _check(status):
    if status != 0:
        raise _EXCEPTIONS.get(status, RuntimeError)(_text(_library.ossicle_last_error()))


def _floats(samples):
    """[n] -> [n] float32, full scale +-1."""
    array = numpy.asarray(samples)
    if array.ndim != 1:
        raise ValueError(f"samples of the shape {array.shape}: wanted one channel, so one dimension")
    array = array.astype(array.dtype.newbyteorder("="), copy=False)
    if array.dtype == numpy.uint8:
        array = (array.astype(numpy.float32) - 128) / 128
    elif array.dtype in (numpy.int16, numpy.int32):
        array = array / -float(numpy.iinfo(array.dtype).min)
    elif array.dtype.kind != "f":
        raise ValueError(f"samples of the type {array.dtype}: wanted floats of full scale +-1, int16, int32 or uint8")
    with numpy.errstate(over="ignore"):  # what becomes infinite is refused
        return numpy.ascontiguousarray(array, numpy.float32)


def _rate(hz):
    try:
        hz = operator.index(hz)
    except TypeError:
        raise ValueError(f"a sample rate of {hz!r}: wanted a whole number of Hz") from None
    return min(max(hz, -1), 2**31 - 1)  # the library says what it thinks of it


class _Handle:
    """What the library gave, closed with the last object that has it. Not at the program's end, when a thread may still use it."""

    def __init__(self, pointer, close, *needed):
        self.pointer = pointer
        weakref.finalize(self, lambda pointer, _: close(pointer), pointer, needed).atexit = False  # needed: handles that must live longer


class Recogniser:
    """A model in memory. `model`: path of a file that ossicle-train wrote."""

    def __init__(self, model):
        path, pointer = os.fsencode(model), _HANDLE()
        if b"\0" in path:
            raise ValueError(f"{model!r}: a path holds no NUL")
        _check(_library.ossicle_open(path, ctypes.byref(pointer)))
        self._handle = _Handle(pointer, _library.ossicle_close)
        self.classes = tuple(_text(_library.ossicle_class_name(pointer, i)) for i in range(_library.ossicle_class_count(pointer)))

    def __call__(self, samples, rate):
        """The answer to a recording."""
        return self.best(samples, rate, 1)[0]

    def best(self, samples, rate, count):
        """The `count` >= 1 best answers to a recording, or as many as there are classes, best first; of silence one."""
        count = min(operator.index(count), len(self.classes))
        if count < 1:
            raise ValueError(f"the best {count} answers: wanted 1 or more")
        samples, answers, n_answers = _floats(samples), (_Answer * count)(), _SIZE()
        _check(_library.ossicle_recognise(self._handle.pointer, samples, samples.size, _rate(rate), answers, count, ctypes.byref(n_answers)))
        return [answer.value() for answer in answers[:n_answers.value]]

    def listen(self, rate, partial=0.0):
        """A Listener to a signal of that sample rate. `partial`: seconds between guesses while a word goes on, 0.01 to 3600; 0: none."""
        return Listener(self, rate, partial)


class Listener:
    """Words out of a signal without end. Made by Recogniser.listen()."""

    def __init__(self, recogniser, rate, partial):
        pointer = _HANDLE()
        try:
            partial = float(partial)
        except (TypeError, OverflowError):
            raise ValueError(f"{partial!r} between guesses: wanted a number of seconds") from None
        _check(_library.ossicle_listen(recogniser._handle.pointer, _rate(rate), partial, ctypes.byref(pointer)))
        self._handle = _Handle(pointer, _library.ossicle_listener_close, recogniser._handle)
        self._words = []  # not yet returned

    def push(self, samples):
        """Hears further samples, a block of any length; the words and guesses that they bring. Where the model refuses a word, ValueError is
        raised, and the next call returns what was understood beside it."""
        samples = _floats(samples)
        return self._take(_library.ossicle_push(self._handle.pointer, samples, samples.size, None, None))

    def finish(self):
        """The signal has ended: the word that went on, if there is one, and what waits."""
        return self._take(_library.ossicle_finish(self._handle.pointer, None, None))

    def words(self):
        """What push() or finish() could not return since they raised an exception."""
        return self._take(0)

    def _take(self, status):
        word = _Word()
        while _library.ossicle_next_word(self._handle.pointer, ctypes.byref(word)):
            self._words.append(word.value())
        _check(status)
        words, self._words = self._words, []
        return words
