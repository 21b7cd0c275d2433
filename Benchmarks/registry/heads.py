"""HEAD requests a second for URL's PATH over CONNECTIONS connections (wrk waits for the body of an answer that has none).

    heads.py URL CERTIFICATE HEADERS PATH CONNECTIONS SECONDS
"""
import sys

from load import measured

URL, CERTIFICATE, HEADERS, PATH, CONNECTIONS, SECONDS = sys.argv[1:]


def head(connection):
    connection.ask("HEAD", PATH, (200,))


if __name__ == "__main__":
    print(f"{measured(head, URL, CERTIFICATE, HEADERS, int(CONNECTIONS), float(SECONDS)):.0f}")
