"""A system of `cargo local` in release, its users, and the way around its API into storage and table."""

import hashlib
import hmac
import http.client
import json
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime, timezone
from pathlib import Path

from common import PROJECT, eventually, run

BUCKET = "quayside-media"
TABLE = "quayside"
REGION = "local"
KEY_ID = "functions"


class System:
    """A running system with a data folder of its own, which goes with it. Use it in a `with`."""

    def __init__(self, program, environment, **variables):
        self.folder = Path(tempfile.mkdtemp(prefix="quayside-bench-"))
        self.process = subprocess.Popen(
            # Nothing of storage's is sent beside what is measured.
            [program, "--port", "0", "--data", self.folder / "data", "--notify-after", "86400"],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
            env={**environment, **{name: str(value) for name, value in variables.items()}})
        addresses = {}
        for line in self.process.stdout:
            if line == "ready\n":
                break
            addresses[line.split()[0]] = line.split()[-1]
        else:
            self.close()
            raise RuntimeError(f"{program} ended before it was ready")
        self.gateway, self.storage = addresses["gateway"], addresses["storage"]
        self.table, self.edge = addresses["table"], addresses["edge"]
        self.secrets = json.loads((self.folder / "data/secrets.json").read_text())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder)

    def local(self, method, path, body=None):
        """Asks what only a system on one machine has."""
        return call(method, f"{self.gateway}/_local/{path}", body)

    def user(self, sub):
        return User(self, self.local("POST", "token", {"sub": sub})["token"])

    def ask_table(self, operation, **request):
        """Carries out an operation of DynamoDB's API (version 2012-08-10); the local table checks no signatures."""
        headers = {"x-amz-target": f"DynamoDB_20120810.{operation}", "content-type": "application/x-amz-json-1.0",
                   "authorization": "AWS4-HMAC-SHA256 Credential=bench/20260101/local/dynamodb/aws4_request, "
                                    "SignedHeaders=host, Signature=none", "x-amz-date": "20260101T000000Z"}
        return call("POST", self.table, {"TableName": TABLE, **request}, headers)

    def fetch(self, url):
        """The bytes at a URL."""
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.read()

    def presign(self, method, key, **query):
        """A URL that carries out one request to storage (AWS Signature Version 4, query string, path style)."""
        host = self.storage.partition("://")[2]
        now = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{now[:8]}/{REGION}/s3/aws4_request"
        query = {**query, "X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": f"{KEY_ID}/{scope}",
                 "X-Amz-Date": now, "X-Amz-Expires": "3600", "X-Amz-SignedHeaders": "host"}
        query = urllib.parse.urlencode(sorted(query.items()), quote_via=urllib.parse.quote, safe="-_.~")
        path = f"/{BUCKET}/{urllib.parse.quote(key)}"
        canonical = "\n".join((method, path, query, f"host:{host}", "", "host", "UNSIGNED-PAYLOAD"))
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        signature = f"AWS4{self.secrets['functionsKey']}".encode()
        for text in (*scope.split("/"), "\n".join(("AWS4-HMAC-SHA256", now, scope, digest))):
            signature = hmac.digest(signature, text.encode(), "sha256")
        return f"{self.storage}{path}?{query}&X-Amz-Signature={signature.hex()}"


class User:
    """Somebody who is signed in and keeps one connection to the API."""

    def __init__(self, system, token):
        self.token = token
        address = urllib.parse.urlsplit(system.gateway)
        self.connection = http.client.HTTPConnection(address.hostname, address.port, timeout=120)

    def ask(self, method, path, body=None):
        """Sends a request, gives the answer's JSON, and takes any status but those of success for an error."""
        headers = {"authorization": f"Bearer {self.token}", "accept": "application/json"}
        if body is not None:
            headers["content-type"] = "application/json"
        try:
            self.connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            # The gateway closes a connection that was idle for half a minute; the next request opens another.
            self.connection.close()
            self.connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = self.connection.getresponse()
        text = answer.read()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text.decode(errors='replace')}")
        return json.loads(text) if text else None

    def until_ready(self, upload):
        """Waits until the upload's asset is inspected, and wants it to be sound."""
        def inspected():
            asset = self.ask("GET", f"/v1/assets/{upload['assetId']}")
            return None if asset["status"] == "uploaded" else asset
        asset = eventually("the asset is inspected", inspected)
        if asset["status"] != "ready":
            raise RuntimeError(f"inspection left the asset as {asset}")

    def begin(self, name, content_type, size):
        return self.ask("POST", "/v1/uploads", {"filename": name, "contentType": content_type, "size": size})


def call(method, url, body=None, headers=None):
    """A request by itself, with a JSON body and answer."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json", **(headers or {})}, method=method)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            text = answer.read()
    except urllib.error.HTTPError as error:
        raise RuntimeError(f"{method} {url}: {error.code} {error.read().decode(errors='replace')}") from error
    return json.loads(text) if text else None


def put(url, data, headers):
    """Sends bytes to a presigned URL."""
    request = urllib.request.Request(url, data, {"content-type": "application/octet-stream", **headers}, method="PUT")
    with urllib.request.urlopen(request, timeout=120) as answer:
        return answer.headers["etag"]


def put_file(system, key, file):
    """Puts a file of any size into storage, whole."""
    run("curl", "--silent", "--show-error", "--fail", "--upload-file", file, system.presign("PUT", key))
