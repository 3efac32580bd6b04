//! From facts gathered in one pass over the records to what happened, who did it, what is still in
//! place, what to do first, and what the material cannot show.
//!
//! Every statement names the records that prove it. Nothing here may tell a denied or failed call
//! as done, accuse a principal because it is unknown, or call silence a proof of absence.

#![forbid(unsafe_code)]

mod actor;
mod aftermath;
mod agent;
mod aliases;
mod answers;
mod attempts;
mod blind_spots;
mod cited;
mod clean_up;
mod containment;
mod deeds;
mod deliveries;
mod denial;
mod distinct;
mod earliest;
mod facts;
mod firsts;
mod global;
mod history;
mod incidents;
mod key;
pub mod knowledge;
mod log_bucket;
mod models_run;
mod named;
mod neighbours;
mod network;
mod outsiders;
mod own;
mod pivots;
mod policy;
mod principal;
mod prune;
mod reach;
mod reasons;
mod removal;
mod same;
mod scene;
mod scope;
mod served;
mod sessions;
pub mod shell;
mod signs;
mod steps;
mod suspects;
mod takeover;
mod target;
mod touched;
mod undo;
mod usual;
mod verdict;
mod way;
mod witness;
mod words;
mod workload;
mod would_decide;

use crashcart_model::{
    Containment, Coverage, Environment, EvidenceId, Finding, FindingRead, Level, Story, Timestamp,
    Verdict,
};

pub use facts::Facts;
pub use firsts::{Place, Places};
pub use history::History;
pub use sessions::{Descendant, Keys, Lineage};

/// What a rule says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleWords {
    /// Its title.
    pub title: String,
    /// Its level.
    pub level: Level,
    /// Its first ATT&CK tactic, as `defense-evasion`.
    pub tactic: Option<String>,
    /// Its first ATT&CK technique, as `T1562.008`.
    pub technique: Option<String>,
}

/// What the responder asked about; may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pivot {
    /// Access key ids.
    pub keys: Vec<String>,
    /// ARNs, or the names at their end.
    pub principals: Vec<String>,
    /// Source addresses.
    pub addresses: Vec<String>,
    /// Instance ids.
    pub instances: Vec<String>,
    /// Buckets and other resources, by name or ARN: who touched them is told, and nobody is
    /// suspect for that.
    pub resources: Vec<String>,
    /// Accounts of a finding.
    pub accounts: Vec<String>,
    /// Regions of a finding.
    pub regions: Vec<String>,
    /// When what a finding tells of began.
    pub first: Option<Timestamp>,
    /// When it ended.
    pub last: Option<Timestamp>,
}

/// A finding of GuardDuty, Macie or Security Hub that the responder gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alert {
    /// What was made of it.
    pub read: FindingRead,
    /// What it asks about.
    pub asks: Pivot,
}

/// What is known besides the facts.
pub struct Material<'a> {
    /// What the rules found.
    pub findings: &'a [Finding],
    /// What was read.
    pub coverage: &'a Coverage,
    /// What the responder knows about the place.
    pub environment: &'a Environment,
    /// The words of a rule, by its number in this run.
    pub rules: &'a dyn Fn(u32) -> RuleWords,
    /// The name of evidence, by its number in this run.
    pub evidence: &'a dyn Fn(u32) -> EvidenceId,
    /// What the responder asked about.
    pub pivot: &'a Pivot,
    /// The findings that it was taken from: alerts that did fire.
    pub alerts: &'a [Alert],
    /// Where an address lies, where the responder gave a database.
    pub places: Option<Places<'a>>,
}

/// The telling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Is it an incident?
    pub verdict: Verdict,
    /// What happened.
    pub story: Story,
    /// What to do first.
    pub containment: Vec<Containment>,
    /// What the material cannot show.
    pub blind_spots: Vec<String>,
}

/// Tells the story. Equal facts and material give an equal telling.
pub fn tell(mut facts: Facts, material: &Material<'_>) -> Told {
    same::join(&mut facts);
    facts.bound(1);
    let firsts = firsts::firsts(&facts, material);
    let usual = usual::set_apart(&mut facts, material, &firsts);
    let scene = scene::Scene::new(&facts, (&usual, &firsts), material);
    let removals = removal::Removals::new(&scene);
    let mut profiles = suspects::profiles(&scene);
    suspects::mark_gone(&removals, &mut profiles);
    let groups = incidents::Groups::new(&scene, &profiles);
    let clean_ups = clean_up::find(&scene, &removals, &groups, &profiles);
    clean_up::spare(&scene, &clean_ups, &mut profiles);
    incidents::rank(&groups, &mut profiles);
    let scope = scope::Scope::new(&scene, &profiles);
    let kept = aftermath::kept(&scene, &scope, &removals);
    let off = undo::logging_off(&scene, &removals);
    let containment = containment::plan(&scene, &profiles, &kept, &off);
    let mut left_out = blind_spots::LeftOut::default();
    let blast_radius = reach::blast_radius(&scene, &profiles, &mut left_out);
    let known = answers::Known {
        scene: &scene,
        profiles: &profiles,
        kept: &kept,
        containment: &containment,
        radius: &blast_radius,
    };
    let answers = answers::answers(&known);
    let chains = takeover::sessions(&scene, &profiles);
    let asked = pivots::told(&scene, &mut left_out);
    let story = Story {
        suspects: profiles.iter().filter(|p| p.listed()).map(|p| p.suspect()).collect(),
        incidents: incidents::incidents(&scene, &groups, &profiles, &clean_ups),
        pivots: asked.pivots,
        asked_findings: asked.findings,
        steps: steps::steps(&scene, &scope, &mut left_out),
        persistence: left_out.cut("persistence", aftermath::persistence(&scene, &kept)),
        changes: left_out.cut("changes", aftermath::changes(&scene, &scope, &removals)),
        accessed: left_out.cut("accessed", aftermath::accessed(&scene, &scope)),
        failed: left_out.cut("failed", aftermath::failed(&scene, &scope)),
        firsts: left_out.cut("firsts", firsts::rows(&scene)),
        answers,
        blast_radius,
        sessions: chains.sessions,
        sessions_not_listed: chains.more,
    };
    Told {
        verdict: verdict::verdict(&scene, &profiles, &clean_ups),
        blind_spots: blind_spots::sentences(&scene, &profiles, &off, &left_out),
        story,
        containment,
    }
}

/// FNV-1a, 64 bits: an order that is the same on every machine (Fowler, Noll, Vo).
pub(crate) fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
