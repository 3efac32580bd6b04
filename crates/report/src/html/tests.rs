//! The promises of the file as a whole: its policy names its style, its colours can be read.

use base64::Engine as _;
use sha2::Digest as _;

use super::{HEAD, STYLE};

#[test]
fn the_policy_names_exactly_the_style_in_the_file() {
    let digest = sha2::Sha256::digest(STYLE.replace("\r\n", "\n").as_bytes());
    let hash = base64::engine::general_purpose::STANDARD.encode(digest);
    assert!(HEAD.contains(&format!("'sha256-{hash}'")), "put this into HEAD: sha256-{hash}");
}

/// The colours of one block of variables, by name.
fn colours(block: &str) -> std::collections::BTreeMap<&str, [f64; 3]> {
    block
        .split("--")
        .skip(1)
        .map(|variable| {
            let (name, value) = variable.split_once(": #").expect("a colour");
            let part = |at: usize| {
                let byte = u8::from_str_radix(&value[at..at + 2], 16).expect("hex");
                let share = f64::from(byte) / 255.0;
                if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
            };
            (name, [part(0), part(2), part(4)])
        })
        .collect()
}

/// Contrast as WCAG 2.2 defines it.
fn contrast(one: [f64; 3], other: [f64; 3]) -> f64 {
    let light = |[red, green, blue]: [f64; 3]| 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    let (one, other) = (light(one) + 0.05, light(other) + 0.05);
    if one > other { one / other } else { other / one }
}

#[test]
fn every_text_colour_has_contrast_aa_on_every_ground_in_light_dark_and_print() {
    let blocks: Vec<_> = STYLE.split(":root {").skip(1).collect();
    assert_eq!(blocks.len(), 3, "light, dark, print");
    for block in blocks {
        let colours = colours(block.split('}').next().expect("a block"));
        for ground in ["back", "surface"] {
            for text in ["text", "quiet", "alarm", "warning", "good", "link"] {
                let ratio = contrast(colours[text], colours[ground]);
                assert!(ratio >= 4.5, "{text} on {ground} is {ratio:.2}");
            }
        }
    }
}
