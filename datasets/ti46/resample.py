"""Sound at another sample rate."""

import numpy as np


def resample(samples, from_hz, to_hz):
    """16-bit samples at another rate, by the Fourier transform: the band above the lower Nyquist frequency is cut off."""
    divisor = np.gcd(from_hz, to_hz)
    n_blocks = -(-len(samples) * divisor // from_hz)  # whole blocks: then both lengths fit the rates exactly
    n_from, n_to = n_blocks * from_hz // divisor, n_blocks * to_hz // divisor
    resampled = np.fft.irfft(np.fft.rfft(samples, n_from), n_to) * (n_to / n_from)  # irfft takes the lower part of the band
    n_wanted = -(-len(samples) * to_hz // from_hz)
    return np.clip(np.rint(resampled[:n_wanted]), -32768, 32767).astype("<i2")
