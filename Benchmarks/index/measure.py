"""Measures a registry on data folders of a large size: see run."""
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from http.client import HTTPConnection

import tree

FOLDER, BINARY = sys.argv[1:3]
PARTS = sys.argv[3:] or ["pages", "rebuild", "garbage"]
ITEMS = int(os.environ.get("DOCKMASTER_BENCH_ITEMS", "100000"))
BLOBS = int(os.environ.get("DOCKMASTER_BENCH_BLOBS", "100000"))


def say(text):
    print(f"bench: {text}", file=sys.stderr)


class UnixConnection(HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost")
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)

    def ask(self, target, method="GET"):
        self.request(method, target)
        answer = self.getresponse()
        return answer, answer.read()


class Registry:
    """A stand-alone registry on a data folder, from here to its end."""

    def __init__(self, root):
        self.folder = FOLDER + "/run"
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder)
        with open(f"{self.folder}/config.yml", "w") as file:
            file.write(
                f"version: 0.1\nlog: {{level: info}}\nstorage: {{filesystem: {{rootdirectory: {root}}}}}\n"
                f"http: {{net: unix, addr: {self.folder}/registry.sock}}\nauth: {{none: {{}}}}\n")
        self.log = open(f"{self.folder}/log", "wb")
        self.process = subprocess.Popen([BINARY, "--config", f"{self.folder}/config.yml"], stderr=self.log, stdout=self.log)

    def __enter__(self):
        self.until(lambda: os.path.exists(f"{self.folder}/registry-admin.sock"))
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

    def connection(self, name="registry"):
        return UnixConnection(f"{self.folder}/{name}.sock")

    def until(self, condition, seconds=1800):
        end = time.monotonic() + seconds
        while not condition():
            if self.process.poll() is not None or time.monotonic() > end:
                sys.exit(f"the registry does not do it: {self.text()[-2000:]}")
            time.sleep(0.02)

    def text(self):
        with open(f"{self.folder}/log", errors="replace") as file:
            return file.read()

    def built(self):
        """Seconds that the index took; waits for it."""
        self.until(lambda: "built the index" in self.text())
        return float(re.search(r"manifests in ([0-9.]+) s", self.text())[1])

    def memory(self, field):
        with open(f"/proc/{self.process.pid}/status") as file:
            return int(re.search(field + r":\s+(\d+)", file.read())[1]) / 1024


def row(figure, value, bar):
    print(f"{figure:<64} {value:>14}   {bar}", flush=True)


def page(connection, target, count):
    times = []
    for _ in range(30):
        began = time.perf_counter()
        answer, body = connection.ask(target)
        times.append((time.perf_counter() - began) * 1000)
        assert answer.status == 200, body
        assert len(next(value for value in json.loads(body).values() if isinstance(value, list))) == count, body[:200]
    return f"{statistics.median(times):.2f} ms"


def pages(registry, name, target, last):
    connection = registry.connection()
    for size in (100, 1000):
        for place, after in (("first", ""), ("middle", last(ITEMS // 2)), ("last", last(ITEMS - size - 1))):
            row(f"{name}, page of {size}, {place}", page(connection, f"{target}?n={size}&last={after}", size), "<= 5 ms")


def made(name, make, *arguments):
    root = f"{FOLDER}/{name}"
    if not os.path.exists(root):
        say(f"making {name}")
        make(root, *arguments)
    return root


def built(root):
    shutil.rmtree(f"{root}/docker/registry/v2/.index", ignore_errors=True)
    return Registry(root)


LARGE = (
    ("tags", tree.many_tags, f"{ITEMS} tags", "/v2/many/tags/tags/list", lambda number: f"v{number:07}"),
    ("repositories", tree.many_repositories, f"{ITEMS} repositories", "/v2/_catalog",
     lambda number: f"group{number * 100 // ITEMS:03}/app{number % (ITEMS // 100) * 100 + number * 100 // ITEMS:07}"),
)


def large():
    for name, make, title, target, last in LARGE:
        root = made(name, make, ITEMS)
        with built(root) as registry:
            seconds = registry.built()
            if "rebuild" in PARTS:
                row(f"rebuild, {title} of one manifest each", f"{ITEMS / seconds:.0f}/s", ">= 20000 manifests/s")
                row("  its peak of memory", f"{registry.memory('VmHWM'):.0f} MiB", "")
            if "pages" in PARTS:
                time.sleep(3)
                pages(registry, title, target, last)
        with Registry(root) as registry:
            began = time.monotonic()
            registry.connection().ask(f"{target}?n=1")
            row(f"start with an index, {title}: first answer", f"{(time.monotonic() - began) * 1000:.0f} ms", "")


def garbage():
    for blobs in (BLOBS // 10, BLOBS):
        root = made(f"garbage-{blobs}", tree.garbage, blobs)
        with built(root) as registry:
            registry.built()
        with Registry(root) as registry:
            connection = registry.connection("registry-admin")
            began = time.monotonic()
            answer, body = connection.ask("/v1/gc", "POST")
            seconds = time.monotonic() - began
            lines = [json.loads(line) for line in body.splitlines()]
            assert answer.status == 200 and lines[-1].get("blobs") == blobs // 101, lines[-1:]
            row(f"collection of {lines[-1]['examined']} blobs, {lines[-1]['blobs']} of them garbage",
                f"{seconds:.1f} s", "linear")
            row("  its peak of memory", f"{registry.memory('VmHWM'):.0f} MiB", "< 200 MB")


if {"pages", "rebuild"} & set(PARTS):
    large()
if "garbage" in PARTS:
    garbage()
