"""Holds the API's description against a running system, with what schemathesis checks. Left out are

- `unsupported_method`: to a method that no route has, an HTTP API answers 404, whatever the functions do;
- what no schema can say, each by itself in `hooks.py`: that a cursor is sealed, that of several files one may be wrong
  alone, that any bytes are a file, that in a form all is text, that a form takes no query.

CONTRACT_SEED is the seed, 1 if it is not set. What the system makes itself, ids and times, differs all the same.
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

import jsonschema_rs

HERE = Path(__file__).parent
# Limits that are an installation's own are out of the way, for the description does not know them; and no source is
# asked but below .example, where there is none (RFC 2606).
VARIABLES = {
    **{f"MAX_{kind}_MB": "10000000" for kind in ["IMAGE", "VIDEO", "AUDIO", "DOCUMENT"]},
    "QUOTA_MB": "1000000000",
    "MAX_ACTIVE_UPLOADS": "100000",
    "MAX_ACTIVE_INGESTIONS": "100000",
    "ALLOWED_SOURCES": "example",
    "SOURCE_TOTAL_SECONDS": "1",
}


def main():
    seed = os.environ.get("CONTRACT_SEED", "1")
    print(f"seed {seed}; another with CONTRACT_SEED", flush=True)
    with tempfile.TemporaryDirectory() as folder, open(Path(folder) / "log", "w") as log:
        command = [sys.argv[1], "--port", "0", "--ephemeral"]
        environment = {**os.environ, **VARIABLES, "ALLOWED_TYPES": " ".join(media_types())}
        system = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            gateway = address(system)
            check_examples(ask(f"{gateway}/v1/openapi.json"))
            people = Path(folder) / "people.yaml"
            people.write_text(json.dumps({"auth": [person(gateway, name) for name in ["ada", "bob"]]}))
            environment = {**os.environ, "CONTRACT": str(HERE), "CONTRACT_PEOPLE": str(people)}
            command = ["st", "--config-file", str(HERE / "schemathesis.toml"), "run", f"{gateway}/v1/openapi.json"]
            sys.exit(subprocess.run([*command, "--seed", seed], env=environment, cwd=folder).returncode)
        finally:
            system.terminate()
            system.wait()


def address(system):
    """The gateway's address, once all of the system answers."""
    gateway = None
    for line in system.stdout:
        if line.startswith("gateway"):
            gateway = line.split()[-1]
        if line.strip() == "ready":
            return gateway
    sys.exit("cargo local did not start")


def ask(url, body=None):
    request = urllib.request.Request(url, body and json.dumps(body).encode())
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def person(gateway, name):
    token = ask(f"{gateway}/_local/token", {"sub": name, "expiresIn": 86400})["token"]
    return {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}


def media_types():
    """Every type that the description knows."""
    document = json.loads((HERE / "../../functions/describe-api/openapi.json").read_text())
    return document["components"]["schemas"]["MediaType"]["enum"]


def check_examples(document):
    """Every example, of a request or an answer, is what its schema allows."""
    checked = 0
    for path, item in document["paths"].items():
        for method, operation in item.items():
            bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
            for content in (content for body in bodies for content in body.get("content", {}).values()):
                schema = {"allOf": [content["schema"]], "components": document["components"]}
                validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
                examples = [example["value"] for example in content.get("examples", {}).values()]
                examples += [content["example"]] if "example" in content else []
                for example in examples:
                    for error in validator.iter_errors(example):
                        sys.exit(f"{method} {path}: an example is not what its schema allows: {error}")
                    checked += 1
    print(f"{checked} examples are what their schemas allow", flush=True)


main()
