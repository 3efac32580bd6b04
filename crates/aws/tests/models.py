"""Holds declarations (JSON on standard input) against botocore's models; prints what differs."""

import json
import sys
from urllib.parse import parse_qs, parse_qsl

import botocore.session
from botocore.serialize import create_serializer

session = botocore.session.get_session()
differences = []


def differ(*words):
    differences.append(" ".join(str(word) for word in words))


def model_of(declared):
    return session.get_service_model(declared["service"]).operation_model(declared["name"])


def check_operation(declared):
    try:
        operation = model_of(declared)
    except Exception as error:  # an operation that AWS does not have
        return differ(declared["name"], "is not in the model:", error)
    service = operation.service_model
    metadata = service.metadata
    for what, ours, theirs in [
        ("version", declared["version"], metadata["apiVersion"]),
        ("protocol", declared["protocol"], metadata["protocol"]),
        ("target", declared["target"], metadata.get("targetPrefix")),
        ("json version", "1.1" if declared["protocol"] == "json" else None, metadata.get("jsonVersion")),
        ("endpoint prefix", declared["service"], metadata["endpointPrefix"]),
        ("signing name", declared["service"], metadata.get("signingName", metadata["endpointPrefix"])),
        ("method", declared["method"], operation.http["method"]),
        ("path", path_of(declared["template"]), path_of(operation.http["requestUri"])),
    ]:
        if ours != theirs:
            differ(declared["name"], what, ours, "is", theirs, "in the model")
    check_request(declared, operation)
    for path in declared["read"]:
        check_field(declared["name"], operation.output_shape, path)
    check_pages(declared, operation)


def path_of(uri):
    return uri.split("?")[0]


def check_request(declared, operation):
    sample = {name: value for name, value in declared["sample"].items() if value is not None}
    required = set(operation.input_shape.required_members) if operation.input_shape else set()
    for missing in required - set(sample):
        differ(declared["name"], "needs", missing)
    serializer = create_serializer(operation.service_model.metadata["protocol"], include_validation=False)
    request = serializer.serialize_to_request(sample, operation)
    if declared["protocol"] == "rest-xml":
        return check_rest(declared, request)
    theirs = request["body"]
    ours = declared["body"]
    if declared["protocol"] == "json":
        theirs, ours = json.loads(theirs), json.loads(ours)
    else:
        theirs = sorted((name, str(value)) for name, value in theirs.items())
        ours = sorted(parse_qsl(ours, keep_blank_values=True))
    if theirs != ours:
        differ(declared["name"], "is sent as", ours, "not", theirs)


def check_rest(declared, request):
    """Path, query, headers and body as botocore sends them."""
    path, _, query = declared["uri"].partition("?")
    for what, ours, theirs in [
        ("path", path, path_of(request["url_path"])),
        ("query", parse_qs(query, keep_blank_values=True), query_of(request)),
        ("headers", declared["headers"], dict(request["headers"])),
        ("body", declared["body"].encode(), request["body"] or b""),
    ]:
        if ours != theirs:
            differ(declared["name"], what, ours, "is", theirs, "in the model")


def query_of(request):
    query = {name: [str(value)] for name, value in request["query_string"].items()}
    return {**parse_qs(request["url_path"].partition("?")[2]), **query}


def check_field(name, shape, path):
    """A path of names as they stand in the answer; `[]` is an item of a list."""
    whole = list(path)
    for part in path:
        if shape is None:
            return differ(name, "answers nothing, but", whole, "is read")
        if part == "[]":
            if shape.type_name != "list":
                return differ(name, whole, "is no list")
            shape = shape.member
            continue
        if shape.type_name != "structure":
            return differ(name, whole, "is within a", shape.type_name)
        members = {told_as(key, member): member for key, member in shape.members.items()}
        if part not in members:
            return differ(name, "answers no", whole)
        shape = members[part]


def told_as(key, member):
    """The name of a member in an answer: a header's in lower case."""
    name = member.serialization.get("name", key)
    return name.lower() if member.serialization.get("location") == "header" else name


def check_pages(declared, operation):
    try:
        pages = session.get_component("data_loader").load_service_model(declared["service"], "paginators-1")
    except Exception:
        pages = {"pagination": {}}
    known = pages["pagination"].get(declared["name"])
    ours = declared["pages"]
    if known is None:
        if ours is not None:
            differ(declared["name"], "has no pages in the model")
        return
    tokens = (known["input_token"], known["output_token"])
    if ours is None:
        # EC2 pages only where a page size is asked for.
        if declared["protocol"] != "ec2":
            differ(declared["name"], "has pages:", tokens)
    elif tuple(ours) != tokens:
        differ(declared["name"], "has pages by", tokens, "not", ours)


def check_endpoint(declared):
    from botocore.endpoint_provider import EndpointProvider

    loader = session.get_component("data_loader")
    rules = loader.load_service_model(declared["service"], "endpoint-rule-set-1")
    provider = EndpointProvider(rules, loader.load_data("partitions"))
    found = provider.resolve_endpoint(
        Region=declared["region"],
        UseDualStack=declared["dual_stack"],
        UseFIPS=declared["fips"],
        UseGlobalEndpoint=False,
        **({"Bucket": declared["bucket"]} if "bucket" in declared else {}),
    )
    schemes = found.properties.get("authSchemes", [])
    signed = next((scheme.get("signingRegion") for scheme in schemes), None) or declared["region"]
    if (found.url, signed) != (declared["url"], declared["signed"]):
        differ(declared["service"], declared["region"], declared["url"], declared["signed"], "is", found.url, signed)


declared = json.load(sys.stdin)
if declared == "regions":
    partitions = ["aws", "aws-cn", "aws-us-gov"]
    print(json.dumps([r for p in partitions for r in session.get_available_regions("ec2", p)]))
    sys.exit()
for operation in declared["operations"]:
    check_operation(operation)
for endpoint in declared["endpoints"]:
    check_endpoint(endpoint)
print("\n".join(differences))
