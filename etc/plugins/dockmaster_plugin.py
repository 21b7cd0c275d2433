"""The plugin side of Dockmaster's protocol, for programs in Python (3.9 or newer, standard library only).

Dockmaster starts the program and speaks JSON lines with it: descriptor 3 brings lines in, descriptor 4 takes lines out.
Standard output and standard error are the plugin's log. A whole plugin:

    from dockmaster_plugin import Plugin

    plugin = Plugin()                              # waits for hello; plugin.settings are the `settings:` of the YAML file
    plugin.ready("exited", "gave_up")              # what to hear of
    for event in plugin.events():                  # ends with bye
        print(event["kind"], event.get("watcher"), event["fields"])
        plugin.command("restart", event["watcher"], "because I say so")

and in dockmaster.yaml:

    plugins:
      mine: {cmd: [/usr/bin/python3, /etc/dockmaster/plugins/mine.py], may: [restart], settings: {any: thing}}

The rules: `ready` within 5 s of the start, each event acknowledged within 5 s (this library does it, on a thread of its
own, before you see the event), lines of at most 64 KiB, 10 commands a minute, and only commands of the `may:` list. Who
breaks them three times, or is late, is killed and started again, with a growing pause, and given up in the end.
"""
import json
import os
import queue
import sys
import threading
import time

TICK = {"kind": "timer", "fields": {}}


class Plugin:
    def __init__(self, events=3, commands=4):
        # Not inherited by what this program starts in its turn: the supervisor sees the pipes end with it.
        os.set_inheritable(events, False)
        os.set_inheritable(commands, False)
        self._input = os.fdopen(events, "r", encoding="utf-8", newline="\n")
        self._output = os.fdopen(commands, "w", encoding="utf-8", newline="\n")
        self._lock = threading.Lock()
        self._queue = queue.Queue(maxsize=1000)
        self._next = 0
        hello = json.loads(self._input.readline() or "{}")
        if hello.get("type") != "hello" or hello.get("v") != 1:
            sys.exit("this is a plugin of dockmaster: it is started by it, and speaks version 1 of its protocol")
        self.settings = hello["settings"]
        #: Whether `bye` has come: finish within a few seconds.
        self.is_ending = False

    def setting(self, name, default=None):
        """A setting; without a default it has to be there."""
        if name in self.settings:
            return self.settings[name]
        if default is None:
            sys.exit(f"settings.{name} is missing: add it to the plugin's settings")
        return default

    def ready(self, *kinds):
        """Says that the plugin works from now on, and which kinds of events it wants."""
        self._send({"type": "ready", "subscribe": list(kinds)})
        threading.Thread(target=self._read, daemon=True).start()

    def command(self, do, watcher=None, reason="", **more):
        """Asks for restart, stop, start, signal (signal="USR1"), reload, emit (fields={…}) or run (command=[…]).
        What became of it comes as an event of the kind "result". Gives the command's id."""
        with self._lock:
            self._next += 1
            number = f"c{self._next}"
        message = {"type": "command", "id": number, "do": do, "reason": reason, **more}
        if watcher is not None:
            message["watcher"] = watcher
        self._send(message)
        return number

    def events(self, every=None):
        """Every event as a dictionary: kind, watcher, instance, fields. Beside the supervisor's kinds there are "result"
        (of a command), "gap" (events were dropped: fields.missed), and "timer", once at first and then `every` seconds."""
        due = time.monotonic() if every else None
        while True:
            try:
                wait = None if due is None else max(0, due - time.monotonic())
                event = self._queue.get(timeout=wait)
            except queue.Empty:
                due = time.monotonic() + every
                yield TICK
                continue
            if event is None:
                return
            yield event

    def _send(self, message):
        with self._lock:
            self._output.write(json.dumps(message, separators=(",", ":")) + "\n")
            self._output.flush()

    def _read(self):
        for line in self._input:
            message = json.loads(line)
            kind = message.get("type")
            if kind == "event":
                # Taken. What the program makes of it may take as long as it likes.
                self._send({"type": "ack", "seq": message["seq"]})
                self._put(message)
            elif kind == "result":
                self._put({"kind": "result", "fields": message})
            elif kind == "gap":
                self._put({"kind": "gap", "fields": {"missed": message["missed"]}})
            elif kind == "bye":
                break
        self.is_ending = True
        self._put(None)

    def _put(self, event):
        while True:
            try:
                return self._queue.put_nowait(event)
            except queue.Full:
                # The program does not keep up: the oldest gives way, as in the supervisor itself.
                self._queue.get_nowait()
