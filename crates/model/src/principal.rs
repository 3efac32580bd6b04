//! One name for whoever made a call.

use std::borrow::Cow;

use crate::Identity;

/// The principal's name: its ARN where the record has one (for a role the session's ARN), else
/// the service that called, else the principal id, else the kind; `unknown` when nothing tells.
pub fn principal_name<'a>(identity: &Identity<'a>) -> Cow<'a, str> {
    let told = |field: Option<crate::Str<'a>>| field.filter(|text| !text.is_empty());
    if let Some(arn) = told(identity.arn) {
        return arn.text();
    }
    let kind = told(identity.kind);
    if kind.is_some_and(|kind| kind.is("AWSService"))
        && let Some(service) = told(identity.invoked_by)
    {
        return service.text();
    }
    if kind.is_some_and(|kind| kind.is("AWSAccount"))
        && identity.account.is_some_and(|account| account.is("ANONYMOUS_PRINCIPAL"))
    {
        return Cow::Borrowed("anonymous");
    }
    // Identity Center names its users by nothing else; the account is everybody's.
    if kind.is_some_and(|kind| kind.is("IdentityCenterUser"))
        && let Some(user) = told(identity.on_behalf_of)
    {
        return Cow::Owned(format!("identity-center-user/{}", user.text()));
    }
    told(identity.principal_id)
        .or_else(|| told(identity.user_name))
        .or_else(|| told(identity.invoked_by))
        .or_else(|| told(identity.account))
        .or(kind)
        .map_or(Cow::Borrowed("unknown"), crate::Str::text)
}
