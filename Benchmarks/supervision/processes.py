"""What /proc tells of a supervisor's processes: which they are, their memory, how often they woke up."""
import os


def _parents():
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat") as file:
                    parents[int(entry)] = int(file.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                pass
    return parents


def tree(root):
    """The process and everything below it."""
    children = {}
    for pid, parent in _parents().items():
        children.setdefault(parent, []).append(pid)
    found, rest = [], [root]
    while rest:
        pid = rest.pop()
        found.append(pid)
        rest += children.get(pid, [])
    return found


def program(pid):
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return ""


def running(path):
    """Every process of that program."""
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit() and program(entry) == path]


def memory(pids, field):
    """Kilobytes of smaps_rollup (Rss or Pss), summed."""
    total = 0
    for pid in pids:
        with open(f"/proc/{pid}/smaps_rollup") as file:
            total += next(int(line.split()[1]) for line in file if line.startswith(f"{field}:"))
    return total


def wakeups(pids):
    """Voluntary context switches of all threads, summed: each is one time that a thread waited and was woken."""
    total = 0
    for pid in pids:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/status") as file:
                total += next(int(line.split()[1]) for line in file if line.startswith("voluntary_ctxt_switches"))
    return total
