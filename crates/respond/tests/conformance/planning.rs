//! Plans are data: they say everything, are frozen by their hash, and are refused for whom
//! containment would harm.

use crashcart_respond::documents::Whose;
use crashcart_respond::{
    ApprovalError, Plan, PlanError, Refusal, RoleOptions, Undo, UserOptions, plan_key, plan_role,
    plan_user, refuse_again,
};

use crate::cases::{self, in_situation, role_facts, start, user_facts};

#[test]
fn a_plan_that_was_changed_by_hand_is_refused() {
    for case in cases::all() {
        let bytes = case.plan.bytes();
        assert_eq!(Plan::parse(&bytes).unwrap(), case.plan, "{}", case.name);
        let text = String::from_utf8(bytes).unwrap();
        let spaced = text.replacen(':', ": ", 1);
        assert!(matches!(Plan::parse(spaced.as_bytes()), Err(PlanError::NotCanonical)));
        let other = text.replacen("crashcart-deny", "harmless", 1);
        let other = other.replacen("AKIAEXAMPLE1", "AKIAEXAMPLE2", 1);
        let other = other.replacen("\"deploy\"", "\"another\"", 1);
        // What still is a plan is another one.
        let approved = Plan::parse(other.as_bytes()).map(|plan| plan.approve(&case.plan.hash()));
        assert!(!matches!(approved, Ok(Ok(_))), "{}", case.name);
    }
}

#[test]
fn a_plan_that_reaches_beyond_its_target_is_refused_whatever_hash_is_approved() {
    for case in cases::all() {
        let text = String::from_utf8(case.plan.bytes()).unwrap();
        let refused = |what: &str, from: &str, to: &str| {
            let edited = text.replace(from, to);
            if edited == text {
                return;
            }
            let parsed = Plan::parse(edited.as_bytes());
            assert!(matches!(parsed, Err(PlanError::Impossible { .. })), "{} {what}", case.name);
        };
        if case.name != "sessions" {
            let mut other = case.plan.clone();
            other.target.push('x');
            assert!(Plan::parse(&other.bytes()).is_err(), "{} target", case.name);
        }
        if case.name.starts_with("user") {
            refused("another user", r#""user":"ada""#, r#""user":"bob""#);
        }
        if case.name.starts_with("role") {
            refused("another role", r#""role":"deploy""#, r#""role":"audit""#);
        }
        refused("a policy that allows", r#""Effect":"Deny""#, r#""Effect":"Allow""#);
        refused("a policy of another name", r#""name":"crashcart-"#, r#""name":"other-"#);
        refused("suspect keys given back", r#""suspect":true"#, r#""suspect":false"#);
        refused(
            "another action",
            &format!(r#""action":"{}""#, case.plan.action),
            r#""action":"x""#,
        );
        let mut other = case.plan.clone();
        for step in &mut other.steps {
            step.undo = Undo::By(Vec::new());
        }
        let parsed = Plan::parse(&other.bytes());
        assert!(matches!(parsed, Err(PlanError::Impossible { .. })), "{} undo", case.name);
    }
    // Of a key, also another one of the same owner.
    let text = String::from_utf8(cases::all().remove(0).plan.bytes()).unwrap();
    let other = text.replace(r#""id":"AKIAEXAMPLE1""#, r#""id":"AKIAEXAMPLE2""#);
    assert!(matches!(Plan::parse(other.as_bytes()), Err(PlanError::Impossible { .. })));
}

#[test]
fn only_the_beginning_of_its_own_hash_approves_a_plan() {
    let cases = cases::all();
    let (plan, other) = (&cases[0].plan, &cases[1].plan);
    let hash = plan.hash();
    assert!(plan.approve(&hash[..8]).is_ok() && plan.approve(&hash.to_uppercase()).is_ok());
    assert_eq!(plan.approve(&hash[..7]), Err(ApprovalError::TooShort));
    assert!(matches!(plan.approve(&other.hash()), Err(ApprovalError::OtherPlan { .. })));
}

#[test]
fn an_approval_covers_the_plan_and_nothing_else() {
    let case = cases::all().remove(1);
    let approved = case.approved();
    assert!(approved.covers(cases::ACCOUNT, &cases::key("AKIALATER")));
    assert!(!approved.covers("999999999999", &cases::key("AKIALATER")));
    assert!(!approved.covers(cases::ACCOUNT, &cases::password()));
    assert!(!approved.covers(cases::ACCOUNT, &cases::user_policy("work")));
}

#[test]
fn the_responder_root_and_whoever_breaks_glass_are_not_contained() {
    let user = |arn: &str| {
        let mut facts = user_facts(&start(true));
        facts.arn = arn.into();
        in_situation(|here| plan_user(&facts, UserOptions::default(), here)).unwrap_err()
    };
    assert!(matches!(user("arn:aws:iam::111122223333:root"), Refusal::Root(_)));
    assert!(matches!(user("arn:aws:iam::111122223333:user/glass"), Refusal::BreakGlass(_)));
    let role = |name: &str, path: &str| {
        let mut facts = role_facts();
        facts.arn = format!("arn:aws:iam::111122223333:role{path}{name}");
        (facts.name, facts.path) = (name.into(), path.into());
        let options = RoleOptions { whose: Whose::All, close_trust: false };
        in_situation(|here| plan_role(&facts, &options, here)).unwrap_err()
    };
    assert!(matches!(role("responder", "/"), Refusal::Yourself(_)));
    assert!(matches!(role("bridge", "/"), Refusal::Yourself(_)));
    let linked = role("AWSServiceRoleForSupport", "/aws-service-role/support.amazonaws.com/");
    assert!(matches!(linked, Refusal::ServiceLinked(_)));
    let center = role("AWSReservedSSO_Admin_0123", "/aws-reserved/sso.amazonaws.com/");
    assert!(matches!(center, Refusal::IdentityCenter(_)));
    assert!(center.next_step().contains("service control policy"));
}

#[test]
fn a_plan_is_refused_again_by_whoever_it_would_now_lock_out() {
    let arn = |kind: &str, name: &str| format!("arn:aws:iam::111122223333:{kind}/{name}");
    for case in cases::all() {
        let refused =
            |yourself: &[String], glass: &[String]| refuse_again(&case.plan, yourself, glass);
        let principals = case.plan.principals();
        let own = principals.first().unwrap().clone();
        let (kind, name) = own.rsplit(':').next().and_then(|own| own.split_once('/')).unwrap();
        for same in
            [own.clone(), arn(kind, &format!("ops/{name}")), arn(kind, &name.to_uppercase())]
        {
            let list = [arn("user", "nobody"), same];
            assert_eq!(refused(&list, &[]), Err(Refusal::Yourself(own.clone())), "{}", case.name);
            assert_eq!(refused(&[], &list), Err(Refusal::BreakGlass(own.clone())), "{}", case.name);
        }
        let others = [arn("user", "nobody"), arn("group", name)];
        assert_eq!(refused(&others, &others), Ok(()), "{}", case.name);
    }
}

#[test]
fn a_key_of_somebody_else_is_not_planned_for() {
    let facts = user_facts(&start(true));
    let refused = in_situation(|here| plan_key("AKIAOTHER", &facts, here));
    assert_eq!(refused, Err(Refusal::NoSuchKey("AKIAOTHER".into())));
}

#[test]
fn a_trust_policy_that_could_not_be_given_back_is_not_closed() {
    let mut facts = role_facts();
    facts.trust["Statement"][0]["Principal"]["AWS"] = "AIDAEXAMPLEGONE".into();
    let plan = |close_trust| {
        let options = RoleOptions { whose: Whose::All, close_trust };
        in_situation(|here| plan_role(&facts, &options, here))
    };
    assert!(matches!(plan(true), Err(Refusal::TrustNotRestorable(_))));
    assert!(plan(false).is_ok());
}

#[test]
fn what_cannot_be_undone_happens_only_with_its_own_flag() {
    for case in cases::all() {
        for step in &case.plan.steps {
            let never = matches!(step.undo, Undo::Never { .. });
            assert_eq!(never, step.flag.is_some(), "{} {}", case.name, step.name);
        }
    }
    let mut case = cases::all().remove(3);
    case.plan.steps.last_mut().unwrap().flag = None;
    let parsed = Plan::parse(&case.plan.bytes());
    assert!(matches!(parsed, Err(PlanError::Impossible { .. })));
}

#[test]
fn a_plan_says_until_when_it_denies_sessions_and_what_the_minute_ahead_costs() {
    for case in cases::all() {
        for step in case.plan.steps.iter().filter(|step| step.cut_off().is_some()) {
            let at = format!("{} {}", case.name, step.name);
            let says = |texts: &[String], what: &str| texts.iter().any(|text| text.contains(what));
            assert!(says(&step.stops, "until 60 seconds after it is put"), "{at}: {step:?}");
            assert!(says(&step.does_not_stop, "later than that"), "{at}: {step:?}");
            assert!(says(&step.risk, "in the 60 seconds after it is put"), "{at}: {step:?}");
        }
    }
}
