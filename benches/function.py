"""The whole function `process-metadata`, as Lambda runs it: from the start of its process to the end of one event.

A stand-in for Lambda's Runtime API (2018-06-01) hands it one SQS event. The record that the event is about is taken out
of the table and put in again as `uploaded`: the rule of the local system wants an asset that was something else before,
so that its own poller gets no message and leaves the asset to the process that is measured.
"""

import json
import os
import re
import subprocess
import threading
import time
import urllib.parse
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from common import MIB, PROJECT, eventually, median, peak_rss, say, thread_cpu_seconds
from local import BUCKET, KEY_ID, REGION, TABLE, System, put, put_file
from report import Row, Table, amount

RUNS = 7
# The queue's batch size in template.yaml.
BATCH = 5
MEMORY_MB = 1769
# As long as the film.
LIMITS = {"MAX_VIDEO_DURATION_SECONDS": str(4 * 3600)}


def measure(programs, photo, film):
    say("process-metadata under the Runtime API")
    with System(programs.local, dict(os.environ), MAX_ACTIVE_UPLOADS=1000) as system:
        user = system.user("bench")
        runs = [processed(programs, system, user, [upload(system, user, photo)]) for _ in range(RUNS)]
        batch = processed(programs, system, user, [upload(system, user, photo) for _ in range(BATCH)])
        film_upload = upload(system, user, film)
        films = [processed(programs, system, user, [film_upload]) for _ in range(RUNS)]
    found, of_film = medians(runs), medians(films)
    table = Table("process-metadata, the whole function, one event in a new process", ["what", "measured"])
    table.add("start of the process to the first `next`", f"{found['init_ms']:.0f} ms")
    table.add("… CPU until then", f"{found['init_cpu_ms']:.0f} ms")
    table.add("event to its answer (get, inspect, three puts, two writes)", f"{found['event_ms']:.0f} ms")
    table.add("… CPU", f"{found['event_cpu_ms']:.0f} ms")
    table.add("resident at the first `next`", f"{found['init_rss'] / MIB:.1f} MiB")
    # The limit holds for every run, not for the usual one.
    peak = max(one["rss"] for one in runs)
    table.add("peak resident", f"{peak / MIB:.1f} MiB")
    table.add(f"a batch of {BATCH} such messages: event to its answer", f"{batch['event_ms']:.0f} ms")
    table.add("… CPU", f"{batch['event_cpu_ms']:.0f} ms")
    table.add("… peak resident", f"{batch['rss'] / MIB:.1f} MiB")
    size = amount(film.stat().st_size)
    table.add(f"an MP4 of {size}: event to its answer", f"{of_film['event_ms']:.0f} ms")
    table.add("… CPU", f"{of_film['event_cpu_ms']:.1f} ms")
    film_peak = max(one["rss"] for one in films)
    table.add("… peak resident", f"{film_peak / MIB:.1f} MiB")
    table.add("… read from storage", f"{of_film['reads']:.0f} requests, {amount(of_film['read_bytes'])}")
    return table, peak_row("12-megapixel JPEG", max(peak, batch["rss"])), peak_row(f"{size} MP4", film_peak)


def medians(runs):
    return {key: median([one[key] for one in runs]) for key in runs[0]}


def peak_row(what, peak):
    return Row(f"{what}, peak RSS of the whole function", f"{peak / MIB:.1f} MiB", "", "", "", "≤ 64 MiB",
               peak <= 64 * MIB)


def processed(programs, system, user, uploads):
    """Has a new process work on one event with a message about each upload, and gives what was measured."""
    event = json.dumps({"Records": [message(system, item) for item in uploads]}).encode()
    system.local("DELETE", "requests")
    measured = Invocation(programs.process_metadata, variables(system), event).measured
    log = system.local("GET", "requests")["requests"]
    reads = [one for one in log if (one["by"], one["operation"]) == ("process-metadata", "GetObject")]
    for item in uploads:
        asset = user.ask("GET", f"/v1/assets/{item['pk']['S'].partition('#')[2]}")
        is_complete = asset["metadata"].get("durationSeconds") if asset["type"] == "video" else len(asset["variants"]) == 2
        if asset["status"] != "ready" or not is_complete:
            raise RuntimeError(f"the function left the asset as {asset}")
    return measured | {"reads": len(reads), "read_bytes": sum(one["bytesOut"] for one in reads)}


def upload(system, user, file):
    """Uploads a file behind the API's back as far as its record goes, and gives that as one that is `uploaded`.

    What would come in parts is put at once where the parts' bytes would be served from.
    """
    content_type = {".jpg": "image/jpeg", ".mp4": "video/mp4"}[file.suffix]
    begun = user.begin(file.name, content_type, file.stat().st_size)
    if begun["strategy"] == "single":
        put(begun["url"], file.read_bytes(), begun["headers"])
    else:
        put_file(system, urllib.parse.urlsplit(begun["parts"][0]["url"]).path.removeprefix(f"/{BUCKET}/"), file)
    item = system.ask_table("GetItem", Key=primary_key(begun["assetId"]), ConsistentRead=True)["Item"]
    version = int(item["version"]["N"]) + 1
    item |= {"status": {"S": "uploaded"}, "version": {"N": str(version)}}
    for due in ("due_at", "due_shard"):
        item.pop(due)
    return item


def message(system, item):
    """Puts the record of an upload into the table, behind the rule's back, and gives SQS's message about it."""
    key = {name: item[name] for name in ("pk", "sk")}
    system.ask_table("DeleteItem", Key=key)
    system.ask_table("PutItem", Item=item)
    body = {"version": "0", "id": str(uuid.uuid4()), "detail-type": "asset", "source": "quayside",
            "detail": {"eventName": "MODIFY", "dynamodb": {"Keys": key, "NewImage": item}}}
    return {"messageId": str(uuid.uuid4()), "receiptHandle": "bench", "body": json.dumps(body),
            "attributes": {"ApproximateReceiveCount": "1"}, "messageAttributes": {}, "eventSource": "aws:sqs",
            "eventSourceARN": f"arn:aws:sqs:{REGION}:000000000000:uploaded", "awsRegion": REGION}


def primary_key(asset):
    return {"pk": {"S": f"ASSET#{asset}"}, "sk": {"S": "ASSET"}}


def variables(system):
    """The function's environment: the template's, and where the local system is."""
    template = (PROJECT / "template.yaml").read_text()
    values = dict(re.findall(r'^ +([A-Z][A-Z0-9_]+): "?([\w-]+)"?$', template, re.MULTILINE))
    return values | LIMITS | {
        "PROCESSING_ATTEMPTS": "5", "TABLE_NAME": TABLE, "AWS_ENDPOINT_URL_DYNAMODB": system.table,
        "S3_ENDPOINT": system.storage, "S3_REGION": REGION, "S3_BUCKET": BUCKET, "S3_KEY_ID": KEY_ID,
        "S3_APPLICATION_KEY": system.secrets["functionsKey"],
        # What Lambda itself gives every function.
        "AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": KEY_ID, "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_LAMBDA_FUNCTION_NAME": "process-metadata", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(MEMORY_MB), "AWS_LAMBDA_LOG_GROUP_NAME": "bench",
        "AWS_LAMBDA_LOG_STREAM_NAME": "bench",
    }


class RuntimeApi(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        # A function that is killed breaks its connections off; anything worse shows in that it gives no answer.
        pass


class Invocation:
    """Runs a function's program for one event, and measures it at its first `next` and at its answer."""

    def __init__(self, program, environment, event):
        self.event = event
        self.request = str(uuid.uuid4())
        self.measured = {}
        self.begun = threading.Event()
        self.ended = threading.Event()
        self.stopped = threading.Event()
        self.answer = None
        server = RuntimeApi(("127.0.0.1", 0), self.handler())
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        api = {"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{server.server_port}"}
        self.started = time.perf_counter()
        self.process = subprocess.Popen([program], env={**environment, **api}, stdout=subprocess.DEVNULL)
        try:
            def ended():
                if self.process.poll() is not None:
                    raise RuntimeError(f"{program} ended with {self.process.returncode}")
                return True if self.ended.is_set() else None
            eventually("the function has answered", ended)
        finally:
            self.process.kill()
            self.process.wait()
            self.stopped.set()
            server.shutdown()
            server.server_close()
        if json.loads(self.answer) != {"batchItemFailures": []}:
            raise RuntimeError(f"the function answered {self.answer}")

    def next(self):
        now = time.perf_counter()
        pid = self.process.pid
        self.measured = {"init_ms": (now - self.started) * 1000, "init_cpu_ms": thread_cpu_seconds(pid) * 1000,
                         "init_rss": peak_rss(pid)}
        self.handed_out = time.perf_counter()

    def responded(self, answer):
        now = time.perf_counter()
        pid = self.process.pid
        cpu = thread_cpu_seconds(pid) * 1000
        self.measured |= {"event_ms": (now - self.handed_out) * 1000,
                          "event_cpu_ms": cpu - self.measured["init_cpu_ms"], "rss": peak_rss(pid)}
        self.answer = answer
        self.ended.set()

    def handler(invocation):
        """Lambda's Runtime API for one event; the `next` after it waits for ever, as it does for a function at rest."""
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                if invocation.begun.is_set():
                    invocation.stopped.wait()
                    return
                invocation.begun.set()
                invocation.next()
                payload = invocation.event
                self.send_response(200)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(payload)))
                self.send_header("lambda-runtime-aws-request-id", invocation.request)
                self.send_header("lambda-runtime-deadline-ms", str(int((time.time() + 120) * 1000)))
                arn = f"arn:aws:lambda:{REGION}:000000000000:function:process-metadata"
                self.send_header("lambda-runtime-invoked-function-arn", arn)
                self.end_headers()
                self.wfile.write(payload)

            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                invocation.responded(body if self.path.endswith("/response") else b'"' + self.path.encode() + b'"')
                self.send_response(202)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        return Handler
