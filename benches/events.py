"""What each function is asked in `benches/cold.py`: an event that it has real work with, and what it must answer."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any, Callable

import fetch
import function
import runtime
from local import BUCKET, REGION, put

PDF = b"%PDF-1.4\n" + b"%" * 1015
PDF_TYPE = "application/pdf"
FILM_BYTES = 20 << 20
SUB = "bench"


@dataclass
class Ask:
    """An event, and how to check its answer and what has come of it."""
    event: Any
    check: Callable[[Any], None]

    def payload(self):
        return json.dumps(self.event).encode()


class Events:
    """Makes events about assets of a running system."""

    def __init__(self, system, source, page):
        self.system, self.source, self.page = system, source, page
        self.user = system.user(SUB)
        ready = self.uploaded()
        self.user.ask("POST", f"/v1/uploads/{ready}/complete", {})
        self.user.until_ready({"assetId": ready})
        self.ready = ready
        self.makers = {
            "complete-upload": self.complete,
            "create-assets": lambda: self.create(PDF),
            "create-assets, 4 MB": lambda: self.create(PDF + b"%" * 4_000_000),
            "describe-api": self.description,
            "fetch-url": self.fetch,
            "initiate-upload": self.initiate,
            "initiate-upload, in parts": self.initiate_in_parts,
            "manage-assets": self.get,
            "manage-webhooks": self.webhook_endpoints,
            "process-metadata": self.process,
            "receive-webhook": self.notification,
            "serve-data": self.data,
            "sweep": self.sweep,
            "track-upload": self.progress,
        }

    def of(self, name):
        """An event for a function; after a comma, another one."""
        return self.makers[name]()

    def uploaded(self):
        begun = self.user.begin("page.pdf", PDF_TYPE, len(PDF))
        put(begun["url"], PDF, begun["headers"])
        return begun["uploadId"]

    def initiate(self):
        body = {"filename": "page.pdf", "contentType": PDF_TYPE, "size": len(PDF)}
        return http("POST", "/v1/uploads", 201, self.began("single"), body)

    def initiate_in_parts(self):
        body = {"filename": "film.mp4", "contentType": "video/mp4", "size": FILM_BYTES}
        return http("POST", "/v1/uploads", 201, self.began("multipart"), body)

    def began(self, strategy):
        """The answer's URL takes the bytes, and the record is one that the API knows."""
        def check(answer):
            begun = json.loads(answer["body"])
            if strategy == "single":
                put(begun["url"], PDF, begun["headers"])
            else:
                put(begun["parts"][1]["url"], bytes(FILM_BYTES - begun["partSize"]), {})
            asset = self.user.ask("GET", f"/v1/assets/{begun['assetId']}")
            want((begun["strategy"], asset["status"]), (strategy, "awaiting_upload"), asset)
            self.user.ask("DELETE", f"/v1/uploads/{begun['uploadId']}")
        return check

    def complete(self):
        id = self.uploaded()

        def check(answer):
            want(json.loads(answer["body"])["status"], "uploaded", answer)
            self.user.until_ready({"assetId": id})
        return http("POST", f"/v1/uploads/{id}/complete", 200, check, {}, id=id)

    def progress(self):
        id = self.uploaded()

        def check(answer):
            want(json.loads(answer["body"])["bytesUploaded"], len(PDF), answer)
        return http("GET", f"/v1/uploads/{id}", 200, check, id=id)

    def create(self, page):
        def check(answer):
            self.user.until_ready({"assetId": json.loads(answer["body"])["id"]})
        return http("POST", "/v1/assets", 201, check, page, query="name=page.pdf", content_type=PDF_TYPE)

    def get(self):
        def check(answer):
            want(sorted(json.loads(answer["body"])["urls"]), ["original"], answer)
        return http("GET", f"/v1/assets/{self.ready}", 200, check, id=self.ready)

    def data(self):
        def check(answer):
            # The edge serves it: key, path and token are right.
            location = next(value for name, value in answer["headers"].items() if name.lower() == "location")
            want(self.system.fetch(location), PDF, location)
        return http("GET", f"/v1/assets/{self.ready}/data", 302, check, id=self.ready)

    def webhook_endpoints(self):
        return http("GET", "/v1/webhook-endpoints", 200, lambda _: None)

    def description(self):
        def check(answer):
            want(json.loads(answer["body"])["openapi"], "3.1.0", answer["headers"])
        return http("GET", "/v1/openapi.json", 200, check, claims=None)

    def notification(self):
        id = self.uploaded()
        event = {"eventType": "b2:ObjectCreated:Upload", "bucketName": BUCKET, "objectName": f"incoming/{SUB}/{id}",
                 "objectSize": len(PDF)}
        body = json.dumps({"events": [event]}).encode()
        digest = hmac.new(self.system.secrets["b2WebhookSecret"].encode(), body, hashlib.sha256).hexdigest()
        return http("POST", "/v1/webhooks/b2", 202, lambda _: self.user.until_ready({"assetId": id}), body.decode(),
                    headers={"x-bz-event-notification-signature": f"v1={digest}"}, claims=None)

    def process(self):
        item = function.upload(self.system, self.user, self.page)
        message = function.message(self.system, item)
        return self.queued(message, item["id"]["S"])

    def fetch(self):
        item = fetch.ingesting(self.system, self.user, self.source, "page.pdf", PDF_TYPE)
        return self.queued(runtime.message("asset.created", item), item["id"]["S"])

    def queued(self, message, id):
        def check(answer):
            want(answer, runtime.NO_FAILURES, answer)
            self.user.until_ready({"assetId": id})
        return Ask({"Records": [message]}, check)

    def sweep(self):
        # What the other events have left; then there is nothing due, as in most minutes.
        self.system.local("POST", "sweep")
        event = {"version": "0", "id": str(uuid.uuid4()), "detail-type": "Scheduled Event", "source": "aws.scheduler",
                 "account": "000000000000", "time": datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
                 "region": REGION, "resources": [], "detail": {}}
        return Ask(event, lambda answer: want(set(answer.values()), {0}, answer))


def want(found, wanted, answer):
    if found != wanted:
        raise RuntimeError(f"{wanted!r} was wanted, and {found!r} found, in {answer}")


def http(method, path, status, check, body=None, id=None, query="", content_type="application/json", headers=None,
         claims=SUB):
    """A request as an HTTP API sends it (payload format 2.0), with the claims of the token's `sub`."""
    now = datetime.now(timezone.utc)
    is_binary = isinstance(body, bytes)
    text = base64.b64encode(body).decode() if is_binary else json.dumps(body) if isinstance(body, dict) else body
    route = f"{method} {path.replace(id, '{id}') if id else path}"
    context = {
        "accountId": "000000000000", "apiId": "bench", "domainName": "api.example", "domainPrefix": "api",
        "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "192.0.2.1", "userAgent": "bench"},
        "requestId": str(uuid.uuid4()), "routeKey": route, "stage": "$default",
        "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000"), "timeEpoch": int(time.time() * 1000),
    }
    authorization = {}
    if claims:
        # The authorizer has verified the token, which comes with the event.
        verified = {"sub": claims, "iss": "https://issuer.example", "aud": "quayside"}
        context["authorizer"] = {"jwt": {"claims": verified, "scopes": None}}
        parts = [json.dumps({"alg": "RS256"}).encode(), json.dumps(verified).encode(), b"signature"]
        token = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
        authorization = {"authorization": f"Bearer {token}"}
    event = {"version": "2.0", "routeKey": route, "rawPath": path, "rawQueryString": query,
             "headers": {"host": "api.example", **authorization,
                         **({"content-type": content_type} if body is not None else {}), **(headers or {})},
             "requestContext": context, "isBase64Encoded": is_binary}
    if query:
        event["queryStringParameters"] = dict(pair.split("=") for pair in query.split("&"))
    if id:
        event["pathParameters"] = {"id": id}
    if text is not None:
        event["body"] = text

    def checked(answer):
        want(answer["statusCode"], status, answer)
        check(answer)
    return Ask(event, checked)
