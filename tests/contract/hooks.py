"""What schemathesis is told beside the description: how its requests get further, and what is no failure."""

import re

import schemathesis
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.core.parameters import ParameterLocation
from schemathesis.openapi.checks import RejectedPositiveData, UseAfterFree

# Half of all ids.
UNKNOWN_PROJECT = re.compile("^[0-9a-f-]{35}[0-7]$")
KEY = re.compile("^[!-~]{1,255}$")
FORM = "multipart/form-data"
HOST = re.compile("(?<=://)[^/?#]*")


@schemathesis.hook
def map_case(context, case):
    # There is no project to name, so that every request which names one is refused; half of them name none.
    if is_unknown(case.query):
        case.query = without_project(case.query)
    # A changed form the tool takes for a wrong one.
    if is_unknown(case.body) and case.media_type != FORM:
        case.body = without_project(case.body)
    # A form takes no query, which no schema can say.
    if name(case) == "createAsset" and case.media_type == FORM and case.meta.generation.mode.is_positive:
        case.query = {}
    # Nobody here is a service, so that every request which names an owner is refused.
    if not case.meta.is_negative_at(ParameterLocation.HEADER):
        case.headers.pop("Quayside-Owner", None)
    # The tool has few keys for many bodies, and one that was used before, for another body, is refused.
    key = case.headers.get("Idempotency-Key")
    if isinstance(key, str) and KEY.match(key):
        case.headers["Idempotency-Key"] = (key + case.id)[-255:]
    # Which hosts are asked no schema can say, nor that an address is on the public internet.
    if name(case) == "createAssetsFromUrls" and case.meta.generation.mode.is_positive:
        body = case.body
        case.body = {"items": [at_example(file) for file in body["items"]]} if "items" in body else at_example(body)
    return case


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """Whether a failed check is a failure: not where the answer is right, and no schema can say so."""
    if isinstance(failure, RejectedPositiveData) and name(case) in ("listAssets", "getHistory"):
        # A cursor is sealed: only one that a list gave holds.
        return response.json().get("code") != "invalid_cursor"
    if isinstance(failure, RejectedPositiveData) and name(case) == "createAsset" and case.media_type == FORM:
        # Examples do not go through `map_case`.
        return response.json().get("code") != "unknown_parameter"
    if isinstance(failure, AcceptedNegativeData) and name(case) == "createAssetsFromUrls":
        # A file that cannot be taken does not refuse the others that came with it: it has its problem in the answer.
        return not any("problem" in item for item in response.json().get("items", []))
    if isinstance(failure, AcceptedNegativeData) and name(case) == "createAsset":
        return not is_file(case)
    # What is left of a deleted asset is its history.
    return not (isinstance(failure, UseAfterFree) and name(case) == "getHistory")


def name(case):
    """The operation's."""
    return case.operation.definition.raw["operationId"]


def is_unknown(values):
    """Whether they name a project, in half of all cases."""
    return isinstance(values, dict) and UNKNOWN_PROJECT.match(str(values.get("projectId")))


def without_project(values):
    return {name: value for name, value in values.items() if name != "projectId"}


def at_example(file):
    """The same at a host that may be asked."""
    return {**file, "url": HOST.sub("media.example", file["url"], count=1)}


def is_file(case):
    """Whether a `createAsset` has nothing wrong but its body, and that is a file after all."""
    if case.meta.is_negative_at(ParameterLocation.HEADER):
        return False
    if case.media_type != FORM:
        # Any bytes are a file.
        return not case.meta.is_negative_at(ParameterLocation.QUERY)
    # In a form, whatever is no text is made one by the tool, or is left out.
    return not all(is_text(value) for value in case.body.values())


def is_text(value):
    if isinstance(value, list):
        return value != [] and all(isinstance(text, str) for text in value)
    return isinstance(value, (str, bytes))
