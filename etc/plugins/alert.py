#!/usr/bin/env python3
"""Tells people: a webhook (POST of JSON) and mail (SMTP), one sentence for each event.

    plugins:
      alert:
        cmd: [/usr/bin/python3, /etc/dockmaster/plugins/alert.py]
        settings:
          kinds: [gave_up, check_failed, reload_refused]     # the default; `emitted` adds what other plugins tell
          webhook: https://chat.example.test/hooks/S3CR3T    # {"text": "…", "kind": …, "watcher": …, "fields": …}
          mail: {host: smtp.example.test, port: 587, from: dockmaster@example.test, to: [ops@example.test],
                 user: dockmaster, password: S3CR3T, tls: starttls}      # tls: starttls (default), tls, none
          per_minute: 6            # more than these are counted and told of in one sentence afterwards

Secrets stand in the settings alone: they reach this program through its descriptor 3 and appear in no log of it.
"""
import json
import smtplib
import socket
import ssl
import time
import urllib.error
import urllib.request
from email.message import EmailMessage

from dockmaster_plugin import Plugin

SENTENCES = {
    "gave_up": "{who} has failed and is not started again",
    "check_failed": "{who} does not pass its health check",
    "check_recovered": "{who} passes its health check again",
    "reload_refused": "the new configuration is refused, the old one stays in force",
    "exited": "{who} died",
    "restarted": "{who} was restarted",
    "stopped": "{who} was stopped",
}
DETAILS = ("reason", "signal", "code", "problem")


def sentence_of(event, host):
    fields = event.get("fields", {})
    who = event.get("watcher") or fields.get("plugin") or "dockmaster"
    text = SENTENCES.get(event["kind"], "{who}: " + event["kind"].replace("_", " ")).format(who=who)
    details = [fields[key] for key in DETAILS if fields.get(key)]
    return f"{host}: {text}" + (f" ({', '.join(details)})" if details else "")


class RateLimit:
    """At most so many within any minute; the rest is counted."""

    def __init__(self, limit):
        self.limit, self.times, self.held = limit, [], 0

    def allows(self, now):
        self.times = [then for then in self.times if now - then < 60]
        if len(self.times) >= self.limit:
            return False
        self.times.append(now)
        return True


def post(url, event, text):
    body = json.dumps({"text": text, "kind": event["kind"], "watcher": event.get("watcher"), "fields": event["fields"]})
    request = urllib.request.Request(url, body.encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        answer.read(65536)


def send_mail(mail, text):
    message = EmailMessage()
    message["From"] = mail["from"]
    message["To"] = ", ".join([mail["to"]] if isinstance(mail["to"], str) else mail["to"])
    message["Subject"] = text.replace("\r", " ").replace("\n", " ")[:150]
    message.set_content(text)
    mode = mail.get("tls", "starttls")
    kind = smtplib.SMTP_SSL if mode == "tls" else smtplib.SMTP
    with kind(mail["host"], int(mail.get("port", 587)), timeout=10) as server:
        if mode == "starttls":
            server.starttls(context=ssl.create_default_context())
        if "user" in mail:
            server.login(mail["user"], mail["password"])
        server.send_message(message)


def words_of(error):
    """An error without the address it speaks of, which may be secret."""
    if isinstance(error, urllib.error.HTTPError):
        return f"it answers {error.code}"
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "user or password are refused"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"it answers {error.smtp_code}"
    return str(getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__)


def main():
    plugin = Plugin()
    webhook, mail = plugin.settings.get("webhook"), plugin.settings.get("mail")
    limit = RateLimit(int(plugin.setting("per_minute", 6)))
    kinds = plugin.setting("kinds", ["gave_up", "check_failed", "reload_refused"])
    host = socket.gethostname()

    def tell(event, text):
        for name, send in (("the webhook", webhook and (lambda: post(webhook, event, text))),
                           ("mail", mail and (lambda: send_mail(mail, text)))):
            if not send:
                continue
            try:
                send()
            except (OSError, ValueError, KeyError, smtplib.SMTPException) as error:
                print(f"{name} did not work: {words_of(error)}", flush=True)

    plugin.ready(*kinds)
    for event in plugin.events(every=float(plugin.setting("loop_rate", 10))):
        now = time.monotonic()
        if event["kind"] == "timer":
            if limit.held and limit.allows(now):
                text = f"{host}: {limit.held} more events, see the log of dockmaster"
                limit.held = 0
                tell({"kind": "gap", "fields": {}}, text)
        elif event["kind"] in kinds:
            if limit.allows(now):
                tell(event, sentence_of(event, host))
            else:
                limit.held += 1


if __name__ == "__main__":
    main()
