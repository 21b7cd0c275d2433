"""Our supervisor beside circus, supervisord, s6 and runit, in one run. Called by run.sh.

    Benchmarks/bench supervision [SIDE...]      SIDE: ours circus supervisord s6 runit (default: all)
    ROUNDS=3  KILLS=3  IDLE_SECONDS=20  LOG_MB=100  BENCH_DIR=…
"""
import os
import shutil
import subprocess
import sys
import tempfile
import time

import sides as sides_module
from figures import Figures
from table import Table

HERE = os.path.dirname(os.path.abspath(__file__))


def setting(name, default):
    return int(os.environ.get(name, default))


def say(words):
    print(f"bench: {words}", file=sys.stderr, flush=True)


def in_order(sides, number):
    """Each round begins with another side, so that none always finds the machine as the same neighbour left it."""
    number %= len(sides)
    return sides[number:] + sides[:number]


def compare(figures, sides, rounds, kills, idle_seconds, log_bytes):
    say(f"100 services started, {rounds} rounds; 1,000 once")
    for number in range(rounds):
        for side in in_order(sides, number):
            figures.start(side, 100)
            if number == 0:
                time.sleep(1)
                figures.memory(side, 100)
            side.stop()
    for side in sides:
        figures.start(side, 1000)
        time.sleep(2)
        figures.memory(side, 1000)
        side.stop()

    say(f"3 services: memory, {idle_seconds} s of idleness, {kills} x 3 restarts, the end")
    for number in range(rounds):
        stamps = {side: figures.start(side, 3) for side in in_order(sides, number)}
        time.sleep(2)
        for side in sides:
            figures.memory(side, 3)
        if number == 0:
            figures.idle(sides, idle_seconds)
            for kill in range(kills):
                for side in in_order(sides, kill):
                    for index in range(3):
                        figures.restart(side, stamps[side], index)
        for side in sides:
            figures.stop(side)

    say(f"logs: {log_bytes // 10**6} MB in writes of 4 KiB and of 100 B, {rounds} rounds")
    for number in range(rounds):
        for side in in_order(sides, number):
            for record in (4096, 100):
                figures.logs(side, record, log_bytes // record)


def main(names):
    known = {side.name: side for side in sides_module.ALL}
    if unknown := [name for name in names if name not in known]:
        say(f"no side {unknown[0]}: {', '.join(known)}")
        return 64
    parent = os.environ.get("BENCH_DIR", os.path.join(HERE, "../../var"))
    os.makedirs(parent, exist_ok=True)
    folder = tempfile.mkdtemp(prefix="bench.", dir=os.path.abspath(parent))
    sides = [known[name](folder) for name in names or known]
    rounds, results = setting("ROUNDS", 3), {}
    try:
        child = os.path.join(folder, "child")
        subprocess.run(["gcc", "-O2", "-static", "-o", child, f"{HERE}/child.c"], check=True)
        compare(
            Figures(folder, child, results), sides, rounds, setting("KILLS", 3), setting("IDLE_SECONDS", 20),
            setting("LOG_MB", 100) * 10**6)
        print("\n".join(Table(results, sides).lines(rounds)))
        return 0
    except (TimeoutError, subprocess.SubprocessError, OSError) as problem:
        say(f"{problem}")
        for side in sides:
            if side.process:
                say(f"{side.name} says:\n{side.complaint()}")
        return 1
    finally:
        for side in sides:
            if side.process:
                side.stop()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
