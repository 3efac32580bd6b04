"""What moto lacks of IAM's questions about a principal: when services were last used, and what its
policies would decide. Decisions are those of moto's own evaluation: no conditions, no boundary.
"""

import uuid

from moto.iam.access_control import AssumedRoleAccessKey, IAMPolicy, IAMUserAccessKey, PermissionResult

# How often each report was asked for: the first time it is not ready.
jobs = {}


def answer(form):
    """The result of a call as XML; none where moto has it."""
    action = form.get("Action")
    if action == "GenerateServiceLastAccessedDetails":
        job = str(uuid.uuid4())
        jobs[job] = 0
        return f"<JobId>{job}</JobId>"
    if action == "GetServiceLastAccessedDetails":
        jobs[form["JobId"]] += 1
        if jobs[form["JobId"]] == 1:
            return "<JobStatus>IN_PROGRESS</JobStatus><IsTruncated>false</IsTruncated>"
        used = [("Amazon S3", "s3", "2026-05-04T02:13:00Z"), ("AWS STS", "sts", "2026-05-04T02:14:00Z")]
        services = "".join(
            f"<member><ServiceName>{name}</ServiceName><ServiceNamespace>{space}</ServiceNamespace>"
            f"<LastAuthenticated>{at}</LastAuthenticated></member>"
            for name, space, at in used
        )
        services += "<member><ServiceName>EC2</ServiceName><ServiceNamespace>ec2</ServiceNamespace></member>"
        return (
            "<JobStatus>COMPLETED</JobStatus><IsTruncated>false</IsTruncated>"
            f"<ServicesLastAccessed>{services}</ServicesLastAccessed>"
        )
    if action == "SimulatePrincipalPolicy":
        return simulated(form)
    return None


def simulated(form):
    policies = [IAMPolicy(policy) for policy in policies_of(form["PolicySourceArn"])]
    resource = form.get("ResourceArns.member.1", "*")
    results, number = "", 1
    while f"ActionNames.member.{number}" in form:
        name = form[f"ActionNames.member.{number}"]
        found = {policy.is_action_permitted(name, resource) for policy in policies}
        decision = "implicitDeny"
        if PermissionResult.DENIED in found:
            decision = "explicitDeny"
        elif PermissionResult.PERMITTED in found:
            decision = "allowed"
        results += (
            f"<member><EvalActionName>{name}</EvalActionName><EvalResourceName>{resource}"
            f"</EvalResourceName><EvalDecision>{decision}</EvalDecision></member>"
        )
        number += 1
    return f"<IsTruncated>false</IsTruncated><EvaluationResults>{results}</EvaluationResults>"


def policies_of(arn):
    kind, _, name = arn.split(":")[5].partition("/")
    key = object.__new__(IAMUserAccessKey if kind == "user" else AssumedRoleAccessKey)
    key.account_id, key.partition = arn.split(":")[4], "aws"
    key._owner_user_name = key._owner_role_name = name.rsplit("/")[-1]
    return key.collect_policies()
