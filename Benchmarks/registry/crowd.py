"""COUNT uploads of MEBIBYTES each, sent at once, a process each. Exits 1 when one is not accepted.

    crowd.py URL COUNT MEBIBYTES
"""
import multiprocessing
import os
import sys
import tempfile

from connection import Connection

URL, COUNT, MEBIBYTES = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
CHUNK = os.urandom(1 << 20)


def upload(_):
    with tempfile.NamedTemporaryFile("w") as none:
        connection = Connection(URL, None, none.name)
    place = connection.ask("POST", "/v2/bench/crowd/blobs/uploads/", (202,))
    connection.socket.sendall(
        f"PATCH {place} HTTP/1.1\r\n{connection.own}Content-Length: {MEBIBYTES << 20}\r\n\r\n".encode())
    for _ in range(MEBIBYTES):
        connection.socket.sendall(CHUNK)
    answer = connection.received()
    if b" 202 " not in answer.split(b"\r\n")[0]:
        sys.exit(answer.decode())


if __name__ == "__main__":
    workers = [multiprocessing.Process(target=upload, args=(number,)) for number in range(COUNT)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    sys.exit(any(worker.exitcode for worker in workers))
