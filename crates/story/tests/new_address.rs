//! Suspects who came from one address that was new for each are one incident, whatever tools they
//! used; where somebody was at home there, or one came much later, they are not.

mod material;

use crashcart_model::Level;
use material::{Tale, event};
use serde_json::{Value, json};

const STRANGE: &str = "203.0.113.99";

fn of(who: &str, address: &str, tool: &str, time: &str, call: &str) -> Value {
    let more = json!({
        "eventTime": time,
        "eventID": format!("{who}-{time}-{call}"),
        "sourceIPAddress": address,
        "userAgent": tool,
        "requestParameters": {"name": format!("trail-{who}")},
        "userIdentity": {
            "type": "IAMUser",
            "principalId": format!("AIDAEXAMPLE{}", who.to_uppercase()),
            "arn": format!("arn:aws:iam::111122223333:user/{who}"),
            "accountId": "111122223333",
            "accessKeyId": format!("AKIAEXAMPLE{}", who.to_uppercase()),
            "userName": who
        }
    });
    event(0, call, more)
}

/// Thirty calls on six days, from an address of one's own.
fn work(who: &str, address: &str) -> Vec<Value> {
    let time = |n: usize| format!("2024-05-{:02}T10:{n:02}:00Z", 1 + n % 6);
    (0..30).map(|n| of(who, address, "Boto3/1.34", &time(n), "ecs:DescribeServices")).collect()
}

fn incidents(records: Vec<Vec<Value>>) -> usize {
    let told = Tale::of(records.concat()).rule("StopLogging", Level::Critical).tell();
    let told = told.story.incidents;
    let tied = told.iter().flat_map(|incident| &incident.because);
    let tied = tied.filter(|why| why.contains("an address that was new for both")).count();
    assert_eq!(tied, 2 - told.len(), "{told:#?}");
    told.len()
}

fn grave(who: &str, tool: &str, time: &str) -> Vec<Value> {
    vec![of(who, STRANGE, tool, time, "cloudtrail:StopLogging")]
}

#[test]
fn two_keys_from_one_address_new_to_both_within_the_hour_are_one_incident() {
    let both = || vec![work("ann", "192.0.2.10"), work("bob", "192.0.2.20")];
    let first = grave("ann", "aws-cli/2.15.0", "2024-05-20T02:00:00Z");
    let near = grave("bob", "Boto3/1.40", "2024-05-20T02:40:00Z");
    let late = grave("bob", "Boto3/1.40", "2024-05-20T09:00:00Z");
    assert_eq!(incidents([both(), vec![first.clone(), near.clone()]].concat()), 1);
    assert_eq!(incidents([both(), vec![first.clone(), late]].concat()), 2);
    // Where bob is at home, ann's coming proves nothing of bob.
    let home = vec![work("ann", "192.0.2.10"), work("bob", STRANGE), first, near];
    assert_eq!(incidents(home), 2);
}
