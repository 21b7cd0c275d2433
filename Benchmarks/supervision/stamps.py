"""What the children leave in shared memory: who they are, and when they began."""
import mmap
import struct
import time


def now():
    return time.clock_gettime_ns(time.CLOCK_MONOTONIC)


class Stamps:
    """One record for each child, as child.c lays it out. Times are nanoseconds of CLOCK_MONOTONIC."""

    FIELDS = ("pid", "starts", "started", "first_write", "last_write")
    SIZE = 64

    def __init__(self, path, count):
        self.path, self.count = path, count
        with open(path, "wb+") as file:
            file.truncate(count * self.SIZE)
            self.memory = mmap.mmap(file.fileno(), 0)

    def __getitem__(self, index):
        return dict(zip(self.FIELDS, struct.unpack_from("<5q", self.memory, index * self.SIZE)))

    def await_starts(self, index, starts, limit=60):
        """Waits until the child has started that many times; its stamp."""
        deadline = time.monotonic() + limit
        while self[index]["starts"] < starts:
            if time.monotonic() > deadline:
                raise TimeoutError(f"child {index} did not start within {limit} s")
            time.sleep(0.0003)
        return self[index]

    def await_all(self, limit=60):
        """Waits until every child has started; when the last one did."""
        return max(self.await_starts(index, 1, limit)["started"] for index in range(self.count))
