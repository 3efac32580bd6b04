//! Whose calls the story tells: suspects, what the responder asked about, and whatever a finding
//! cites; AWS's own services and principals of the environment's lists only as the ones who
//! undid something.

use std::collections::BTreeSet;

use crashcart_model::Level;

use crate::scene::{Entry, Scene};
use crate::suspects::{Profile, known_as};

pub(crate) struct Scope<'f> {
    listed: BTreeSet<&'f str>,
    silent: BTreeSet<&'f str>,
    /// From which level on a finding brings a call of somebody else into the story.
    level: Level,
}

impl<'f> Scope<'f> {
    pub(crate) fn new(scene: &Scene<'f>, profiles: &[Profile<'f>]) -> Self {
        let listed: BTreeSet<&str> =
            profiles.iter().filter(|p| p.listed()).map(|p| p.name).collect();
        let silent = scene
            .actors()
            .into_iter()
            .map(|(name, _)| name)
            .filter(|name| {
                scene.is_service(name) || known_as(scene.material.environment, name).is_some()
            })
            .collect();
        // Where nobody is suspect, what rules merely noted is all there is to tell.
        let level = if listed.is_empty() { Level::Low } else { Level::Medium };
        Self { listed, silent, level }
    }

    /// Whether the principal is a suspect or was asked about.
    pub(crate) fn is_listed(&self, actor: &str) -> bool {
        self.listed.contains(actor)
    }

    /// Whether the principal is not told about: an AWS service, or known to the environment.
    pub(crate) fn is_silent(&self, actor: &str) -> bool {
        self.silent.contains(actor) && !self.listed.contains(actor)
    }

    pub(crate) fn tells(&self, entry: &Entry<'_>) -> bool {
        !self.is_silent(entry.parts.actor)
            && (self.is_listed(entry.parts.actor) || entry.cited(self.level))
    }
}
