//! The door against a real server that speaks AWS's protocols.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot run must fail loudly")]

use aws_credential_types::Credentials;
use crashcart_aws::services::cloudtrail::LookupEvents;
use crashcart_aws::services::ec2::DescribeRegions;
use crashcart_aws::services::iam::{
    GetAccessKeyLastUsed, GetUser, ListAccessKeys, ListAttachedUserPolicies, UpdateAccessKey,
};
use crashcart_aws::services::organizations::DescribeAccount;
use crashcart_aws::services::s3::{GetObject, ListObjectsV2};
use crashcart_aws::services::sts::GetCallerIdentity;
use crashcart_aws::{AwsError, Call, Came, Door, DoorOptions, Keep};
use crashcart_testkit::Moto;
use serde_json::json;

fn door(url: &str) -> Door {
    let options = DoorOptions {
        region: Some("eu-central-1".to_owned()),
        endpoint: Some(url.to_owned()),
        ..DoorOptions::default()
    };
    let door = Door::open(&options).unwrap();
    door.with_credentials(Credentials::new("test", "test", None, None, "test"))
}

#[test]
fn a_key_s_owner_is_found_and_the_key_disabled() {
    let Some(moto) = Moto::start() else { return };
    let key = moto.run(
        "iam = client('iam')\niam.create_user(UserName='build agent+1')\n\
         print(iam.create_access_key(UserName='build agent+1')['AccessKey']['AccessKeyId'])",
    );
    let door = door(&moto.url);
    let reader = door.reader();
    let caller = reader.ask(&GetCallerIdentity {}).unwrap();
    assert_eq!(caller.answer.account, "123456789012");
    assert!(String::from_utf8(caller.raw).unwrap().contains("<GetCallerIdentityResponse"));
    let used = reader.ask(&GetAccessKeyLastUsed { access_key_id: key.clone() }).unwrap();
    let owner = used.answer.user_name.unwrap();
    assert_eq!(owner, "build agent+1");
    let disable = UpdateAccessKey {
        user_name: owner.clone(),
        access_key_id: key.clone(),
        status: "Inactive".to_owned(),
    };
    door.writer().send(&disable).unwrap();
    let keys = reader.ask(&ListAccessKeys { user_name: owner }).unwrap().answer;
    let told: Vec<_> =
        keys.access_key_metadata.iter().map(|k| (&*k.access_key_id, &*k.status)).collect();
    assert_eq!(told, [(&*key, "Inactive")]);
    let asked: Vec<String> = door.asked().into_iter().map(|asked| asked.operation).collect();
    assert_eq!(
        asked,
        [
            "sts:GetCallerIdentity",
            "iam:GetAccessKeyLastUsed",
            "iam:UpdateAccessKey",
            "iam:ListAccessKeys"
        ]
    );
}

#[test]
fn all_pages_of_a_list_are_read() {
    let Some(moto) = Moto::start() else { return };
    moto.run(
        "iam = client('iam')\niam.create_user(UserName='ada')\n\
         document = json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', \
         'Action': 's3:ListAllMyBuckets', 'Resource': '*'}]})\n\
         for n in range(130):\n    \
         arn = iam.create_policy(PolicyName=f'p{n:03}', PolicyDocument=document)['Policy']['Arn']\n    \
         iam.attach_user_policy(UserName='ada', PolicyArn=arn)",
    );
    let door = door(&moto.url);
    let call = ListAttachedUserPolicies { user_name: "ada".to_owned() };
    let (pages, error) = door.reader().all("eu-central-1", &call);
    assert_eq!(error, None);
    let names: Vec<_> = pages.iter().flat_map(|page| &page.answer.attached_policies).collect();
    assert_eq!(names.len(), 130);
    assert!(pages.len() > 1, "moto gives a hundred at once");
}

#[test]
fn a_lookup_goes_on_through_throttling_and_failures_until_all_pages_are_there() {
    let Some(moto) = Moto::start() else { return };
    let event = |number: u32| {
        json!({"eventID": format!("{number:03}"), "eventTime": 600 + number, "eventName": "ListUsers",
            "eventSource": "iam.amazonaws.com", "awsRegion": "eu-west-1"})
    };
    moto.record(&(0..120).map(event).collect::<Vec<_>>());
    let lookup = |status: u16, code: &str, times: u32, region: &str| {
        json!({"operation": "LookupEvents", "status": status, "code": code, "times": times,
            "region": region})
    };
    moto.fail(lookup(503, "ServiceUnavailable", 1, "eu-west-1"));
    moto.fail(lookup(400, "ThrottlingException", 2, "eu-west-1"));
    moto.fail(lookup(400, "AccessDeniedException", 1, "eu-north-1"));
    let door = door(&moto.url);
    let call = LookupEvents { max_results: Some(50), ..LookupEvents::default() };
    let (pages, error) = door.reader().all("eu-west-1", &call);
    assert_eq!(error, None);
    let sizes: Vec<_> = pages.iter().map(|page| page.answer.events.len()).collect();
    assert_eq!(sizes, [50, 50, 20]);
    let ids = pages.iter().flat_map(|page| &page.answer.events).map(|one| one.event_id.clone());
    let expected = (0..120).map(|number| Some(format!("{number:03}")));
    assert!(ids.eq(expected), "newest first, each once");
    assert!(pages.iter().all(|page| page.request_id.is_some()));
    let (pages, error) = door.reader().all("us-east-1", &call);
    assert_eq!((pages.len(), error), (1, None), "a region has its own");
    let (_, denied) = door.reader().all("eu-north-1", &call);
    let denied = denied.unwrap();
    assert!(
        matches!(&denied, AwsError::Denied { permission, .. } if permission == "cloudtrail:LookupEvents"),
        "{denied:?}"
    );
}

#[test]
fn json_and_ec2_answers_are_read_too_and_errors_are_told_apart() {
    let Some(moto) = Moto::start() else { return };
    let door = door(&moto.url);
    let reader = door.reader();
    let regions = reader.ask(&DescribeRegions::default()).unwrap().answer.regions;
    assert!(regions.iter().any(|region| region.region_name == "eu-central-1"), "{regions:?}");
    moto.run("client('organizations').create_organization(FeatureSet='ALL')");
    let account = DescribeAccount { account_id: "123456789012".to_owned() };
    assert_eq!(reader.ask(&account).unwrap().answer.account.name, "master");
    let nobody = reader.ask(&GetUser { user_name: "nobody".to_owned() }).unwrap_err();
    assert!(matches!(nobody, AwsError::NotFound { .. }), "{nobody:?}");
    let unknown = DescribeAccount { account_id: "999999999999".to_owned() };
    let unknown = reader.ask(&unknown).unwrap_err();
    assert!(matches!(unknown, AwsError::NotFound { .. }), "{unknown:?}");
}

#[test]
fn no_server_is_no_answer_and_no_credentials_are_said() {
    let door = door("http://127.0.0.1:9");
    let error = door.reader().ask(&GetCallerIdentity {}).unwrap_err();
    assert!(matches!(error, AwsError::NoAnswer { .. }), "{error:?}");
    assert!(error.to_string().contains("sts:GetCallerIdentity"), "{error}");
}

#[test]
fn a_call_that_an_action_does_not_name_is_not_sent() {
    let Some(moto) = Moto::start() else { return };
    moto.run("client('iam').create_user(UserName='nina')");
    const CALLS: &[crashcart_aws::Operation] = &[GetCallerIdentity::OPERATION];
    let door = door(&moto.url).only(CALLS);
    door.reader().ask(&GetCallerIdentity {}).unwrap();
    let error = door.reader().ask(&GetUser { user_name: "nina".to_owned() }).unwrap_err();
    assert_eq!(error, AwsError::NotListed { operation: "iam:GetUser".to_owned() });
    let asked: Vec<String> = door.asked().into_iter().map(|asked| asked.operation).collect();
    assert_eq!(asked, ["sts:GetCallerIdentity"]);
}

/// Keeps what came, until it is full.
#[derive(Debug, Default)]
struct Shelf(std::sync::Mutex<Vec<(String, Vec<u8>)>>, usize);

impl Keep for Shelf {
    fn keep(&self, came: &Came<'_>) -> Result<(), String> {
        let mut kept = self.0.lock().unwrap();
        if kept.len() == self.1 {
            return Err("it is full".to_owned());
        }
        kept.push((format!("{} {}", came.operation.name, came.request), came.body.to_vec()));
        Ok(())
    }
}

#[test]
fn an_answer_is_handed_over_as_it_came_and_one_that_cannot_be_kept_counts_as_failed() {
    let Some(moto) = Moto::start() else { return };
    moto.run("client('iam').create_user(UserName='nina')");
    let shelf = std::sync::Arc::new(Shelf(std::sync::Mutex::default(), 1));
    let door = door(&moto.url).keeping(shelf.clone());
    let user = GetUser { user_name: "nina".to_owned() };
    let answered = door.reader().ask(&user).unwrap();
    let kept = shelf.0.lock().unwrap().clone();
    assert_eq!(kept, [("GetUser {\"UserName\":\"nina\"}".to_owned(), answered.raw)]);
    let error = door.reader().ask(&user).unwrap_err();
    assert!(matches!(&error, AwsError::NotKept { message, .. } if message == "it is full"));
}

#[test]
fn an_object_is_handed_over_only_while_it_is_the_one_that_was_listed() {
    let Some(moto) = Moto::start() else { return };
    moto.run(
        "s3 = client('s3')\ns3.create_bucket(Bucket='logs')\n\
         s3.put_object(Bucket='logs', Key='a b/+ä//%41.json', Body=b'0123456789')",
    );
    let door = door(&moto.url);
    let list = ListObjectsV2 { bucket: "logs".to_owned(), ..ListObjectsV2::default() };
    let listed = door.reader().ask(&list).unwrap().answer.contents;
    let [object] = listed.as_slice() else { panic!("{listed:?}") };
    assert_eq!((object.key.as_str(), object.size), ("a b/+ä//%41.json", 10));
    let part = GetObject {
        bucket: "logs".to_owned(),
        key: object.key.clone(),
        if_match: Some(object.etag.clone()),
        range: Some("bytes=2-4".to_owned()),
    };
    let answered = door.reader().ask(&part).unwrap();
    assert_eq!(answered.raw, b"234");
    assert_eq!(answered.answer.content_range.as_deref(), Some("bytes 2-4/10"));
    moto.run("client('s3').put_object(Bucket='logs', Key='a b/+ä//%41.json', Body=b'other bytes')");
    let replaced = door.reader().ask(&part).unwrap_err();
    assert!(
        matches!(&replaced, AwsError::Other { code, .. } if code == "PreconditionFailed"),
        "{replaced:?}"
    );
    let gone = GetObject { key: "gone".to_owned(), if_match: None, range: None, ..part };
    let gone = door.reader().ask(&gone).unwrap_err();
    assert!(matches!(gone, AwsError::NotFound { .. }), "{gone:?}");
}
