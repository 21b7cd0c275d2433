"""Opens kept connections, makes one request on each, and prints the MiB of the processes PIDS while all of them wait."""
import socket
import ssl
import sys
import urllib.parse

url, certificate, count, pids = sys.argv[1:]
server = urllib.parse.urlsplit(url)
context = ssl.create_default_context(cafile=certificate)
request = f"GET /small HTTP/1.1\r\nHost: {server.netloc}\r\n\r\n".encode()
kept = []
for number in range(int(count)):
    # Ports of one address would run short beside the rounds' own.
    plain = socket.create_connection(("127.0.0.1", server.port), source_address=(f"127.0.0.{2 + number % 100}", 0))
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection = context.wrap_socket(plain, server_hostname=server.hostname)
    connection.sendall(request)
    answer = b""
    while b"\r\n\r\n" not in answer or len(answer.split(b"\r\n\r\n")[1]) < 64:
        part = connection.recv(4096)
        if not part:
            sys.exit(f"bench: connection {number} was closed")
        answer += part
    kept.append(connection)
total = 0
for pid in pids.split(","):
    with open(f"/proc/{pid}/status") as file:
        total += sum(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))
print(f"{total / 1024:.1f}")
