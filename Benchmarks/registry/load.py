"""How often a second something is done, over and over, by several processes with a connection each."""
import multiprocessing
import sys
import time

from connection import Connection


def repeated(step, url, certificate, headers, end):
    """Returns how often the step was done before the end, or the sentence of what failed."""
    done = 0
    try:
        connection = Connection(url, certificate, headers)
        while time.monotonic() < end:
            step(connection)
            done += 1
    except Exception as failure:
        return str(failure)
    return done


def measured(step, url, certificate, headers, processes, seconds):
    begin = time.monotonic()
    with multiprocessing.Pool(processes) as pool:
        results = pool.starmap(repeated, [(step, url, certificate, headers, begin + seconds)] * processes, chunksize=1)
    failures = [result for result in results if isinstance(result, str)]
    if failures:
        sys.exit(f"bench: {failures[0]}")
    return sum(results) / (time.monotonic() - begin)
