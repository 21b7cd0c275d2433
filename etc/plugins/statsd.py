#!/usr/bin/env python3
"""Tells a statsd server over UDP what happens, and what the processes use.

    plugins:
      statsd:
        cmd: [/usr/bin/python3, /etc/dockmaster/plugins/statsd.py]
        settings: {host: 127.0.0.1, port: 8125, application_name: dockmaster, loop_rate: 60}

Counters, under circus's names, so that its dashboards go on: circus.APP.watcher.W.ACTION with the actions spawn, reap,
ready, restart, kill, stop, reload, gave_up, check_failed, check_recovered, added, removed, updated.
Gauges every loop_rate seconds (0: none): circus.APP.watcher.W.processes, .memory (bytes), .cpu (percent of a processor).
They are read from /proc, of the supervisor's children that run as this plugin's user; as root, all.
"""
import os
import socket
import time

from dockmaster_plugin import Plugin

ACTIONS = {
    "spawned": "spawn", "exited": "reap", "ready": "ready", "restarted": "restart", "stopping": "kill",
    "stopped": "stop", "reloaded": "reload", "gave_up": "gave_up", "check_failed": "check_failed",
    "check_recovered": "check_recovered", "added": "added", "removed": "removed", "updated": "updated",
}
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def name_of(pid):
    """The watcher that a process belongs to; None for any other."""
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            for line in file.read().split(b"\0"):
                if line.startswith(b"DOCKMASTER_WATCHER="):
                    return line.split(b"=", 1)[1].decode("utf-8", "replace")
    except OSError:
        pass
    return None


def children_of(parent):
    found = []
    for thread in os.listdir(f"/proc/{parent}/task"):
        with open(f"/proc/{parent}/task/{thread}/children") as file:
            found += file.read().split()
    return found


def use_of(pid):
    """Processor seconds so far, and bytes of memory. Source: proc(5)."""
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS, int(fields[21]) * PAGE


class Gauges:
    def __init__(self):
        self.before = {}

    def read(self):
        """{watcher: {processes, memory, cpu}}; the cpu from the second reading on."""
        totals, seen, now = {}, {}, time.monotonic()
        for pid in children_of(os.getppid()):
            name = name_of(pid)
            if name is None:
                continue
            try:
                used, memory = use_of(pid)
            except OSError:
                continue
            seen[pid] = (used, now)
            total = totals.setdefault(name, {"processes": 0, "memory": 0, "cpu": 0.0})
            total["processes"] += 1
            total["memory"] += memory
            if pid in self.before and now > self.before[pid][1]:
                earlier, then = self.before[pid]
                total["cpu"] += max(0.0, used - earlier) * 100 / (now - then)
        self.before = seen
        return totals


def clean(name):
    """A name as statsd can have it: dots and colons mean something there."""
    return "".join(letter if letter.isalnum() or letter in "-_" else "_" for letter in name)


def main():
    plugin = Plugin()
    address = (plugin.setting("host", "127.0.0.1"), int(plugin.setting("port", 8125)))
    prefix = f"circus.{clean(plugin.setting('application_name', 'dockmaster'))}.watcher"
    rate = float(plugin.settings.get("loop_rate", 60))
    family = socket.getaddrinfo(*address, type=socket.SOCK_DGRAM)[0][0]
    out = socket.socket(family, socket.SOCK_DGRAM)
    gauges = Gauges()

    def send(watcher, name, value, kind):
        try:
            out.sendto(f"{prefix}.{clean(watcher)}.{name}:{value}|{kind}".encode(), address)
        except OSError:
            # Nobody listens, for now. UDP does not ask for more than that.
            pass

    plugin.ready(*ACTIONS)
    for event in plugin.events(every=rate if rate > 0 else None):
        if event["kind"] == "timer":
            for watcher, total in gauges.read().items():
                for name, value in total.items():
                    send(watcher, name, round(value, 1), "g")
        elif event["kind"] in ACTIONS and event.get("watcher"):
            send(event["watcher"], ACTIONS[event["kind"]], 1, "c")


if __name__ == "__main__":
    main()
