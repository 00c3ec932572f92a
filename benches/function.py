"""The whole function `process-metadata`, as Lambda runs it: from the start of its process to the end of one event.

It is handed one SQS event about a record that becomes `uploaded` without an event of the table's, which alone starts work:
so the system's own poller leaves it to the process that is measured.
"""

import json
import os
import urllib.parse

import runtime
from common import MIB, median, say
from local import BUCKET, System, put, put_file
from report import Row, Table, amount

RUNS = 7
# The queue's batch size in template.yaml.
BATCH = 5
MEMORY_MB = 1769
# As long as the film.
LIMITS = {"MAX_VIDEO_DURATION_SECONDS": 4 * 3600}


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
    environment = runtime.variables(system, "process-metadata", MEMORY_MB, **LIMITS)
    measured = runtime.worked(programs.process_metadata, environment, event)
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
    content_type = {".jpg": "image/jpeg", ".mp4": "video/mp4", ".pdf": "application/pdf"}[file.suffix]
    begun = user.begin(file.name, content_type, file.stat().st_size)
    if begun["strategy"] == "single":
        put(begun["url"], file.read_bytes(), begun["headers"])
    else:
        put_file(system, urllib.parse.urlsplit(begun["parts"][0]["url"]).path.removeprefix(f"/{BUCKET}/"), file)
    item = system.ask_table("GetItem", Key=primary_key(begun["assetId"]), ConsistentRead=True)["Item"]
    item = in_status(item, "uploaded")
    for due in ("due_at", "due_shard"):
        item.pop(due)
    return item


def message(system, item):
    """Puts the record of an upload into the table, and gives SQS's message about it."""
    system.ask_table("PutItem", Item=item)
    return runtime.message("asset.uploaded", item)


def in_status(item, status):
    """The record as it would be had it entered another status."""
    facet = f"{item['kind']['S']}#{status}#{item['owner']['S']}"
    counted = {name: {"N": str(int(item[name]["N"]) + 1)} for name in ("stage", "version")}
    return item | counted | {"status": {"S": status}, "owner_facet": {"S": facet}}


def primary_key(asset):
    return {"pk": {"S": f"ASSET#{asset}"}, "sk": {"S": "ASSET"}}
