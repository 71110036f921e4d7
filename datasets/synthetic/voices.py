"""Sixteen synthetic speakers, the words they say, and how one token differs from the next. Everything is fixed: no chance."""

import collections

Voice = collections.namedtuple("Voice", "name accent variant pitch speed")  # pitch 0..99, speed in words per minute

# Names as in TI46. No two share accent and variant; each group of four (f1-f4, f5-f8, ...) holds different accents.
VOICES = tuple(
    Voice(*row)
    for row in (
        ("f1", "en-us", "f1", 50, 150),
        ("f2", "en-gb", "f2", 56, 160),
        ("f3", "en-us-nyc", "f3", 46, 140),
        ("f4", "en-gb-scotland", "f4", 52, 155),
        ("f5", "en-029", "f5", 48, 145),
        ("f6", "en-gb-x-rp", "Annie", 54, 150),
        ("f7", "en-us", "linda", 58, 165),
        ("f8", "en-gb-x-gbclan", "steph", 44, 150),
        ("m1", "en-us", "m1", 40, 150),
        ("m2", "en-gb", "m2", 34, 140),
        ("m3", "en-us-nyc", "m3", 44, 160),
        ("m4", "en-gb-x-gbcwmd", "m4", 38, 150),
        ("m5", "en-029", "m5", 36, 155),
        ("m6", "en-gb-scotland", "m6", 42, 145),
        ("m7", "en-us", "m7", 32, 165),
        ("m8", "en-gb-x-rp", "m8", 46, 150),
    )
)

# Word code in TI46's file names -> (label, what is said).
DIGITS = {
    f"0{i}": (str(i), word)
    for i, word in enumerate("zero one two three four five six seven eight nine".split())
}
# As American speakers name them, whatever the accent; spelt so that each is read as the letter's name.
LETTERS = {
    f"0{letter}": (letter, spoken)
    for letter, spoken in zip(
        "abcdefghijklmnopqrstuvwxyz",
        "A B C D E F G H I J K L M N O P Q R S T U V W X Y zee".split(),
    )
}
# Task -> (folder, words), as on TI46's disc.
TASKS = {"digits": ("ti20", DIGITS), "letters": ("ti_alpha", LETTERS)}

N_TRAIN_TOKENS = 10  # of each word and speaker, as in TI46
N_TEST_TOKENS = 16  # in eight sessions of two

# Punctuation changes the melody of a word.
MELODIES = (".", "?", "!")


def token_stem(word_code, voice, split, index):
    """TI46's file name without extension: word, speaker, session, token. 00f1set0 (train), 00f1s1t0 (test)."""
    session = "e" if split == "train" else str(1 + index // 2)
    token = index if split == "train" else index % 2
    return f"{word_code}{voice.name}s{session}t{token}"


def delivery(voice, split, index):
    """(pitch, speed, melody) of a token. Steps of different length through pitch and speed: no pair comes back."""
    i = index if split == "train" else N_TRAIN_TOKENS + index
    pitch = voice.pitch + (i * 7) % 26 - 13
    speed = voice.speed + 3 * ((i * 11) % 26 - 13)
    return pitch, speed, MELODIES[i % len(MELODIES)]
