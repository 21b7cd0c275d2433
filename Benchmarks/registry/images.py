"""Images a second that PUSHERS push at once, each of a configuration, one layer of 5 KB and a manifest, to a repository of its own.

    images.py URL CERTIFICATE HEADERS PUSHERS SECONDS

Asked as docker asks: HEAD, POST, PATCH and PUT for each blob, then the manifest; a connection for each pusher.
"""
import hashlib
import http.client
import json
import os
import ssl
import sys
import threading
import time
import urllib.parse

URL, CERTIFICATE, HEADERS, PUSHERS, SECONDS = sys.argv[1:]
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
NAME = "bench/app"
headers = dict(line.strip().split(": ", 1) for line in open(HEADERS) if ": " in line)
server = urllib.parse.urlsplit(URL)
tls = ssl.create_default_context(cafile=CERTIFICATE)
pushed = [0] * int(PUSHERS)
failures = []


class Pusher:
    def __init__(self):
        self.connection = http.client.HTTPSConnection(server.hostname, server.port, context=tls)

    def ask(self, method, target, expected, body=None, **more):
        self.connection.request(method, target, body=body, headers={**headers, **more})
        answer = self.connection.getresponse()
        text = answer.read()
        if answer.status not in expected:
            raise RuntimeError(f"{method} {target}: {answer.status} {text[:300]}")
        location = answer.getheader("Location") or ""
        return location[location.find("/v2/"):]

    def blob(self, content):
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        self.ask("HEAD", f"/v2/{NAME}/blobs/{digest}", (200, 404))
        place = self.ask("POST", f"/v2/{NAME}/blobs/uploads/", (202,), b"")
        place = self.ask("PATCH", place, (202,), content, **{"Content-Type": "application/octet-stream"})
        self.ask("PUT", f"{place}{'&' if '?' in place else '?'}digest={digest}", (201,), b"")
        return {"digest": digest, "size": len(content)}

    def image(self, tag):
        layer = self.blob(os.urandom(5000))
        config = self.blob(json.dumps({"architecture": "amd64", "os": "linux", "created": os.urandom(8).hex()}).encode())
        config["mediaType"] = "application/vnd.oci.image.config.v1+json"
        layer["mediaType"] = "application/vnd.oci.image.layer.v1.tar"
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}
        body = json.dumps(manifest).encode()
        self.ask("PUT", f"/v2/{NAME}/manifests/{tag}", (201,), body, **{"Content-Type": MANIFEST})


def push(number):
    try:
        pusher = Pusher()
        while time.monotonic() < end:
            pusher.image(f"small-{number}-{pushed[number]}")
            pushed[number] += 1
    except Exception as failure:
        failures.append(failure)


begin = time.monotonic()
end = begin + float(SECONDS)
threads = [threading.Thread(target=push, args=(number,)) for number in range(int(PUSHERS))]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
if failures:
    sys.exit(f"images: {failures[0]}")
print(f"{sum(pushed) / (time.monotonic() - begin):.1f}")
