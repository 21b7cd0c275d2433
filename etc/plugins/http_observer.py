#!/usr/bin/env python3
"""Asks a URL regularly; restarts a watcher when the answer is an error, or does not come.

    plugins:
      observer:
        cmd: [/usr/bin/python3, /etc/dockmaster/plugins/http_observer.py]
        may: [restart]
        settings:
          check_url: https://registry.example.test/healthz
          restart: proxy          # nothing: an error is only logged
          timeout: 10             # seconds
          loop_rate: 60           # seconds between two questions
          failures: 1             # in a row, before the restart
          ca_file: /path/ca.crt   # instead of the system's authorities, for https

It replaces circus's HttpObserver (its restart_on_error is `restart`). For a check within the supervisor, without a plugin,
see `health:` of a watcher.
"""
import ssl
import urllib.error
import urllib.request

from dockmaster_plugin import Plugin


def problem_of(url, timeout, context):
    """Why the answer is no good, in a few words; None when it is."""
    try:
        with urllib.request.urlopen(url, timeout=timeout, context=context) as answer:
            answer.read(65536)
            return None if 200 <= answer.status < 300 else f"{url} answers {answer.status}"
    except urllib.error.HTTPError as error:
        return f"{url} answers {error.code}"
    except urllib.error.URLError as error:
        return f"{url} does not answer: {error.reason}"
    except (OSError, ValueError) as error:
        return f"{url} does not answer: {error}"


def main():
    plugin = Plugin()
    url = plugin.setting("check_url")
    watcher = plugin.settings.get("restart") or plugin.settings.get("restart_on_error")
    timeout = float(plugin.setting("timeout", 10))
    limit = int(plugin.setting("failures", 1))
    context = None
    if url.startswith("https:"):
        context = ssl.create_default_context(cafile=plugin.settings.get("ca_file"))
    plugin.ready()
    failures = 0
    for event in plugin.events(every=float(plugin.setting("loop_rate", 60))):
        if event["kind"] == "result" and not event["fields"]["ok"]:
            print(f"the restart was refused: {event['fields']['problem']}; {event['fields']['remedy']}", flush=True)
        if event["kind"] != "timer":
            continue
        problem = problem_of(url, timeout, context)
        failures = failures + 1 if problem else 0
        if problem:
            print(problem, flush=True)
        if watcher and failures >= limit:
            plugin.command("restart", watcher, problem)
            failures = 0


if __name__ == "__main__":
    main()
