"""One worker process of the scan benchmark: a batch through an office that is served.

The process that started it keeps the keys and answers over the office's socket. It says
when it is ready, begins when told, and prints what the batch cost.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from harness.workshop import TrialWorkshop


def main() -> None:
    """Run: worker.py HOME NAME FILE..."""
    home, name, *files = sys.argv[1:]
    shop = TrialWorkshop(Path(home))
    paths = [Path(file) for file in files]
    shop.batch(paths[:2], f"{name}-warm", 2)
    print("ready", flush=True)
    sys.stdin.readline()
    began, cpu = time.perf_counter(), time.process_time()
    shop.batch(paths, name)
    print(
        json.dumps(
            {
                "wall": time.perf_counter() - began,
                "cpu": time.process_time() - cpu,
                "rss_mb": _most_memory(),
            }
        ),
        flush=True,
    )
    shop.close()


def _most_memory() -> float:
    """Return the most memory this process held, MB.

    Not ``ru_maxrss``: that one begins with what the starting process held.
    """
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return 0.0


if __name__ == "__main__":
    main()
