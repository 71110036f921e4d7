#!/usr/bin/env python3
"""Print draws of the library's random streams, worked out anew from snn/base/rng.h, batch.h, augment.h, draw_silent.h and init.h: the numbers that
tests/snn/base/test_rng.cpp, test_batch.cpp, test_augment.cpp,
test_draw_silent.cpp and test_init.cpp hold fast. A change of any of them changes every training.

    tests/reference/make_reference_random.py
"""
import math

INIT, ORDER, SHIFT, AUGMENT, SILENT = 1, 2, 3, 4, 5


def philox(counter, key):
    """Philox4x32-10, Salmon et al. 2011."""
    for _ in range(10):
        a, b = 0xD2511F53 * counter[0], 0xCD9E8D57 * counter[2]
        counter = [(b >> 32) ^ counter[1] ^ key[0], b & 0xFFFFFFFF, (a >> 32) ^ counter[3] ^ key[1], a & 0xFFFFFFFF]
        key = [(key[0] + 0x9E3779B9) & 0xFFFFFFFF, (key[1] + 0xBB67AE85) & 0xFFFFFFFF]
    return counter


def words(seed, purpose, index):
    block = 0
    while True:
        yield from philox([block, purpose, index & 0xFFFFFFFF, index >> 32], [seed & 0xFFFFFFFF, seed >> 32])
        block += 1


def u64(stream):
    low = next(stream)
    return next(stream) << 32 | low


def below(stream, n):
    mask = (1 << (n - 1).bit_length()) - 1
    while True:
        draw = u64(stream) & mask
        if draw < n:
            return draw


def uniform(stream):
    return (u64(stream) >> 11) / 2**53


def normal(stream):
    radius = math.sqrt(-2 * math.log(1 - uniform(stream)))
    return radius * math.cos(2 * math.pi * uniform(stream))


def fnv1a(data, start=0xCBF29CE484222325):
    for byte in data:
        start = (start ^ byte) * 0x100000001B3 % 2**64
    return start


def order(n, seed, epoch):
    stream, items = words(seed, ORDER, epoch), list(range(n))
    for i in range(n, 1, -1):
        j = below(stream, i)
        items[i - 1], items[j] = items[j], items[i - 1]
    return items


def of_key(seed, purpose, epoch, key):
    text = key.encode()
    return words(seed, purpose, fnv1a(epoch.to_bytes(8, "little") + len(text).to_bytes(8, "little") + text))


def shift(steps, channels, seed, epoch, key):
    stream = of_key(seed, SHIFT, epoch, key)
    return below(stream, 2 * steps + 1) - steps, below(stream, 2 * channels + 1) - channels


def augmentation(warp, gain_db, p, mask_channels, mask_steps, n_channels, n_steps, seed, epoch, key):
    """Stretch, gain, dropped channels, masked channels, masked steps (begin, end)."""
    stream = of_key(seed, AUGMENT, epoch, key)
    stretch = 1 + warp * (2 * uniform(stream) - 1)
    gain = 10 ** (gain_db * (2 * uniform(stream) - 1) / 20)
    dropped = [c for c in range(n_channels) if uniform(stream) < p]
    masks = []
    for longest, n in ((mask_channels, n_channels), (mask_steps, n_steps)):
        length = below(stream, min(longest, n) + 1)
        begin = below(stream, n - length + 1)
        masks.append((begin, begin + length))
    return stretch, gain, dropped, *masks


def silent(p, sizes, seed, epoch, key):
    """Of hidden layers of those sizes, one behind the other."""
    flags, text = [], key.encode()
    prefix = epoch.to_bytes(8, "little") + len(text).to_bytes(8, "little") + text
    for layer, size in enumerate(sizes, 1):
        stream = words(seed, SILENT, fnv1a(prefix + layer.to_bytes(8, "little")))
        flags += [int(next(stream) < p * 2**32) for _ in range(size)]
    return flags


def main():
    print("order(12, seed 1, epoch 3)", order(12, 1, 3))
    for key in ("a", "7_jackson_0"):
        print(f"shift(5, 1, seed 1, epoch 3, {key})", shift(5, 1, 1, 3, key))
    print("augmentation(0.1, 6 dB, 0.5, 3, 5; 6 channels, 20 steps), seed 1, epoch 3, 7_jackson_0",
          augmentation(0.1, 6, 0.5, 3, 5, 6, 20, 1, 3, "7_jackson_0"))
    for key in ("a", "7_jackson_0"):
        print(f"silent(0.5; 4 and 6 neurons), seed 1, epoch 3, {key}", silent(0.5, [4, 6], 1, 3, key))
    stream = words(1, INIT, fnv1a(b"w_0_1"))
    print("normals of w_0_1, seed 1", [normal(stream) for _ in range(4)])


if __name__ == "__main__":
    main()
