"""Most requests get ids of things that exist, and the version that a change needs: what is made up meets a 404 and nothing behind it."""

import json
import os
import random
from typing import Any

import requests
import schemathesis

# By the names of parameters and fields. What is removed is the last of them, so that the first stays for the others.
KNOWN: dict[str, list[str]] = json.loads(os.environ["DENWABAN_KNOWN"])
HEADERS: dict[str, str] = json.loads(os.environ["DENWABAN_HEADERS"])

chance = random.Random(4711)


@schemathesis.hook
def before_call(ctx: schemathesis.HookContext, case: schemathesis.Case, kwargs: dict[str, Any]) -> None:
    # A made-up path is left as it is now and then; so is one that follows from a former answer.
    if chance.random() < 0.9:
        for name in case.path_parameters or {}:
            if KNOWN.get(name):
                case.path_parameters[name] = KNOWN[name][-1 if case.method == "DELETE" else 0]
    if chance.random() < 0.7:
        with_known(case.body)
    if case.headers and "If-Match" in case.headers and chance.random() < 0.7:
        version = current(case)
        if version:
            case.headers["If-Match"] = version


def with_known(value: Any) -> None:
    """Puts ids of things that exist into a body."""
    if isinstance(value, list):
        for item in value:
            with_known(item)
    elif isinstance(value, dict):
        for name, field in value.items():
            if KNOWN.get(name) and isinstance(field, str):
                value[name] = KNOWN[name][0]
            else:
                with_known(field)


def current(case: schemathesis.Case) -> str | None:
    """The ETag of what is to be changed."""
    url = os.environ["DENWABAN_URL"] + case.formatted_path
    answer = requests.get(url, headers=HEADERS, timeout=10)
    return answer.headers.get("ETag")
