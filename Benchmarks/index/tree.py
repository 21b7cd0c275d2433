"""Makes data folders in distribution's layout, with as few system calls as that takes."""
import hashlib
import json
import os

INDEX = "application/vnd.oci.image.index.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
CONFIG = "application/vnd.oci.image.config.v1+json"


class Tree:
    """A registry's folder that is being made."""

    def __init__(self, root):
        self.base = f"{root}/docker/registry/v2"
        self.made = set()
        self.folder(f"{self.base}/blobs/sha256")
        self.folder(f"{self.base}/repositories")

    def folder(self, path):
        """A folder that several things may stand in."""
        if path not in self.made:
            os.makedirs(path, exist_ok=True)
            self.made.add(path)

    @staticmethod
    def write(path, content):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT, 0o644)
        os.write(descriptor, content)
        os.close(descriptor)

    def blob(self, content):
        """Stores a blob; gives its hexadecimal digest."""
        digest = hashlib.sha256(content).hexdigest()
        self.folder(f"{self.base}/blobs/sha256/{digest[:2]}")
        folder = f"{self.base}/blobs/sha256/{digest[:2]}/{digest}"
        try:
            os.mkdir(folder)
        except FileExistsError:
            return digest
        self.write(f"{folder}/data", content)
        return digest

    def link(self, parent, name, digest):
        """`parent/name/link`, whose parent is there."""
        os.mkdir(f"{parent}/{name}")
        self.write(f"{parent}/{name}/link", b"sha256:" + digest.encode())

    def layer(self, repository, digest):
        parent = f"{self.base}/repositories/{repository}/_layers/sha256"
        self.folder(parent)
        self.link(parent, digest, digest)

    def manifest(self, repository, digest, tags):
        manifests = f"{self.base}/repositories/{repository}/_manifests"
        self.folder(f"{manifests}/revisions/sha256")
        self.folder(f"{manifests}/tags")
        self.link(f"{manifests}/revisions/sha256", digest, digest)
        for tag in tags:
            os.mkdir(f"{manifests}/tags/{tag}")
            self.link(f"{manifests}/tags/{tag}", "current", digest)

    def image(self, layers, config, note):
        """The bytes of an image's manifest; layers and config are digests with their sizes."""
        descriptor = lambda kind, part: {"mediaType": kind, "digest": f"sha256:{part[0]}", "size": part[1]}
        return json.dumps(
            {
                "schemaVersion": 2, "mediaType": MANIFEST, "config": descriptor(CONFIG, config),
                "layers": [descriptor(LAYER, layer) for layer in layers],
                "annotations": {"org.opencontainers.image.created": "2026-11-25T00:00:00Z", "note": note},
            }).encode()


def many_tags(root, count):
    """One repository with so many tags, each of an image of its own; all share a configuration and three layers."""
    tree = Tree(root)
    name = "many/tags"
    parts = [(tree.blob(b"part %d" % number), 6) for number in range(4)]
    for digest, _ in parts:
        tree.layer(name, digest)
    for number in range(count):
        digest = tree.blob(tree.image(parts[1:], parts[0], f"image {number}"))
        tree.manifest(name, digest, [f"v{number:07}"])


def many_repositories(root, count):
    """So many repositories with one tag, which all lead to one of 1,000 images."""
    tree = Tree(root)
    parts = [(tree.blob(b"part %d" % number), 6) for number in range(4)]
    images = [tree.blob(tree.image(parts[1:], parts[0], f"image {number}")) for number in range(min(1000, count))]
    for number in range(count):
        name = f"group{number % 100:03}/app{number:07}"
        tree.manifest(name, images[number % len(images)], ["latest"])
        tree.layer(name, parts[0][0])
        tree.made.clear()


def garbage(root, blobs, layers=98):
    """So many blobs in images of 98 layers, a configuration and a manifest; every hundredth blob is in none. All are old."""
    tree = Tree(root)
    images = blobs // 101
    old = 1_000_000_000
    for number in range(images):
        name = f"team{number % 50:02}/app"
        parts = [(tree.blob(b"%d/%d" % (number, part)), 8) for part in range(layers + 1)]
        for digest, _ in parts:
            tree.layer(name, digest)
        tree.manifest(name, tree.blob(tree.image(parts[1:], parts[0], f"image {number}")), [f"v{number}"])
        lost = tree.blob(b"lost %d" % number)
        os.utime(f"{tree.base}/blobs/sha256/{lost[:2]}/{lost}/data", (old, old))
    return images
