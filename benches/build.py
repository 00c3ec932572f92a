"""The release build, and the peers at their pinned versions."""

import hashlib
import json
import shutil
import sys

from common import BENCHES, CACHE, PROJECT, run, say


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
        pinned = [BENCHES / name for name in ("package.json", "package-lock.json", "requirements.txt")]
        digest = hashlib.sha256(b"\0".join(file.read_bytes() for file in pinned)).hexdigest()[:16]
        folder = CACHE / f"benches-{digest}"
        if not (folder / "ready").exists():
            say("installing the peers")
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            for file in pinned:
                shutil.copy(file, folder)
            run("npm", "ci", "--no-audit", "--no-fund", "--silent", cwd=folder)
            run(sys.executable, "-m", "venv", folder / "venv")
            run(folder / "venv/bin/pip", "install", "--quiet", "--requirement", folder / "requirements.txt")
            (folder / "ready").touch()
        self.python = folder / "venv/bin/python"
        self.node_modules = folder / "node_modules"
        self.versions = json.loads((folder / "package.json").read_text())["dependencies"]
        self.versions["Pillow"] = (folder / "requirements.txt").read_text().strip().partition("==")[2]
