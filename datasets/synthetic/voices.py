"""Synthetic speakers, sixteen as in TI46 and twelve more, the words they say, and how one token differs from the next. Everything is fixed: no chance."""

import collections

Voice = collections.namedtuple("Voice", "name accent variant pitch speed")  # pitch 0..99, speed in words per minute

# Names as in TI46, and on. No two share accent and variant; each group of four of the first sixteen (f1-f4, f5-f8, ...) holds
# different accents. The others take the variants left that sound like people and unlike one another.
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
        ("f9", "en-gb-scotland", "Alicia", 50, 150),
        ("m9", "en-us", "Alex", 44, 155),
        ("f10", "en-us", "Andrea", 46, 155),
        ("m10", "en-gb-x-gbclan", "Mike", 42, 145),
        ("f11", "en-us-nyc", "anika", 42, 160),
        ("m11", "en-gb", "paul", 46, 160),
        ("f12", "en-gb", "aunty", 52, 145),
        ("m12", "en-us-nyc", "robert", 50, 150),
        ("f13", "en-gb-x-gbcwmd", "grandma", 48, 140),
        ("m13", "en-gb-scotland", "antonio", 46, 165),
        ("m14", "en-029", "Denis", 48, 145),
        ("m15", "en-gb-x-rp", "miguel", 40, 155),
    )
)
N_TI46_VOICES = 16  # the first ones

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
MAX_TRAIN_TOKENS = 40
N_TEST_TOKENS = 16  # in eight sessions of two

# Pitches, and speeds, of a round of tokens; in each of its rounds a step through the speeds that has no divisor with it.
N_DELIVERIES = N_TRAIN_TOKENS + N_TEST_TOKENS
SPEED_STEPS = (11, 5, 17)

# Punctuation changes the melody of a word.
MELODIES = (".", "?", "!")


def token_stem(word_code, voice, split, index):
    """TI46's file name without extension: word, speaker, session, token. 00f1set0 (train), 00f1s1t0 (test)."""
    session = "e" if split == "train" else str(1 + index // 2)
    token = index if split == "train" else index % 2
    return f"{word_code}{voice.name}s{session}t{token}"


def delivery(voice, split, index):
    """(pitch, speed, melody) of a token. Steps of different length through pitch and speed: no pair comes back.

    TI46's training and test tokens fill the first round of 26. Training tokens beyond TI46's go round again, with other
    steps through speeds that lie between the first round's.
    """
    if split == "test":
        i = N_TRAIN_TOKENS + index
    else:
        i = index if index < N_TRAIN_TOKENS else N_TEST_TOKENS + index
    lap = i // N_DELIVERIES
    half = N_DELIVERIES // 2
    pitch = voice.pitch + (i * 7) % N_DELIVERIES - half
    speed = voice.speed + 3 * ((i * SPEED_STEPS[lap]) % N_DELIVERIES - half) + lap
    return pitch, speed, MELODIES[i % len(MELODIES)]
