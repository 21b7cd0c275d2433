"""What every side can do: be told its services, start, stop, and say which processes are its own."""
import os
import shutil
import signal
import subprocess
from dataclasses import dataclass

import processes
from stamps import now

LOG_SIZE, LOG_KEEP = 10_000_000, 60


@dataclass
class Service:
    name: str
    command: list


class Side:
    name = ""
    # Whether a service has supervising processes of its own: their shared pages are then counted once (PSS).
    many_processes = False
    # Whether its end waits for the services' end.
    waits = True
    # The descriptor to which its services write a newline when they are ready.
    ready = None
    stop_signal = signal.SIGTERM

    def __init__(self, folder):
        self.folder = os.path.join(folder, self.name)
        self.process = None
        self.services = []

    def prepare(self, services):
        """Writes the configuration anew. Not part of any figure."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(os.path.join(self.folder, "log"))
        self.services = services
        self.configure()

    def start(self):
        """Starts the supervisor; when that was."""
        with open(os.path.join(self.folder, "console"), "ab") as console:
            started = now()
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=console,
                start_new_session=True, cwd=self.folder)
        return started

    def stop(self):
        """Asks it to stop and waits for its end; milliseconds. Whatever it leaves behind is killed afterwards."""
        family = processes.tree(self.process.pid)
        names = {pid: processes.program(pid) for pid in family}
        started = now()
        self.process.send_signal(self.stop_signal)
        self.process.wait(120)
        took = (now() - started) / 1e6
        for pid, name in names.items():
            if name and processes.program(pid) == name:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        self.process = None
        return took

    def own_processes(self):
        """The supervisor's own processes: all but the services."""
        services = {service.command[0] for service in self.services}
        return [pid for pid in processes.tree(self.process.pid) if processes.program(pid) not in services]

    def log_folder(self, service):
        return os.path.join(self.folder, "log", service.name)

    def log_files(self, service):
        """The files that hold a service's output, oldest first."""
        folder = self.log_folder(service)
        files = [entry.path for entry in os.scandir(folder) if self.is_log(entry.name)]
        return sorted(files, key=lambda path: os.stat(path).st_mtime_ns)

    def is_log(self, name):
        return True

    def write(self, name, text, mode=0o600):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", opener=lambda file, flags: os.open(file, flags, mode)) as file:
            file.write(text)

    def complaint(self):
        with open(os.path.join(self.folder, "console"), errors="replace") as file:
            return "".join(file.readlines()[-15:])
