"""AWS's clock, as far from the caller's as a test wants, and what AWS refuses because of it.

A request must reach AWS within five minutes of the time it was signed for (IAM User Guide, "Signature Version 4 for
API requests"); S3 allows fifteen. Each protocol has its own code for what does not.
"""

import time
from datetime import datetime, timezone
from email.utils import formatdate

ahead = 0


def put_ahead(seconds):
    global ahead
    ahead = seconds


def date():
    return formatdate(time.time() + ahead, usegmt=True)


def refusal(environ):
    """Status, code and message of a request that was signed for another time; none for others."""
    signed = environ.get("HTTP_X_AMZ_DATE")
    if not signed:
        return None
    at = datetime.strptime(signed, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc).timestamp()
    off = abs(time.time() + ahead - at)
    service = environ.get("HTTP_AUTHORIZATION", "").partition("/aws4_request")[0].rpartition("/")[2]
    if off <= (900 if service == "s3" else 300):
        return None
    if service == "s3":
        return 403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."
    if service == "ec2":
        return 400, "RequestExpired", "Request has expired."
    if "HTTP_X_AMZ_TARGET" in environ:
        return 400, "InvalidSignatureException", "Signature expired."
    return 403, "SignatureDoesNotMatch", "Signature expired."
