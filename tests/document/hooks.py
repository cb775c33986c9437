"""What schemathesis must be told of this API: a format, a media type, and a check of its own."""

import schemathesis
from hypothesis import strategies as st

# What no schema can say, and the server therefore says of a request of the right shape: by flaw, and of what.
BEYOND_SCHEMAS = {
    # A commodity once each.
    "duplicate_commodity": ("/commodity",),
    # Payer and paid, giver and receiver.
    "same_party": ("/to",),
    # One of two against the other; light-years to the thousandth; more buckets of time than are answered.
    "out_of_range": ("/plannedArrival", "/clear", "/criticalAfterSeconds", "/x", "/y", "/z", "maxDistance", "from", "to"),
    # Parameters that ask for each other.
    "invalid_value": ("after", "id", "by", "metric"),
    "missing_field": ("id",),
}

# At most 256 bytes of UTF-8, which a schema can only count in characters.
schemathesis.openapi.format(
    "text",
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=60),
)


@schemathesis.serializer("application/x-ndjson")
def lines(ctx, value):
    """Lines as they are. What is no text cannot be sent as lines: nothing is."""
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else b""


def whole(value):
    """The same with whole numbers written as such: 2.0 is an integer to JSON Schema, and a fraction on the wire."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {name: whole(item) for name, item in value.items()}
    return [whole(item) for item in value] if isinstance(value, list) else value


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """Whole numbers are written as such. And nobody tests on with the key that they revoked, the first one."""
    if isinstance(case.body, (dict, list)):
        case.body = whole(case.body)
    if case.operation.definition.raw.get("operationId") == "revokeKey":
        try:
            is_own = int(str(case.path_parameters["keyId"])) == 0
        except (ValueError, TypeError, KeyError):
            is_own = False
        if is_own:
            case.path_parameters["keyId"] = 4_294_967_295


@schemathesis.check
def shape_is_not_refused(ctx, response, case):
    """What the schema allows is refused for the state of things alone, never for its shape."""
    if case.meta is None or not case.meta.generation.mode.is_positive or response.status_code != 422:
        return
    problem = response.json()
    if problem["code"] != "invalid_request":
        return
    for fault in problem["errors"]:
        place = fault.get("pointer") or fault.get("parameter") or fault.get("header") or ""
        if not place.endswith(BEYOND_SCHEMAS.get(fault["code"], ()) or ("no place",)):
            raise AssertionError(f"the schema allows what the server refuses: {fault}")
