"""A Chromium without a window, spoken to over two pipes: no driver and no port are needed."""

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
OPTIONS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-quic", "--host-resolver-rules=MAP * ~NOTFOUND", "--remote-debugging-pipe"),
)


def program():
    """Return the path of a Chromium, None where there is none."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


class Browser:
    """One page in a browser that reaches no network; every complaint of the page is kept."""

    def __init__(self, width=1280, height=900):
        to_read, self._write = os.pipe()
        self._read, to_write = os.pipe()
        self._folder = tempfile.mkdtemp()

        def places():
            os.dup2(to_read, 3)
            os.dup2(to_write, 4)

        # The browser's own pipes are numbers 3 and 4; ours must not stand in their way.
        self._process = subprocess.Popen(
            [program(), *OPTIONS, f"--user-data-dir={self._folder}", "about:blank"],
            preexec_fn=places,
            pass_fds=(3, 4, to_read, to_write),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self._number, self._rest, self.events = 0, b"", []
        targets = self.tell("Target.getTargets")["targetInfos"]
        target = next(each for each in targets if each["type"] == "page")["targetId"]
        self._session = None
        self._session = self.tell("Target.attachToTarget", targetId=target, flatten=True)[
            "sessionId"
        ]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.tell(f"{domain}.enable")
        self.size(width, height)

    _session = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self._write)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._read)
        shutil.rmtree(self._folder, ignore_errors=True)

    def tell(self, method, **params):
        """Send one command and return its result; events that come in between are kept."""
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer["error"]
                return answer["result"]
            self.events.append(answer)

    def _next(self):
        while b"\0" not in self._rest:
            self._rest += os.read(self._read, 1 << 20)
        found, _, self._rest = self._rest.partition(b"\0")
        return json.loads(found)

    def size(self, width, height):
        """Make the window so wide and so high, as a phone would."""
        self.tell(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )

    def open(self, path):
        """Open a page from disk and wait until it stands."""
        self.tell("Page.navigate", url=Path(path).resolve().as_uri())
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if (
                self.run("document.readyState") == "complete"
                and self.run("location.href") != "about:blank"
            ):
                return
            time.sleep(0.1)
        raise TimeoutError(path)

    def run(self, code):
        """Return what an expression gives on the page, promises awaited."""
        found = self.tell(
            "Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def press(self, *keys):
        """Press keys one after the other."""
        for key in keys:
            text = {"Enter": "\r"}.get(key, "")
            code = {"Tab": 9, "Enter": 13, "ArrowRight": 39, "ArrowLeft": 37, "Home": 36, "End": 35}
            given = {"key": key, "code": key, "windowsVirtualKeyCode": code[key]}
            self.tell("Input.dispatchKeyEvent", type="keyDown", text=text, **given)
            self.tell("Input.dispatchKeyEvent", type="keyUp", **given)

    def picture(self, path, whole=True):
        """Write a picture of the page."""
        found = self.tell(
            "Page.captureScreenshot",
            captureBeyondViewport=whole,
            **(
                {"clip": {**self.tell("Page.getLayoutMetrics")["cssContentSize"], "scale": 1}}
                if whole
                else {}
            ),
        )
        Path(path).write_bytes(base64.b64decode(found["data"]))

    def complaints(self):
        """Return what the page put on its console, and every request beyond the disk."""
        told = []
        for event in self.events:
            method, params = event.get("method"), event.get("params", {})
            if method in ("Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled"):
                told.append(params)
            url = params.get("request", {}).get("url", "")
            if method == "Network.requestWillBeSent" and not url.startswith(
                ("file:", "data:", "blob:")
            ):
                told.append(url)
        return told
