"""What a test wants to go wrong, and what was asked, for every call that passes.

A fault is {operation, region, path, status, code, message, headers, body, times, after}; without a region it is
everywhere, without times for ever, with after only once so many calls went well; of S3 it is where the path has that part. The first that fits answers.
"""

import json
import re

faults = []
asked = []


def operation(environ, form):
    """Name and region of a call: from the target or the form, and from what it was signed for."""
    signed = re.search(r"Credential=[^/]*/\d*/([^/]*)/", environ.get("HTTP_AUTHORIZATION", ""))
    target = environ.get("HTTP_X_AMZ_TARGET", "").rpartition(".")[2]
    if is_s3(environ) and environ["REQUEST_METHOD"] == "GET":
        is_list = "list-type=2" in environ.get("QUERY_STRING", "")
        target = "s3:ListObjectsV2" if is_list else "s3:GetObject"
    return target or form.get("Action"), signed.group(1) if signed else None


def is_s3(environ):
    return "/s3/aws4_request" in environ.get("HTTP_AUTHORIZATION", "")


def fault(name, region, path=""):
    for one in faults:
        fits = one["operation"] == name and one.get("region") in (None, region) and one.get("path", "") in path
        if fits and one.get("after", 0) > 0:
            one["after"] -= 1
        elif fits and one.get("times") != 0:
            if "times" in one:
                one["times"] -= 1
            return one
    return None


def refusal(environ, status, code, message):
    """An error as the call's protocol writes it: headers and body."""
    if "HTTP_X_AMZ_TARGET" in environ:
        body = json.dumps({"__type": code, "message": message})
        return f"{status} Refused", [("Content-Type", "application/x-amz-json-1.1")], body
    inner = f"<Code>{code}</Code><Message>{message}</Message>"
    if is_s3(environ):
        return f"{status} Refused", [("Content-Type", "application/xml")], f"<Error>{inner}</Error>"
    body = f"<ErrorResponse><Error>{inner}</Error><RequestId>front</RequestId></ErrorResponse>"
    if "ec2" in environ.get("HTTP_AUTHORIZATION", ""):
        body = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>front</RequestID></Response>"
    return f"{status} Refused", [("Content-Type", "text/xml")], body
