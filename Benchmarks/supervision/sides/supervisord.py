"""Debian's supervisord."""
import os

from .side import LOG_KEEP, LOG_SIZE, Side


class Supervisord(Side):
    name = "supervisord"

    def configure(self):
        lines = [
            "[supervisord]",
            "nodaemon = true",
            f"logfile = {self.folder}/supervisord.log",
            f"pidfile = {self.folder}/supervisord.pid",
            f"childlogdir = {self.folder}",
        ]
        for service in self.services:
            os.makedirs(self.log_folder(service))
            lines += [
                f"[program:{service.name}]",
                f"command = {' '.join(service.command)}",
                "redirect_stderr = true",
                f"stdout_logfile = {self.log_folder(service)}/{service.name}.log",
                f"stdout_logfile_maxbytes = {LOG_SIZE}",
                f"stdout_logfile_backups = {LOG_KEEP}",
            ]
        self.write("supervisord.conf", "\n".join(lines) + "\n")

    def command(self):
        return ["/usr/bin/supervisord", "-c", f"{self.folder}/supervisord.conf"]
