"""The measurements. Each gives figures for one side; run.py repeats and interleaves them."""
import os
import signal
import subprocess
import time

import processes
from sides.side import LOG_SIZE, Service
from stamps import Stamps, now

# Past this age a child's death is no failed start to anybody here (supervisord's startsecs, s6's second).
SETTLED = 1.3


class Figures:
    def __init__(self, folder, child, results):
        self.folder, self.child, self.results = folder, child, results

    def note(self, side, figure, value):
        self.results.setdefault((side.name, figure), []).append(value)

    def sleepers(self, side, count):
        """The side, told of that many sleeping services, and their stamps."""
        stamps = Stamps(f"{self.folder}/{side.name}.stamps", count)
        ready = [] if side.ready is None else [str(side.ready)]
        side.prepare([
            Service(f"service-{index}", [self.child, "sleep", stamps.path, str(index), *ready])
            for index in range(count)
        ])
        return stamps

    def start(self, side, count):
        """From the exec of the supervisor to the last child's stamp, milliseconds."""
        stamps = self.sleepers(side, count)
        started = side.start()
        last = stamps.await_all()
        self.note(side, f"start_{count}_ms", (last - started) / 1e6)
        return stamps

    def memory(self, side, count):
        """Of all its processes, a moment after the start."""
        own = side.own_processes()
        for field in ("Rss", "Pss"):
            self.note(side, f"{field}_{count}_KB", processes.memory(own, field))
        self.note(side, f"processes_{count}", len(own))

    def stop(self, side):
        """From TERM to its exit, milliseconds."""
        took = side.stop()
        if side.waits:
            self.note(side, "stop_ms", took)

    def restart(self, side, stamps, index):
        """From before kill -9 to the first act of the child that follows, milliseconds."""
        before = stamps[index]
        age = (now() - before["started"]) / 1e9
        time.sleep(max(0.02, SETTLED - age))
        killed = now()
        os.kill(before["pid"], signal.SIGKILL)
        after = stamps.await_starts(index, before["starts"] + 1)
        self.note(side, "restart_ms", (after["started"] - killed) / 1e6)

    def idle(self, sides, seconds):
        """Wake-ups a second while nothing happens; all sides through the same seconds."""
        own = {side: side.own_processes() for side in sides}
        before = {side: processes.wakeups(own[side]) for side in sides}
        time.sleep(seconds)
        for side in sides:
            self.note(side, "wakeups_s", (processes.wakeups(own[side]) - before[side]) / seconds)

    def logs(self, side, record, count):
        """From the first write to all bytes in rotated files, MB/s; and that each record is there once."""
        stamps = Stamps(f"{self.folder}/{side.name}.stamps", 1)
        service = Service("writer", [self.child, "write", stamps.path, "0", str(record), str(count)])
        side.prepare([service])
        side.start()
        stamps.await_all()
        expected, deadline = record * count, time.monotonic() + 120
        while (stored := self.stored(side, service)) < expected and time.monotonic() < deadline:
            time.sleep(0.002)
        ended = now()
        while stamps[0]["last_write"] == 0 and time.monotonic() < deadline:
            time.sleep(0.002)
        files = side.log_files(service)
        verdict = subprocess.run([self.child, "verify", str(record), str(count), *files]).returncode
        rotated = len(files) >= expected // LOG_SIZE
        side.stop()
        if stored == expected and verdict == 0 and rotated:
            self.note(side, f"logs_{record}_MBs", expected * 1e3 / (ended - stamps[0]["first_write"]))
        else:
            self.note(side, "lost", f"{record} B: {stored} of {expected} bytes in {len(files)} files, check {verdict}")

    def stored(self, side, service):
        total = 0
        try:
            for entry in os.scandir(side.log_folder(service)):
                if side.is_log(entry.name):
                    total += entry.stat().st_size
        except FileNotFoundError:
            pass  # not made yet, or renamed in this moment
        return total
