"""How a contender talks to the bench: scripts/bench/serve.h says it for the C++ side, this module is the same for Python."""

import json
import sys
import time


def serve(about, operations, n_repeats=1, wait=lambda: None):
    """Says it is ready, then runs the operation named on each line of stdin and answers with the mean time that a repetition took.

    operations: {name: function without arguments}, to be called n_repeats times in a row.
    wait: called before the clock starts and before it stops, on a device that works behind the caller's back.
    """
    print(json.dumps({"ready": about}), flush=True)
    for line in sys.stdin:
        operation = operations[line.strip()]
        wait()
        wall, cpu = time.perf_counter(), time.process_time()
        for _ in range(n_repeats):
            operation()
        wait()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        print(json.dumps({"cpu_s": cpu / n_repeats, "wall_s": wall / n_repeats, "parts": {}}), flush=True)
