"""What schemathesis is told beside the description."""

import re

import schemathesis

# Half of all ids.
UNKNOWN_PROJECT = re.compile("^[0-9a-f-]{35}[0-7]$")


def without_project(values):
    """There is no project to name, so that every request which names one is refused; half of them name none."""
    if isinstance(values, dict) and UNKNOWN_PROJECT.match(str(values.get("projectId"))):
        return {name: value for name, value in values.items() if name != "projectId"}
    return values


@schemathesis.hook
def map_body(context, body):
    return without_project(body)


@schemathesis.hook
def map_query(context, query):
    return without_project(query)
