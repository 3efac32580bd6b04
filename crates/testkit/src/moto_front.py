"""A moto server with what moto lacks in front of it: service-specific credentials.

Speaks IAM's query protocol as the API reference has it; everything else goes to moto.
"""

import sys
from io import BytesIO
from urllib.parse import parse_qsl

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

moto = DomainDispatcherApplication(create_backend_app)
# By user: id, service, status.
credentials = {}


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
    return None


def application(environ, start_response):
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length) if length else b""
    environ["wsgi.input"] = BytesIO(body)
    if environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
        text = own(dict(parse_qsl(body.decode())))
        if text is not None:
            start_response("200 OK", [("Content-Type", "text/xml")])
            return [text.encode()]
    return moto(environ, start_response)


run_simple("127.0.0.1", int(sys.argv[1]), application, threaded=True)
