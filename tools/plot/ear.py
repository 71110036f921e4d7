"""Where the channels of Lyon's ear lie, as far as a stream's recipe says it."""

import math

# Of Lyon sec. 2 in frontend/EQUATIONS.md, as frontend/lyon/params.h has them.
BREAK_HZ = 1000.0
ZERO_OFFSET = 1.5


def centre_frequencies_hz(sample_rate_hz, ear_q, step_factor, n_channels):
    """[channel], falling. The equation is that of design.cpp; tests compare both with the same values of the original."""
    nyquist = sample_rate_hz / 2
    top = nyquist - (ZERO_OFFSET - 1) * step_factor * math.hypot(nyquist, BREAK_HZ) / ear_q
    first = math.asinh(top / BREAK_HZ)
    return [BREAK_HZ * math.sinh(first - k * step_factor / ear_q) for k in range(1, n_channels + 1)]


def frequencies_of(header):
    """Centre frequencies of a stream's channels in Hz; None where there was no ear, or something changed the channels
    after it."""
    for stage in header["recipe"]:
        params = stage["params"]
        if stage["tool"] == "ossicle-lyon" and params["n_channels"] == header["n_channels"]:
            found = centre_frequencies_hz(
                params["sample_rate_hz"], params["ear_q"], params["step_factor"], params["n_channels"]
            )
            return found if found[-1] > 0 else None
    return None


def ticks_of(frequencies_hz):
    """[(position in channels, text)] of round frequencies, between the channels that enclose them, and far enough apart to
    be read."""
    ticks, apart = [], 0.06 * len(frequencies_hz)
    for text in ("1000", "500", "200", "2000", "5000", "10000", "20000", "100", "50"):
        for above, (high, low) in enumerate(zip(frequencies_hz, frequencies_hz[1:])):
            at = above + (high - float(text)) / (high - low)
            if low <= float(text) <= high and all(abs(at - other) > apart for other, _ in ticks):
                ticks.append((at, text))
    return ticks
