"""The networks that are measured, and what every comparison does around its contenders."""

import contextlib

CASES = {
    "A": {"sizes": "78,400,400,400,26", "steps": 100, "batch": 50},
    "B": {"sizes": "64,400,400,400,11", "steps": 300, "batch": 50},
    "C": {"sizes": "78,100,100,100,10", "steps": 100, "batch": 50},
}


def flags(settings):
    return [word for name, value in settings.items() for word in (f"--{name}", value)]


@contextlib.contextmanager
def contest(*contenders):
    try:
        yield list(contenders)
    finally:
        for contender in contenders:
            contender.close()
