"""Runs one command and prints what it cost, as JSON.

A process of its own because Linux counts the memory of the image before exec into a child's peak (`ru_maxrss`): started
from here, that is the few MiB of this bare interpreter, and not whatever the benchmark holds.

    python -I -S launcher.py '{"command": […], "stdout": PATH, "stderr": PATH, "timeout": SECONDS}'
"""

import json
import os
import signal
import sys
import time


def main() -> None:
    """Runs the command described by the only argument."""
    job = json.loads(sys.argv[1])
    write = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    actions = [
        (os.POSIX_SPAWN_OPEN, 0, "/dev/null", os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, job["stdout"], write, 0o600),
        (os.POSIX_SPAWN_OPEN, 2, job["stderr"], write, 0o600),
    ]
    begun = time.perf_counter()
    child = os.posix_spawnp(job["command"][0], job["command"], os.environ, file_actions=actions)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.setitimer(signal.ITIMER_REAL, job["timeout"])
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - begun
    signal.setitimer(signal.ITIMER_REAL, 0)
    result = {
        "status": os.waitstatus_to_exitcode(status),
        "cpu": usage.ru_utime + usage.ru_stime,
        "wall": wall,
        "peak": usage.ru_maxrss * 1024,
    }
    print(json.dumps(result))


main()
