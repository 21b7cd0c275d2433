"""The table: ours, each peer, how far ours is ahead of the best of them, and the bar it is held against."""
import os
import platform
import statistics
import time

# Name, words, whether more is better, the bar.
ROWS = (
    ("restart_ms", "kill -9 to the new child's first act, ms", False, 4.0),
    ("wakeups_s", "idle: wake-ups a second", False, 0.0),
    ("RSS_MB", "RSS with 3 services, MB", False, 12.0),
    ("slope_100_KB", "each further one, 3 to 100, KB (*)", False, 10.0),
    ("slope_1000_KB", "each further one, 100 to 1,000, KB (*)", False, 10.0),
    ("start_100_ms", "100 services started, ms", False, 300.0),
    ("start_1000_ms", "1,000 services started, ms", False, 3000.0),
    ("stop_ms", "TERM to exit with 3 services, ms", False, 20.0),
    ("logs_4096_MBs", "logs, 4 KiB writes, MB/s", True, 315.0),
    ("logs_100_MBs", "logs, 100 B lines, MB/s", True, 212.0),
)


class Table:
    def __init__(self, results, sides):
        self.results, self.sides = results, sides

    def median(self, side, figure):
        values = self.results.get((side.name, figure))
        return statistics.median(values) if values else None

    def value(self, side, figure):
        field = "Pss" if side.many_processes else "Rss"
        if figure == "RSS_MB":
            memory = self.median(side, "Rss_3_KB")
            return None if memory is None else memory / 1024
        if figure.startswith("slope_"):
            few, many = {"slope_100_KB": (3, 100), "slope_1000_KB": (100, 1000)}[figure]
            ends = [self.median(side, f"{field}_{count}_KB") for count in (few, many)]
            return None if None in ends else (ends[1] - ends[0]) / (many - few)
        return self.median(side, figure)

    def cells(self, figure, more, bar):
        values = {side.name: self.value(side, figure) for side in self.sides}
        ours = values.get("ours")
        peers = [value for name, value in values.items() if name != "ours" and value is not None]
        best = (max if more else min)(peers, default=None)
        ahead = "-"
        if ours and best:
            ahead = f"{(ours / best if more else best / ours):.2f} x"
        verdict = ""
        if ours is not None:
            verdict = "met" if (ours >= bar if more else round(ours, 3) <= bar) else "MISSED"
        return [words(values[side.name]) for side in self.sides] + [ahead, f"{'>=' if more else '<='} {bar:g}", verdict]

    def lines(self, rounds):
        yield ""
        yield f"{processor()}, {os.cpu_count()} cores, Linux {platform.release()}, {time.strftime('%FT%RZ', time.gmtime())}."
        yield f"Medians of {rounds} interleaved rounds. Same C children, logs of each in rotated files of 10 MB, in the same run."
        yield ""
        yield row(["figure", *(side.name for side in self.sides), "to best", "bar", ""])
        yield row(["-" * 43, *("-" * 11 for _ in self.sides), "-" * 9, "-" * 7, ""])
        for figure, name, more, bar in ROWS:
            yield row([name, *self.cells(figure, more, bar)])
        yield ""
        yield "to best: above 1, ours is ahead of the best peer. runit's end does not wait for its services."
        yield "(*) RSS; PSS for s6 and runit, which have a process or two for each service and another for its log."
        for (side, figure), values in sorted(self.results.items()):
            if figure == "lost":
                yield f"LOST OUTPUT, {side}: {'; '.join(values)}"


def words(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def row(cells):
    widths = [44] + [12] * (len(cells) - 4) + [10, 9, 8]
    return "  " + cells[0].ljust(widths[0]) + "".join(cell.rjust(width) for cell, width in zip(cells[1:], widths[1:]))


def processor():
    with open("/proc/cpuinfo") as file:
        return next((line.split(": ", 1)[1].strip() for line in file if line.startswith("model name")), "a processor")
