"""CloudTrail's LookupEvents over records that a test hands in, as the API reference has it.

A page holds at most 50 events, newest first; one attribute at a time; 90 days back; management events
only; two requests a second for each region (a bucket of two that fills at two a second).
"""

import base64
import json
import time
from datetime import datetime, timezone

TARGET = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents"
DAYS = 90
PAGE = 50
PER_SECOND = 2.0

records = []
# By region: tokens left, and when that was.
buckets = {}


class Refused(Exception):
    """Status 400 with an error code of AWS."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def seconds(record):
    moment = datetime.strptime(record["eventTime"], "%Y-%m-%dT%H:%M:%SZ")
    return int(moment.replace(tzinfo=timezone.utc).timestamp())


def add(given):
    """Takes records; a time that is a number is so many seconds before now."""
    for record in given:
        if isinstance(record["eventTime"], (int, float)):
            moment = datetime.fromtimestamp(int(time.time()) - record["eventTime"], timezone.utc)
            record["eventTime"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        records.append(record)


def throttle(region):
    left, since = buckets.get(region, (PER_SECOND, time.monotonic()))
    now = time.monotonic()
    left = min(PER_SECOND, left + (now - since) * PER_SECOND)
    # A request that is refused takes nothing.
    buckets[region] = (left - 1 if left >= 1 else left, now)
    if left < 1:
        raise Refused("ThrottlingException", "Rate exceeded")


def username(record):
    identity = record.get("userIdentity", {})
    session = identity.get("arn", "").rpartition("/")[2]
    return identity.get("userName") or ("root" if identity.get("type") == "Root" else session)


def has(record, key, value):
    """Whether a record has the attribute."""
    resources = [one.get("ARN") for one in record.get("resources", [])]
    named = [text for text in (record.get("requestParameters") or {}).values() if isinstance(text, str)]
    return value in {
        "EventId": [record.get("eventID")],
        "EventName": [record["eventName"]],
        "ReadOnly": [str(record.get("readOnly")).lower()],
        "Username": [username(record)],
        "ResourceName": resources + named,
        "ResourceType": [one.get("type") for one in record.get("resources", [])],
        "EventSource": [record["eventSource"]],
        "AccessKeyId": [record.get("userIdentity", {}).get("accessKeyId")],
    }[key]


def event(record):
    identity = record.get("userIdentity", {})
    out = {
        "EventId": record.get("eventID"),
        "EventName": record["eventName"],
        "ReadOnly": str(record.get("readOnly", False)).lower(),
        "AccessKeyId": identity.get("accessKeyId"),
        "EventTime": float(seconds(record)),
        "EventSource": record["eventSource"],
        "Username": username(record),
        "Resources": [],
        "CloudTrailEvent": json.dumps(record, separators=(",", ":")),
    }
    return {name: value for name, value in out.items() if value is not None}


def wanted(request, region):
    """The records that are asked for, newest first."""
    attributes = request.get("LookupAttributes") or []
    if len(attributes) > 1:
        raise Refused("InvalidLookupAttributesException", "You can only specify one lookup attribute.")
    since = max(request.get("StartTime", 0), time.time() - DAYS * 86400)
    until = request.get("EndTime", time.time())
    if since > until:
        raise Refused("InvalidTimeRangeException", "StartTime cannot be later than EndTime.")
    found = [
        record
        for record in list(records)
        if record.get("awsRegion") == region
        and record.get("eventCategory", "Management") == "Management"
        and since <= seconds(record) <= until
        and all(has(record, one["AttributeKey"], one["AttributeValue"]) for one in attributes)
    ]
    return sorted(found, key=lambda record: (seconds(record), record.get("eventID") or ""), reverse=True)


def look_up(request, region):
    throttle(region)
    size = request.get("MaxResults", PAGE)
    if not 1 <= size <= PAGE:
        raise Refused("InvalidMaxResultsException", f"{size} is not within 1 and {PAGE}")
    asked = {name: value for name, value in sorted(request.items()) if name != "NextToken"}
    start = 0
    if "NextToken" in request:
        try:
            kept = json.loads(base64.b64decode(request["NextToken"]))
        except ValueError:
            raise Refused("InvalidNextTokenException", "Invalid token.") from None
        if kept["asked"] != asked:
            raise Refused("InvalidNextTokenException", "The token was made with other parameters.")
        start = kept["start"]
    found = wanted(request, region)
    out = {"Events": [event(record) for record in found[start : start + size]]}
    if start + size < len(found):
        token = json.dumps({"asked": asked, "start": start + size})
        out["NextToken"] = base64.b64encode(token.encode()).decode()
    return out
