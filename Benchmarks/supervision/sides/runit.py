"""Debian's runit: a runsv and an svlogd for each service. runsvdir ends at once and does not wait for them."""
import signal

from .side import LOG_KEEP, LOG_SIZE, Side


class Runit(Side):
    name = "runit"
    many_processes = True
    waits = False
    # HUP: runsvdir has every runsv stop its service.
    stop_signal = signal.SIGHUP

    def configure(self):
        for service in self.services:
            log = self.log_folder(service)
            self.write(f"services/{service.name}/run", f"#!/bin/sh\nexec {' '.join(service.command)}\n", 0o700)
            self.write(f"services/{service.name}/log/run", f"#!/bin/sh\nexec svlogd {log}\n", 0o700)
            self.write(f"log/{service.name}/config", f"s{LOG_SIZE}\nn{LOG_KEEP}\n")

    def command(self):
        return ["/usr/bin/runsvdir", f"{self.folder}/services"]

    def is_log(self, name):
        return name == "current" or name.startswith("@")
