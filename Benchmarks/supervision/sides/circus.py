"""circus from PyPI, set up as its documentation does: FileStream with rotation, the default check_delay."""
import os

from .side import LOG_KEEP, LOG_SIZE, Side

BINARY = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../../.build/bench-venv/bin/circusd"))


class Circus(Side):
    name = "circus"

    def configure(self):
        endpoints = {name: f"ipc://{self.folder}/{name}" for name in ("endpoint", "pubsub_endpoint")}
        lines = ["[circus]", *(f"{name} = {value}" for name, value in endpoints.items()), "statsd = False"]
        for service in self.services:
            os.makedirs(self.log_folder(service))
            lines += [
                f"[watcher:{service.name}]",
                f"cmd = {service.command[0]}",
                f"args = {' '.join(service.command[1:])}",
                "stdout_stream.class = FileStream",
                f"stdout_stream.filename = {self.log_folder(service)}/{service.name}.log",
                f"stdout_stream.max_bytes = {LOG_SIZE}",
                f"stdout_stream.backup_count = {LOG_KEEP}",
            ]
        self.write("circus.ini", "\n".join(lines) + "\n")

    def command(self):
        return [BINARY, f"{self.folder}/circus.ini"]
