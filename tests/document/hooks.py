"""What schemathesis must be told of this API: a format, a media type, and a check of its own."""

import json

import schemathesis
from hypothesis import strategies as st
from schemathesis.checks import CheckContext
from schemathesis.transport.serialization import Binary

# What no schema can say, and the server therefore says of a body of the right shape: by flaw, and where it can be.
BEYOND_SCHEMAS = {
    "duplicate_commodity": ("/commodity",),
    "same_party": ("/to",),
    "out_of_range": ("/plannedArrival", "/clear", "/criticalAfterSeconds"),
}

# At most 256 bytes of UTF-8, which a schema can only count in characters.
schemathesis.openapi.format(
    "text",
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60),
)


@schemathesis.serializer("application/x-ndjson")
def lines(ctx, value):
    """Lines as they are."""
    text = value if isinstance(value, str) else json.dumps(value)
    return text.encode("utf-8", "surrogatepass")


@schemathesis.check
def shape_is_not_refused(ctx: CheckContext, response, case):
    """What the schema allows is refused for the state of things alone, never for its shape."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code != 422:
        return
    problem = response.json()
    if problem["code"] != "invalid_request":
        return
    for fault in problem["errors"]:
        places = BEYOND_SCHEMAS.get(fault["code"], ())
        if not fault.get("pointer", "").endswith(places or ("no place",)):
            raise AssertionError(f"the schema allows what the server refuses: {fault}")
