#!/usr/bin/env python3
"""Records what circus itself reads from the .ini files beside this script, for CircusVectorTests.

    python3 -m venv /tmp/circus && /tmp/circus/bin/pip install circus==0.19.0
    /tmp/circus/bin/python Tests/BundleConfigTests/Vectors/record.py
"""
import json
import os
import pathlib

os.environ.clear()
os.environ["OUTER"] = "outside"

from circus.config import get_config  # noqa: E402

here = pathlib.Path(__file__).parent
for source in sorted(here.glob("*.ini")):
    config = get_config(str(source))
    for watcher in config["watchers"]:
        watcher["stop_signal"] = int(watcher["stop_signal"])
    text = json.dumps(config, indent=1, sort_keys=True, default=str)
    source.with_suffix(".json").write_text(text + "\n")
