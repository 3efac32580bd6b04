"""Credentials that work and stop working as they do at AWS, a while after each change of IAM: the calls
that a selftest makes with its throw-away credentials (DescribeRegions, GetSessionToken, AssumeRole).

Inline policies with the conditions that containment writes, trust policies, inactive keys. What moto
lacks of it: inactive keys still work there, and a denial of older sessions denies new ones too.
"""

import json
import re
import threading
import time
import uuid
from datetime import datetime, timezone
from fnmatch import fnmatchcase

import front_faults
from moto.iam.models import iam_backends

ACCOUNT = "123456789012"
CALLS = {
    "DescribeRegions": "ec2:DescribeRegions",
    "GetSessionToken": "sts:GetSessionToken",
    "AssumeRole": "sts:AssumeRole",
}
LASTS = 3600

# Seconds that a change takes; none where credentials are not held to anything. From the first call of
# `deaf_from` on nothing that is changed arrives any more.
settings = {"seconds": None, "deaf_from": None}
# What IAM held, each with the moment from which it did.
states = []
# By key id: whose session, since when.
sessions = {}
secrets = set()
lock = threading.Lock()


def begin(told):
    settings.update(told)
    note(None)


def note(name):
    """Keeps what IAM holds after a call."""
    if name is not None and name == settings["deaf_from"]:
        settings["is_deaf"] = True
    if settings["seconds"] is None or settings.get("is_deaf"):
        return
    backend = iam_backends[ACCOUNT]["aws"]
    with lock:
        users, roles = {}, {}
        for user in list(backend.users.values()):
            secrets.update(key.secret_access_key for key in user.access_keys)
            keys = {key.access_key_id: key.status for key in user.access_keys}
            policies = [json.loads(text) for text in user.policies.values()]
            users[user.name] = {"arn": user.arn, "id": user.id, "keys": keys, "policies": policies}
        for role in list(backend.roles.values()):
            policies = [json.loads(text) for text in role.policies.values()]
            trust = json.loads(role.assume_role_policy_document)
            roles[role.name] = {"arn": role.arn, "id": role.id, "trust": trust, "policies": policies}
        states.append((time.time(), {"users": users, "roles": roles}))


def state():
    """What IAM held when its changes have just arrived here."""
    seen = time.time() - settings["seconds"]
    with lock:
        return next((held for at, held in reversed(states) if at <= seen), {"users": {}, "roles": {}})


def caller(key, held):
    """Policies and context of whoever signed; none where the credentials are not taken."""
    if key in sessions:
        session = sessions[key]
        principal = held[session["kind"]].get(session["name"])
        if principal is None:
            return None
        context = {**session["context"], "aws:PrincipalArn": principal["arn"]}
        return principal["policies"], context
    for user in held["users"].values():
        if user["keys"].get(key) == "Active":
            return user["policies"], {"aws:PrincipalArn": user["arn"], "aws:userid": user["id"]}
    return None


def as_list(value):
    return value if isinstance(value, list) else [value]


def moment(text):
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp()


def holds(statement, context):
    """Whether the conditions of a statement hold; a key that the context lacks makes them not."""
    for operator, keys in statement.get("Condition", {}).items():
        for name, wanted in keys.items():
            if name not in context:
                return False
            if operator == "DateLessThan":
                if not context[name] < moment(wanted):
                    return False
            elif operator in ("StringEquals", "ArnEquals"):
                if context[name] not in as_list(wanted):
                    return False
            else:
                raise ValueError(f"no test needs {operator} yet")
    return True


def decides(policies, action, resource, context):
    """Deny, Allow, or none where no statement fits."""
    effects = set()
    for policy in policies:
        for statement in as_list(policy["Statement"]):
            actions = any(fnmatchcase(action.lower(), one.lower()) for one in as_list(statement["Action"]))
            resources = any(fnmatchcase(resource, one) for one in as_list(statement.get("Resource", "*")))
            if actions and resources and holds(statement, context):
                effects.add(statement["Effect"])
    return "Deny" if "Deny" in effects else "Allow" if "Allow" in effects else None


def answer(environ, form, name, result):
    """The answer to such a call; none where it is moto's. `result` writes that of DescribeRegions."""
    signed = re.search(r"Credential=([^/]*)/", environ.get("HTTP_AUTHORIZATION", ""))
    key = signed.group(1) if signed else ""
    if settings["seconds"] is None or name not in CALLS or not (key.startswith("AKIA") or key in sessions):
        return None
    held, is_ec2 = state(), name == "DescribeRegions"
    who = caller(key, held)
    if who is None:
        return refused(environ, 401 if is_ec2 else 403, "AuthFailure" if is_ec2 else "InvalidClientTokenId")
    policies, context = who
    denied = "UnauthorizedOperation" if is_ec2 else "AccessDenied"
    if name == "GetSessionToken":
        return issued(name, "users", context["aws:PrincipalArn"].rpartition("/")[2], context["aws:userid"], "")
    resource = form.get("RoleArn", "*")
    if decides(policies, CALLS[name], resource, context) != "Allow":
        return refused(environ, 403, denied)
    if is_ec2:
        return "200 OK", headers(), result
    role = held["roles"].get(resource.rpartition("/")[2])
    if role is None or decides([role["trust"]], CALLS[name], "*", context) != "Allow":
        return refused(environ, 403, denied)
    session = form["RoleSessionName"]
    name_of_role = resource.rpartition("/")[2]
    arn = f"arn:aws:sts::{ACCOUNT}:assumed-role/{name_of_role}/{session}"
    user_id = f"{role['id']}:{session}"
    inner = f"<AssumedRoleUser><Arn>{arn}</Arn><AssumedRoleId>{user_id}</AssumedRoleId></AssumedRoleUser>"
    return issued(name, "roles", name_of_role, user_id, inner)


def headers():
    return [("Content-Type", "text/xml"), ("x-amzn-RequestId", str(uuid.uuid4()))]


def refused(environ, status, code):
    status, _, body = front_faults.refusal(environ, status, code, "not taken here")
    return status, headers(), body


def issued(action, kind, name, user_id, inner):
    key, secret, token = (f"{begin}{uuid.uuid4().hex.upper()}" for begin in ("ASIA", "SECRET", "TOKEN"))
    key = key[:20]
    now = time.time()
    sessions[key] = {
        "kind": kind,
        "name": name,
        "context": {"aws:userid": user_id, "aws:TokenIssueTime": int(now)},
    }
    secrets.update([secret, token])
    ends = datetime.fromtimestamp(now + LASTS, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = (
        f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result><Credentials>'
        f"<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>"
        f"<SessionToken>{token}</SessionToken><Expiration>{ends}</Expiration></Credentials>{inner}"
        f"</{action}Result></{action}Response>"
    )
    return "200 OK", headers(), body
