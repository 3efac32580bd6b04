//! Containment. Planning cannot write; a change needs an approved plan; what was done can be undone.
