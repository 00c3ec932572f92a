"""The release build, and the peers at their pinned versions."""

import hashlib
import json
import shutil
import sys
from pathlib import Path

from common import BENCHES, CACHE, PROJECT, run, say

NODE = BENCHES / "node"


class Programs:
    """Where the programs are that are measured."""

    def __init__(self):
        say("building in release (minutes the first time)")
        # One command for all: an example by itself would have cargo build every dependency once more.
        run("cargo", "build", "--release", "--workspace", "--lib", "--bins", "--example", "thumbnail",
            "--example", "inspect_url", "--quiet", cwd=PROJECT)
        metadata = run("cargo", "metadata", "--format-version", "1", "--no-deps", cwd=PROJECT)
        self.metadata = json.loads(metadata)
        self.release = f"{self.metadata['target_directory']}/release"
        self.local = f"{self.release}/quayside-local"
        self.thumbnail = f"{self.release}/examples/thumbnail"
        self.inspect_url = f"{self.release}/examples/inspect_url"
        self.process_metadata = f"{self.release}/process-metadata"

    def functions(self):
        """The names of the functions, which are those of their programs."""
        members = self.metadata["packages"]
        return sorted(one["name"] for one in members if "/functions/" in one["manifest_path"])


class Peers:
    """Programs and packages to compare with, installed once into the user's cache."""

    def __init__(self):
        for program in ("cargo", "chromium", "curl", "ffmpeg", "ffprobe", "mediainfo", "node", "npm", "rclone"):
            if not shutil.which(program):
                sys.exit(f"./bench needs {program}, which is not installed.")
        # Its name is in the tables, and the handlers are bundled for it.
        if not (version := run("node", "--version").strip()).startswith("v20."):
            sys.exit(f"./bench compares with Node 20, and node is {version}.")
        pinned = [BENCHES / name for name in ("package.json", "package-lock.json", "requirements.txt")]
        folder, is_new = cached("benches", pinned)
        if is_new:
            say("installing the peers")
            install_packages(folder)
            run(sys.executable, "-m", "venv", folder / "venv")
            run(folder / "venv/bin/pip", "install", "--quiet", "--requirement", folder / "requirements.txt")
            (folder / "ready").touch()
        self.python = folder / "venv/bin/python"
        self.node_modules = folder / "node_modules"
        self.versions = json.loads((folder / "package.json").read_text())["dependencies"]
        self.versions["Pillow"] = (folder / "requirements.txt").read_text().strip().partition("==")[2]
        self.versions |= {f"{name}, for the handlers on Node": version for name, version in node_dependencies().items()}

    def node_handlers(self):
        """The commands that run the handlers of `benches/node`, bundled, by what they are compared with."""
        sources = sorted(NODE.glob("*.mjs"))
        # This file has the bundler's options.
        folder, is_new = cached("benches-node", [*sources, NODE / "package.json", NODE / "package-lock.json",
                                                 Path(__file__)])
        entries = ["complete-upload", "initiate-upload", "manage-assets", "runtime", "serve-data"]
        if is_new:
            say("bundling the handlers on Node")
            install_packages(folder)
            # The SDK's ES modules come before its CommonJS, of which nothing can be left out. The bundle is a module, and
            # what the SDK still requires it finds by this.
            banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
            run(folder / "node_modules/.bin/esbuild", *(f"{name}.mjs" for name in entries), "--bundle", "--minify",
                "--main-fields=module,main",
                "--platform=node", "--target=node20", "--format=esm", "--out-extension:.js=.mjs", "--outdir=bundles",
                f"--banner:js={banner}", "--log-level=warning", cwd=folder)
            (folder / "ready").touch()
        bundles = folder / "bundles"
        names = [*(name for name in entries if name != "runtime"), "initiate-upload, in parts"]
        # By its path: the handlers are started with an environment of their own.
        return {name: [shutil.which("node"), f"{bundles}/runtime.mjs", f"{bundles}/{name.partition(',')[0]}.mjs"] for name in names}


def node_dependencies():
    return json.loads((NODE / "package.json").read_text())["dependencies"]


def cached(name, files):
    """A folder for what is made of these files, with copies of them, and whether it is still to be filled."""
    digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()[:16]
    folder = CACHE / f"{name}-{digest}"
    if (folder / "ready").exists():
        return folder, False
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for file in files:
        shutil.copy(file, folder)
    return folder, True


def install_packages(folder):
    run("npm", "ci", "--no-audit", "--no-fund", "--silent", cwd=folder)
