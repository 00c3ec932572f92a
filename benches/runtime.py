"""A function as Lambda runs it: in a process of its own, by a stand-in for Lambda's Runtime API (2018-06-01)."""

import json
import re
import subprocess
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from common import PROJECT, eventually, peak_rss, thread_cpu_seconds
from local import BUCKET, KEY_ID, REGION, TABLE


# What a queue's worker answers that has failed at no message.
NO_FAILURES = {"batchItemFailures": []}
REST_SECONDS = 0.02


def message(what, item):
    """SQS's message about an event of an asset, which the bus would have sent."""
    facts = {name: item[name]["S"] for name in ("id", "owner", "kind", "status")}
    numbers = {name: item[name]["N"] for name in ("stage", "revision")}
    body = {"version": "0", "id": str(uuid.uuid4()), "detail-type": "asset", "source": "quayside",
            "detail": {"id": str(uuid.uuid4()), "what": what, "at": item["updated_at"]["S"], "by": "user:bench",
                       "asset": facts | numbers | {"project": ""}, "trace": ""}}
    return {"messageId": str(uuid.uuid4()), "receiptHandle": "bench", "body": json.dumps(body),
            "attributes": {"ApproximateReceiveCount": "1"}, "messageAttributes": {}, "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:{REGION}:000000000000:bench", "awsRegion": REGION}


def variables(system, function, memory_mb, **changed):
    """A function's environment: the template's with its parameters' defaults, and where the local system is."""
    return template_variables((PROJECT / "template.yaml").read_text(), function) | {
        "AUTH_MODE": "gateway", "METRICS_NAMESPACE": "Quayside/bench", "TABLE_NAME": TABLE,
        "AWS_ENDPOINT_URL_DYNAMODB": system.table, "AWS_ENDPOINT_URL_SECRETS_MANAGER": system.table,
        "S3_ENDPOINT": system.storage, "S3_REGION": REGION, "S3_BUCKET": BUCKET, "CDN_URL": system.edge,
        # What Lambda itself gives every function.
        "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_LAMBDA_FUNCTION_NAME": function, "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(memory_mb), "AWS_LAMBDA_LOG_GROUP_NAME": "bench",
        "AWS_LAMBDA_LOG_STREAM_NAME": "bench", "AWS_LAMBDA_LOG_FORMAT": "JSON",
    } | {name: str(value) for name, value in changed.items()}


def template_variables(template, function):
    """The variables that the template gives a function, but for those that only a deployment has."""
    parameters, _, rest = template.partition("\nParameters:\n")[2].partition("\nGlobals:\n")
    defaults = {}
    for name, block in re.findall(r"^  (\w+):\n((?:    .*\n|\n)+)", parameters, re.MULTILINE):
        if default := re.search(r"^    Default: (?:>-\n((?:      .*\n?)+)|(.*))", block, re.MULTILINE):
            defaults[name] = " ".join((default[1] or default[2]).split()).strip('"')
    of_all, _, resources = rest.partition("\nResources:\n")
    described = re.split(r"^(?=  \w+:$)", resources, flags=re.MULTILINE)
    own = [resource for resource in described if f"CodeUri: target/lambda/{function}/" in resource]
    found = {}
    for name, value in re.findall(r"^ +([A-Z][A-Z0-9_]+): (.+)$", "\n".join([of_all, *own]), re.MULTILINE):
        tag, text = re.fullmatch(r'(!Ref |!Sub |)"?(.*?)"?', value).groups()
        names = {"!Ref ": [text], "!Sub ": re.findall(r"\$\{([\w:]+)}", text), "": []}[tag]
        if all(one in defaults for one in names):
            found[name] = defaults[text] if tag == "!Ref " else re.sub(r"\$\{(\w+)}", lambda one: defaults[one[1]], text)
    return found


class RuntimeApi(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        # A function that is killed breaks its connections off; anything worse shows in that it gives no answer.
        pass


class Process:
    """Runs a function in a new process for some events, one after the other, and measures it at its first `next` and at
    each answer. `answers` are the functions' own, parsed; an error of the function's is raised."""

    def __init__(self, command, environment, events, seconds=60):
        self.events = list(events)
        self.answers = []
        self.measured = {"event_ms": []}
        self.trouble = None
        self.made = threading.Event()
        self.ended = threading.Event()
        self.stopped = threading.Event()
        server = RuntimeApi(("127.0.0.1", 0), self.handler())
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        api = {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}"}
        self.started = time.perf_counter()
        self.process = subprocess.Popen(command, env={**environment, **api}, stdout=subprocess.DEVNULL)
        self.made.set()
        try:
            def ended():
                if self.process.poll() is not None:
                    raise RuntimeError(f"{command} ended with {self.process.returncode}")
                return True if self.ended.is_set() else None
            eventually("the function has answered", ended, seconds)
        finally:
            self.process.kill()
            self.process.wait()
            self.stopped.set()
            server.shutdown()
            server.server_close()
        if self.trouble:
            raise RuntimeError(f"{command}: {self.trouble}")

    def next(self):
        """The event that is handed out now."""
        now = time.perf_counter()
        if not self.answers:
            # What starts quickly asks before `Popen` has come back.
            self.made.wait()
            pid = self.process.pid
            self.measured |= {"init_ms": (now - self.started) * 1000, "init_cpu_ms": thread_cpu_seconds(pid) * 1000,
                              "init_rss": peak_rss(pid)}
        else:
            # A function at rest, as it mostly is between two events.
            time.sleep(REST_SECONDS)
        event = self.events[len(self.answers)]
        self.handed_out = time.perf_counter()
        return event

    def responded(self, path, body):
        now = time.perf_counter()
        pid = self.process.pid
        cpu = thread_cpu_seconds(pid) * 1000
        self.measured["event_ms"].append((now - self.handed_out) * 1000)
        self.measured |= {"event_cpu_ms": cpu - self.measured["init_cpu_ms"], "rss": peak_rss(pid)}
        if path.endswith("/response"):
            self.answers.append(json.loads(body))
        else:
            self.trouble = f"{path}: {body.decode(errors='replace')}"
        if self.trouble or len(self.answers) == len(self.events):
            self.ended.set()

    def handler(process):
        """Lambda's Runtime API; the `next` after the last event waits for ever, as it does for a function at rest."""
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self):
                if len(process.answers) == len(process.events):
                    process.stopped.wait()
                    return
                payload = process.next()
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(payload)))
                self.send_header("lambda-runtime-aws-request-id", str(uuid.uuid4()))
                self.send_header("lambda-runtime-deadline-ms", str(int((time.time() + 900) * 1000)))
                arn = f"arn:aws:lambda:{REGION}:000000000000:function:bench"
                self.send_header("lambda-runtime-invoked-function-arn", arn)
                self.end_headers()
                self.wfile.write(payload)

            def do_POST(self):
                process.responded(self.path, self.rfile.read(int(self.headers["content-length"])))
                self.send_response(202)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        return Handler


def worked(program, environment, event, seconds=60):
    """What is measured of a queue's worker that is handed one event in a new process and must have no failures."""
    process = Process([program], environment, [event], seconds)
    if process.answers != [NO_FAILURES]:
        raise RuntimeError(f"the function answered {process.answers}")
    return process.measured | {"event_ms": process.measured["event_ms"][0]}
