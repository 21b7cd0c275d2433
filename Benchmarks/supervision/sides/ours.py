"""The release binary, with nothing but the services: no registry, no certificates."""
import os

from .side import LOG_KEEP, LOG_SIZE, Side

BINARY = os.path.abspath(os.path.join(os.path.dirname(__file__), "../../../.build/release/dockmaster"))


class Ours(Side):
    name = "ours"

    def configure(self):
        lines = ["bundle: false", "watchers:"]
        for service in self.services:
            lines.append(f"  {service.name}:")
            lines.append(f"    cmd: [{', '.join(service.command)}]")
            lines.append(f"    log: {{size: {LOG_SIZE}, keep: {LOG_KEEP}}}")
        self.write("dockmaster.yaml", "\n".join(lines) + "\n")

    def command(self):
        folders = [part for name in ("run", "log", "data") for part in self.folder_option(name)]
        return [BINARY, "run", "--config", f"{self.folder}/dockmaster.yaml", *folders]

    def folder_option(self, name):
        return [{"run": "--run", "log": "--logs", "data": "--data"}[name], os.path.join(self.folder, name)]
