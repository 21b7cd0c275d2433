"""A client's connection that writes and reads bytes itself, so that it costs little of the two cores that it shares with what it measures."""
import socket
import ssl
import urllib.parse

MANIFEST = "application/vnd.oci.image.manifest.v1+json"

class Connection:
    """One kept-alive HTTP/1.1 connection to URL, with the lines of the file HEADERS in each request."""

    def __init__(self, url, certificate, headers):
        server = urllib.parse.urlsplit(url)
        self.own = f"Host: {server.netloc}\r\nAccept: {MANIFEST}\r\n" + "".join(line.strip() + "\r\n" for line in open(headers) if ": " in line)
        self.socket = socket.create_connection((server.hostname, server.port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if server.scheme == "https":
            self.socket = ssl.create_default_context(cafile=certificate).wrap_socket(self.socket, server_hostname=server.hostname)

    def ask(self, method, target, expected, body=b"", kind="application/octet-stream"):
        """Sends a request and reads its answer, whose status must be expected; returns the path of its Location."""
        self.socket.sendall(
            f"{method} {target} HTTP/1.1\r\n{self.own}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
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
        part = self.socket.recv(65_536)
        if not part:
            raise RuntimeError("the connection was closed")
        return part
