//! An investigation as one HTML file that stands alone: no scripts, nothing fetched, a content
//! security policy that allows only its own style; readable on a phone and on paper.
//!
//! Must never load anything, and never hold anything that is not in the investigation: equal
//! investigations give equal bytes.

mod case;
mod coverage;
mod findings;
mod firsts;
mod incidents;
mod markup;
mod story;

use std::io;

use crashcart_model::Investigation;

use crate::Writer;
use crate::citations::Citations;
use markup::Markup;

/// The style, the only thing that the policy allows.
const STYLE: &str = include_str!("style.css");

/// What stands before the style. The policy names the style by its SHA-256; a test holds it.
const HEAD: &str = concat!(
    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n",
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ",
    "style-src 'sha256-zH+hmum3AXcrvyDXmiBb+Uuktdb+Z1XjVlz4rEWv3Zc='; ",
    "base-uri 'none'; form-action 'none'\">\n",
    "<meta name=\"referrer\" content=\"no-referrer\">\n",
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n",
    "<title>crashcart: investigation</title>\n<style>",
);

/// One self-contained HTML file; times in UTC.
#[derive(Debug, Clone, Copy, Default)]
pub struct Html;

impl Writer for Html {
    fn write(&self, investigation: &Investigation, out: &mut dyn io::Write) -> io::Result<()> {
        let mut markup = Markup::new(out, Citations::new(&investigation.coverage));
        let story = &investigation.story;
        markup.literal(HEAD)?;
        markup.literal(STYLE)?;
        markup.literal("</style>\n</head>\n<body>\n")?;
        markup.header(investigation)?;
        markup.literal("\n<main>")?;
        markup.pivots(story)?;
        markup.incidents(story)?;
        markup.suspects(story)?;
        markup.cut_off(&investigation.cut_off)?;
        markup.containment(&investigation.containment)?;
        markup.firsts(story)?;
        markup.timeline(story)?;
        markup.persistence(story)?;
        markup.changes(story)?;
        markup.accessed(story)?;
        markup.failed(story)?;
        markup.findings(&investigation.findings)?;
        markup.answers(story)?;
        markup.reach(&story.blast_radius)?;
        markup.coverage(&investigation.coverage)?;
        markup.evidence(&investigation.coverage)?;
        markup.literal("\n</main>\n")?;
        markup.footer(investigation)?;
        markup.literal("\n</body>\n</html>\n")
    }
}

#[cfg(test)]
mod tests;
