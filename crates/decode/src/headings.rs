//! Which field of a record a table's heading names.

/// CloudTrail's top-level names (CloudTrail User Guide, "CloudTrail record contents").
const NAMES: [&str; 29] = [
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "requestID",
    "eventID",
    "resources",
    "eventType",
    "apiVersion",
    "readOnly",
    "recipientAccountId",
    "serviceEventDetails",
    "sharedEventID",
    "vpcEndpointId",
    "managementEvent",
    "eventCategory",
    "tlsDetails",
    "sessionCredentialFromConsole",
    "addendum",
    "edgeDeviceDetails",
];

/// Names inside `userIdentity`, which Athena writes in lower case.
const INNER: [&str; 16] = [
    "type",
    "principalId",
    "arn",
    "accountId",
    "invokedBy",
    "accessKeyId",
    "userName",
    "sessionContext",
    "attributes",
    "mfaAuthenticated",
    "creationDate",
    "sessionIssuer",
    "ec2RoleDelivery",
    "webIdFederationData",
    "sourceIdentity",
    "inScopeOf",
];

/// Paths inside `userIdentity` that flattened tables have as columns.
const IDENTITY: [&str; 15] = [
    "type",
    "principalId",
    "arn",
    "accountId",
    "invokedBy",
    "accessKeyId",
    "userName",
    "sessionContext.attributes.mfaAuthenticated",
    "sessionContext.attributes.creationDate",
    "sessionContext.sessionIssuer.type",
    "sessionContext.sessionIssuer.principalId",
    "sessionContext.sessionIssuer.arn",
    "sessionContext.sessionIssuer.accountId",
    "sessionContext.sessionIssuer.userName",
    "sessionContext.sourceIdentity",
];

/// Objects with names of their own, which keep them.
const OPEN: [&str; 5] = [
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "serviceEventDetails",
    "tlsDetails",
];

/// Longest spelling of one of [`OPEN`] that is looked for, bytes.
const LONGEST: usize = 64;

/// Columns that hold a whole record as JSON text.
const WHOLE: [&str; 6] =
    ["CloudTrailEvent", "eventJson", "_raw", "@message", "message", "eventData"];

/// A field's place in a record: the names on the way to it.
pub(crate) type Path = Vec<String>;

/// A name inside `userIdentity` as CloudTrail writes it; any other as it stands.
pub(crate) fn inner_name(name: &str) -> String {
    known(&INNER, name).unwrap_or(name).to_owned()
}

/// The name of a column of whole records, as it is usually written.
pub(crate) fn whole(heading: &str) -> Option<&'static str> {
    known(&WHOLE, heading.trim())
}

/// The field that a heading names in CloudTrail's own words, in any case: `useridentity.arn`.
pub(crate) fn exact(heading: &str) -> Option<Path> {
    let mut parts = heading.trim().split('.');
    let mut path = vec![known(&NAMES, parts.next()?)?.to_owned()];
    path.extend(parts.map(inner_name));
    (!path.iter().any(String::is_empty)).then_some(path)
}

/// The field that a heading names when spaces, underscores, dashes and dots are not counted:
/// `Event name`, `source_ip_address`, `userIdentity_arn`, `requestParameters_bucketName`.
pub(crate) fn loose(heading: &str) -> Option<Path> {
    let folded = fold(heading);
    let same = |name: &&&str| fold(name) == folded;
    if let Some(name) = NAMES.iter().find(same) {
        return Some(vec![(*name).to_owned()]);
    }
    if let Some(inner) = folded.strip_prefix("useridentity") {
        let path = IDENTITY.iter().find(|path| fold(path) == inner)?;
        let parts = path.split('.').map(str::to_owned);
        return Some(std::iter::once("userIdentity".to_owned()).chain(parts).collect());
    }
    // Behind so many letters no name can begin: a heading may be as long as the line.
    let places = heading.trim().match_indices(is_separator).take_while(|(at, _)| *at <= LONGEST);
    places.into_iter().find_map(|(at, separator)| {
        let (first, rest) =
            (heading.trim().get(..at)?, heading.trim().get(at + separator.len()..)?);
        let name = OPEN.iter().find(|name| fold(name) == fold(first))?;
        let rest: Path = rest.split('.').map(|part| part.trim().to_owned()).collect();
        let whole = !rest.iter().any(String::is_empty);
        whole.then(|| std::iter::once((*name).to_owned()).chain(rest).collect())
    })
}

/// All that a field may begin with, for whoever wrote another.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    NAMES.into_iter()
}

fn known(names: &[&'static str], name: &str) -> Option<&'static str> {
    names.iter().find(|known| known.eq_ignore_ascii_case(name)).copied()
}

const fn is_separator(character: char) -> bool {
    matches!(character, ' ' | '_' | '-' | '.' | ':')
}

fn fold(text: &str) -> String {
    let letters = text.chars().filter(|character| !is_separator(*character));
    letters.map(|character| character.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_name_their_field_however_they_are_parted() {
        for (heading, field) in [
            ("Event name", "eventName"),
            ("EVENT_ID", "eventID"),
            ("source ip address", "sourceIPAddress"),
            ("Read-only", "readOnly"),
            ("userIdentity_arn", "userIdentity.arn"),
            ("User Identity: Access Key Id", "userIdentity.accessKeyId"),
            (
                "useridentity_sessioncontext_sessionissuer_username",
                "userIdentity.sessionContext.sessionIssuer.userName",
            ),
            ("requestParameters_bucketName", "requestParameters.bucketName"),
            ("request_parameters.userName", "requestParameters.userName"),
        ] {
            assert_eq!(loose(heading).map(|path| path.join(".")).as_deref(), Some(field));
        }
        for heading in ["Source IP", "User ID", "Alert", "", "requestParameters x.", "event (name)"]
        {
            assert_eq!(loose(heading), None, "{heading}");
        }
    }
}
