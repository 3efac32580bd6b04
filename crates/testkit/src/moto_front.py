"""A moto server with what moto lacks in front of it: service-specific credentials, LookupEvents, what
`front_identity` has, the regions of an account as a test wants them, a clock that is not the caller's, and
calls that fail.

Speaks AWS's protocols as the API references have them; everything else goes to moto. Under `/front/` a
test says what it wants: POST of JSON to `records`, `faults`, `regions`, `clock` and `spread`, GET of `asked`
and `secrets`.
"""

import json
import sys
import uuid
from io import BytesIO
from urllib.parse import parse_qsl

import front_clock
import front_faults
import front_identity
import front_spread
import front_trail
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

moto = DomainDispatcherApplication(create_backend_app)
# By user: id, service, status.
credentials = {}
# Name and opt-in status of each; moto's own where a test gave none.
regions = []


def answer(action, inner):
    return (
        f'<{action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><{action}Result>{inner}'
        f"</{action}Result><ResponseMetadata><RequestId>front</RequestId></ResponseMetadata>"
        f"</{action}Response>"
    )


def one(user, credential):
    identifier, service, status = credential
    return (
        f"<UserName>{user}</UserName><ServiceSpecificCredentialId>{identifier}"
        f"</ServiceSpecificCredentialId><ServiceName>{service}</ServiceName><Status>{status}</Status>"
    )


def own(form):
    action, user = form.get("Action"), form.get("UserName")
    if action == "CreateServiceSpecificCredential":
        kept = credentials.setdefault(user, [])
        kept.append([f"ACCAEXAMPLE{len(kept):09}", form["ServiceName"], "Active"])
        return answer(action, f"<ServiceSpecificCredential>{one(user, kept[-1])}</ServiceSpecificCredential>")
    if action == "ListServiceSpecificCredentials":
        listed = "".join(f"<member>{one(user, kept)}</member>" for kept in credentials.get(user, []))
        return answer(action, f"<ServiceSpecificCredentials>{listed}</ServiceSpecificCredentials>")
    if action == "UpdateServiceSpecificCredential":
        for kept in credentials.get(user, []):
            if kept[0] == form["ServiceSpecificCredentialId"]:
                kept[2] = form["Status"]
        return answer(action, "")
    inner = front_identity.answer(form)
    return None if inner is None else answer(action, inner)


def described_regions(form):
    """EC2's DescribeRegions: without AllRegions those that are enabled."""
    every = form.get("AllRegions") == "true"
    items = "".join(
        f"<item><regionName>{name}</regionName><optInStatus>{status}</optInStatus></item>"
        for name, status in regions
        if every or status != "not-opted-in"
    )
    return f"<DescribeRegionsResponse><regionInfo>{items}</regionInfo></DescribeRegionsResponse>"


def told(path, body):
    """What a test says or asks."""
    if path == "asked":
        return json.dumps(front_faults.asked)
    if path == "secrets":
        return json.dumps(sorted(front_spread.secrets))
    take = {
        "records": front_trail.add,
        "faults": front_faults.faults.extend,
        "regions": regions.extend,
        "clock": front_clock.put_ahead,
        "spread": front_spread.begin,
    }
    take[path](json.loads(body))
    return "{}"


def form_of(environ, body):
    is_form = environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded")
    return dict(parse_qsl(body.decode())) if is_form else {}


def answered(environ, body):
    """Status, headers and body of what is answered here; none where moto answers."""
    path = environ.get("PATH_INFO", "")
    if path.startswith("/front/"):
        return "200 OK", [("Content-Type", "application/json")], told(path.removeprefix("/front/"), body)
    form = form_of(environ, body)
    name, region = front_faults.operation(environ, form)
    told_body = body.decode("utf-8", "replace")
    if front_faults.is_s3(environ):
        told_body = f"{path}?{environ.get('QUERY_STRING', '')}"
    front_faults.asked.append({"operation": name, "region": region, "body": told_body})
    refused = front_clock.refusal(environ)
    if refused:
        return front_faults.refusal(environ, *refused)
    fault = front_faults.fault(name, region, path)
    if fault:
        code, message = fault.get("code", ""), fault.get("message", "not allowed here")
        status, headers, text = front_faults.refusal(environ, fault["status"], code, message)
        return status, [*headers, *fault.get("headers", {}).items()], fault.get("body", text)
    probed = front_spread.answer(environ, form, name, described_regions(form)) if form else None
    if probed:
        return probed
    if environ.get("HTTP_X_AMZ_TARGET") == front_trail.TARGET:
        json_headers = [("Content-Type", "application/x-amz-json-1.1"), ("x-amzn-RequestId", str(uuid.uuid4()))]
        try:
            return "200 OK", json_headers, json.dumps(front_trail.look_up(json.loads(body), region))
        except front_trail.Refused as error:
            return front_faults.refusal(environ, 400, error.code, str(error))
    if name == "DescribeRegions" and regions:
        return "200 OK", [("Content-Type", "text/xml")], described_regions(form)
    text = own(form) if form else None
    return None if text is None else ("200 OK", [("Content-Type", "text/xml")], text)


def application(environ, start_response):
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = BytesIO(body)
    answer = answered(environ, body)
    if answer is None:
        answer_of_moto = moto(environ, start_response)
        front_spread.note(form_of(environ, body).get("Action"))
        return answer_of_moto
    status, headers, text = answer
    # Without it the server writes chunks, which who asks by HTTP/1.0 does not expect.
    start_response(status, [*headers, ("Content-Length", str(len(text.encode())))])
    return [text.encode()]


class Handler(WSGIRequestHandler):
    def date_time_string(self, timestamp=None):
        return front_clock.date()


server = make_server("127.0.0.1", int(sys.argv[1]), application, threaded=True, request_handler=Handler)
# Port 0 is one that is free: who started this reads which.
print(server.port, flush=True)
server.serve_forever()
