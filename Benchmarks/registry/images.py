"""Images a second that PUSHERS push at once, each of a configuration, one layer of 5 KB and a manifest, to a repository of its own.

    images.py URL CERTIFICATE HEADERS PUSHERS SECONDS

Asked as docker asks: HEAD, POST, PATCH and PUT for each blob, then the manifest. Each pusher is a process with one connection
that writes and reads bytes itself, so that the client costs little of the two cores that it shares with what it measures.
"""
import hashlib
import json
import multiprocessing
import os
import socket
import ssl
import sys
import time
import urllib.parse

URL, CERTIFICATE, HEADERS, PUSHERS, SECONDS = sys.argv[1:]
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
NAME = "bench/app"
own = "".join(line.strip() + "\r\n" for line in open(HEADERS) if ": " in line)
server = urllib.parse.urlsplit(URL)


class Pusher:
    def __init__(self):
        self.connection = socket.create_connection((server.hostname, server.port))
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if server.scheme == "https":
            self.connection = ssl.create_default_context(cafile=CERTIFICATE).wrap_socket(
                self.connection, server_hostname=server.hostname)

    def ask(self, method, target, expected, body=b"", kind="application/octet-stream"):
        """Sends a request and reads its answer, whose status must be expected; returns the path of its Location."""
        self.connection.sendall(
            f"{method} {target} HTTP/1.1\r\nHost: {server.netloc}\r\n{own}Content-Type: {kind}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
        answer = b""
        while (end := answer.find(b"\r\n\r\n")) < 0:
            answer += self.received()
        head = answer[:end].decode().split("\r\n")
        fields = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:])}
        text = answer[end + 4:]
        length = 0 if method == "HEAD" else int(fields.get("content-length", 0))
        while len(text) < length:
            text += self.received()
        status = int(head[0].split(" ")[1])
        if status not in expected:
            raise RuntimeError(f"{method} {target}: {status} {text[:300]}")
        place = fields.get("location", "")
        return place[place.find("/v2/"):]

    def received(self):
        part = self.connection.recv(65_536)
        if not part:
            raise RuntimeError("the connection was closed")
        return part

    def blob(self, content):
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        self.ask("HEAD", f"/v2/{NAME}/blobs/{digest}", (200, 404))
        place = self.ask("POST", f"/v2/{NAME}/blobs/uploads/", (202,))
        place = self.ask("PATCH", place, (202,), content)
        self.ask("PUT", f"{place}{'&' if '?' in place else '?'}digest={digest}", (201,))
        return {"digest": digest, "size": len(content)}

    def image(self, tag):
        layer = self.blob(os.urandom(5000))
        config = self.blob(json.dumps({"architecture": "amd64", "os": "linux", "created": os.urandom(8).hex()}).encode())
        config["mediaType"] = "application/vnd.oci.image.config.v1+json"
        layer["mediaType"] = "application/vnd.oci.image.layer.v1.tar"
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}
        self.ask("PUT", f"/v2/{NAME}/manifests/{tag}", (201,), json.dumps(manifest).encode(), MANIFEST)


def push(number):
    """Returns how many images were pushed, or the sentence of what failed."""
    pushed = 0
    try:
        pusher = Pusher()
        while time.monotonic() < end:
            pusher.image(f"small-{number}-{pushed}")
            pushed += 1
    except Exception as failure:
        return str(failure)
    return pushed


begin = time.monotonic()
end = begin + float(SECONDS)
with multiprocessing.Pool(int(PUSHERS)) as pool:
    results = pool.map(push, range(int(PUSHERS)), chunksize=1)
failures = [result for result in results if isinstance(result, str)]
if failures:
    sys.exit(f"images: {failures[0]}")
print(f"{sum(results) / (time.monotonic() - begin):.1f}")
