"""How a contender talks to the bench: scripts/bench/serve.h says it for the C++ side, this module is the same for Python."""

import json
import sys
import time


def serve(about, operations):
    """Says it is ready, then runs the operation named on each line of stdin and answers with the time it took.

    operations: {name: function without arguments, one repetition}.
    """
    print(json.dumps({"ready": about}), flush=True)
    for line in sys.stdin:
        operation = operations[line.strip()]
        wall, cpu = time.perf_counter(), time.process_time()
        operation()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        print(json.dumps({"cpu_s": cpu, "wall_s": wall, "parts": {}}), flush=True)
