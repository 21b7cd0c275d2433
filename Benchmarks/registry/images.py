"""Images a second that PUSHERS push at once, each of a configuration, one layer of 5 KB and a manifest, to a repository of its own.

    images.py URL CERTIFICATE HEADERS PUSHERS SECONDS

Asked as docker asks: HEAD, POST, PATCH and PUT for each blob, then the manifest. Each pusher is a process with one connection.
"""
import hashlib
import json
import os
import sys

from connection import MANIFEST
from load import measured

URL, CERTIFICATE, HEADERS, PUSHERS, SECONDS = sys.argv[1:]
NAME = "bench/app"


def blob(connection, content):
    digest = "sha256:" + hashlib.sha256(content).hexdigest()
    connection.ask("HEAD", f"/v2/{NAME}/blobs/{digest}", (200, 404))
    place = connection.ask("POST", f"/v2/{NAME}/blobs/uploads/", (202,))
    place = connection.ask("PATCH", place, (202,), content)
    connection.ask("PUT", f"{place}{'&' if '?' in place else '?'}digest={digest}", (201,))
    return {"digest": digest, "size": len(content)}


def image(connection):
    layer = blob(connection, os.urandom(5000))
    config = blob(connection, json.dumps({"architecture": "amd64", "os": "linux", "created": os.urandom(8).hex()}).encode())
    config["mediaType"] = "application/vnd.oci.image.config.v1+json"
    layer["mediaType"] = "application/vnd.oci.image.layer.v1.tar"
    manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": [layer]}
    tag = "small-" + os.urandom(6).hex()
    connection.ask("PUT", f"/v2/{NAME}/manifests/{tag}", (201,), json.dumps(manifest).encode(), MANIFEST)


if __name__ == "__main__":
    print(f"{measured(image, URL, CERTIFICATE, HEADERS, int(PUSHERS), float(SECONDS)):.1f}")
