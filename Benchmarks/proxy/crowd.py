"""Clients that hold connections without using them: COUNT that read an answer slowly, COUNT that send a body slowly, COUNT that
send headers slowly. Prints `ready` when all of them do, and goes on, a few bytes each second, until it is ended.
  crowd.py URL CERTIFICATE BLOB COUNT          BLOB: the digest of a large blob in the repository `bench`"""
import itertools
import socket
import ssl
import sys
import time
import urllib.parse

url, certificate, blob, count = sys.argv[1:]
server = urllib.parse.urlsplit(url)
context = ssl.create_default_context(cafile=certificate)
addresses = itertools.cycle(f"127.0.0.{number}" for number in range(2, 102))


def connect():
    plain = socket.create_connection(("127.0.0.1", server.port), source_address=(next(addresses), 0))
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return context.wrap_socket(plain, server_hostname=server.hostname)


def ask(line, *fields):
    connection = connect()
    connection.sendall("\r\n".join([line + " HTTP/1.1", "Host: " + server.netloc, *fields, "", ""]).encode())
    return connection


def reader():
    connection = ask(f"GET /v2/bench/blobs/{blob}")
    connection.recv(1024)
    return connection


def sender():
    while True:
        connection = ask("POST /v2/bench/blobs/uploads/", "Content-Length: 0")
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += connection.recv(4096) or sys.exit("bench: no upload was begun")
        lines = [line.decode() for line in answer.split(b"\r\n")]
        location = next((line[10:].strip() for line in lines if line.lower().startswith("location: ")), None)
        if location:
            break
        # nginx answers 502 while the registry's queue is full.
        time.sleep(0.01)
    target = location if location.startswith("/") else "/" + location.split("/", 3)[3]
    connection.sendall(
        f"PATCH {target} HTTP/1.1\r\nHost: {server.netloc}\r\nContent-Type: application/octet-stream\r\n"
        "Content-Length: 100000000\r\n\r\nx".encode()
    )
    return connection


def asker():
    connection = connect()
    connection.sendall(f"GET /small HTTP/1.1\r\nHost: {server.netloc}\r\nX-Slow: ".encode())
    return connection


readers = [reader() for _ in range(int(count))]
senders = [sender() for _ in range(int(count))]
# Last: they are cut soonest.
askers = [asker() for _ in range(int(count))]
print("ready", flush=True)
slow = [(connection, True) for connection in readers] + [(connection, False) for connection in senders + askers]
# Spread over the second: a crowd that moves at one moment would be a burst, which is another thing.
slices = [slow[start::100] for start in range(100)]
while True:
    for part in slices:
        began = time.monotonic()
        for connection, reads in part:
            try:
                connection.recv(1024) if reads else connection.sendall(b"x")
            except OSError:
                pass
        time.sleep(max(0, 0.01 - (time.monotonic() - began)))
