"""Debian's s6: a supervise process and an s6-log for each service, which says that it is ready on a descriptor."""
from .side import LOG_KEEP, LOG_SIZE, Side


class S6(Side):
    name = "s6"
    many_processes = True
    ready = 3

    def configure(self):
        for service in self.services:
            folder = f"services/{service.name}"
            logger = f"exec s6-log -b n{LOG_KEEP} s{LOG_SIZE} {self.log_folder(service)}"
            self.write(f"{folder}/run", f"#!/bin/sh\nexec {' '.join(service.command)}\n", 0o700)
            self.write(f"{folder}/log/run", f"#!/bin/sh\n{logger}\n", 0o700)
            if "sleep" in service.command:
                self.write(f"{folder}/notification-fd", f"{self.ready}\n")

    def command(self):
        # Room for a service and its logger each; 500 is the default.
        return ["/usr/bin/s6-svscan", "-c", "2100", f"{self.folder}/services"]

    def is_log(self, name):
        return name == "current" or name.startswith("@")
