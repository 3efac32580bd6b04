//! Where addresses lie, from MaxMind DB files that the responder gives (`--geoip`): countries, and
//! networks by their operators. Nothing is asked of anybody, and what a file does not hold is
//! unknown.
//!
//! Format and fields: MaxMind DB file format specification 2.0; MaxMind developer documentation,
//! "GeoIP2 databases" (`country.iso_code`, `autonomous_system_number`).

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crashcart_model::{Gap, GapReason};
use crashcart_report::counted;
use crashcart_store::GivenInput;
use crashcart_story::Place;
use maxminddb::{MaxMindDbError, Reader};
use serde::Deserialize;

use crate::AppError;
use crate::given::GivenFile;

/// Databases, asked one after the other.
#[derive(Debug)]
pub struct Places(Vec<Database>);

/// One file.
#[derive(Debug)]
struct Database {
    path: String,
    /// What it was, for the manifest of a case.
    given: GivenInput,
    reader: Reader<Vec<u8>>,
    /// Addresses whose entry is damaged, each with what is wrong.
    damaged: Mutex<BTreeMap<IpAddr, String>>,
}

/// What is read of an entry.
#[derive(Deserialize)]
struct Entry {
    country: Option<Country>,
    autonomous_system_number: Option<u32>,
    autonomous_system_organization: Option<String>,
}

#[derive(Deserialize)]
struct Country {
    iso_code: Option<String>,
}

impl Places {
    /// Opens the files; none where there are none.
    ///
    /// # Errors
    /// When one cannot be read or is no such database.
    pub fn open(paths: &[PathBuf]) -> Result<Option<Self>, AppError> {
        let databases: Vec<_> = paths.iter().map(|path| open(path)).collect::<Result<_, _>>()?;
        Ok((!databases.is_empty()).then_some(Self(databases)))
    }

    /// Where an address lies; none for what is no address or in no file.
    pub(crate) fn of(&self, address: &str) -> Option<Place> {
        let address: IpAddr = address.parse().ok()?;
        let mut place = Place::default();
        for database in &self.0 {
            let entry = database.entry(address);
            let Some(Entry { country, .. }) = &entry else { continue };
            let code = country.as_ref().and_then(|country| country.iso_code.clone());
            place.country = place.country.or(code);
            place.network = place.network.or_else(|| entry.as_ref().and_then(network));
        }
        (place != Place::default()).then_some(place)
    }
}

impl Places {
    /// The files, for the manifest of a case.
    pub fn given(&self) -> impl Iterator<Item = &GivenInput> {
        self.0.iter().map(|database| &database.given)
    }

    /// What was asked for and is damaged, once for each file.
    pub(crate) fn gaps(&self) -> Vec<Gap> {
        self.0.iter().filter_map(Database::gap).collect()
    }
}

impl Database {
    fn entry(&self, address: IpAddr) -> Option<Entry> {
        match self.reader.lookup(address).and_then(|found| found.decode()) {
            Ok(entry) => entry,
            // A database of the fourth version has no address of the sixth.
            Err(MaxMindDbError::InvalidInput { .. }) => None,
            Err(error) => {
                let mut damaged = self.damaged.lock().unwrap_or_else(PoisonError::into_inner);
                damaged.insert(address, error.to_string());
                None
            }
        }
    }

    fn gap(&self) -> Option<Gap> {
        let damaged = self.damaged.lock().unwrap_or_else(PoisonError::into_inner);
        let (first, why) = damaged.first_key_value()?;
        let addresses = counted(damaged.len() as u64, "address");
        Some(Gap {
            path: self.path.clone(),
            offset: 0,
            size: None,
            reason: GapReason::Unreadable,
            detail: format!(
                "this database is damaged ({why}): what it held of {addresses} is unknown, the \
                 first {first}; get it anew"
            ),
        })
    }
}

/// `AS64496 Example Networks`
fn network(entry: &Entry) -> Option<String> {
    let number = entry.autonomous_system_number?;
    let name = entry.autonomous_system_organization.as_deref().unwrap_or_default();
    Some(format!("AS{number} {name}").trim_end().to_owned())
}

const FILE: GivenFile = GivenFile { option: "--geoip", most: 2 << 30, hint: HINT };
const HINT: &str = "give a .mmdb file, such as GeoLite2-Country.mmdb or GeoLite2-ASN.mmdb";

fn open(path: &Path) -> Result<Database, AppError> {
    let bytes = FILE.bytes(path)?;
    let given = FILE.sealed(path, &bytes);
    let reader = Reader::from_source(bytes).map_err(|error| AppError::Request {
        what: format!("{} is no MaxMind database: {error}", path.display()),
        hint: HINT,
    })?;
    Ok(Database { path: path.display().to_string(), given, reader, damaged: Mutex::default() })
}

#[cfg(test)]
mod tests {
    use crashcart_model::Environment;
    use crashcart_story::Pivot;

    use super::*;
    use crate::{Filter, Progress, Question, RuleOptions, Rules, investigate, testing};

    /// A database of whole first octets, built by the format's specification: a tree of 24-bit
    /// records, sixteen zeros, the data, and the metadata behind its marker.
    fn database(entries: &[(u8, Vec<u8>)]) -> Vec<u8> {
        let (mut nodes, mut data): (Vec<[u32; 2]>, Vec<u8>) = (vec![[0, 0]], Vec::new());
        let mut leaves = Vec::new();
        for (octet, entry) in entries {
            let mut node = 0;
            for bit in (0..8).rev() {
                let side = usize::from(octet >> bit & 1);
                if bit == 0 {
                    leaves.push((node, side, data.len()));
                } else if nodes[node][side] == 0 {
                    nodes[node][side] = u32::try_from(nodes.len()).unwrap();
                    nodes.push([0, 0]);
                    node = nodes.len() - 1;
                } else {
                    node = nodes[node][side] as usize;
                }
            }
            data.extend(entry);
        }
        let count = u32::try_from(nodes.len()).unwrap();
        nodes.iter_mut().flatten().filter(|side| **side == 0).for_each(|side| *side = count);
        for (node, side, offset) in leaves {
            nodes[node][side] = count + 16 + u32::try_from(offset).unwrap();
        }
        let mut out: Vec<u8> =
            nodes.iter().flatten().flat_map(|side| side.to_be_bytes()[1..].to_vec()).collect();
        out.extend([0; 16]);
        out.extend(data);
        out.extend(b"\xab\xcd\xefMaxMind.com");
        let number =
            |kind: u8, value: u32| [vec![kind << 5 | 4], value.to_be_bytes().to_vec()].concat();
        let short = |value: u8| vec![5 << 5 | 1, value];
        let epoch = vec![1, 2, 1];
        out.extend(map(&[
            ("node_count", number(6, count)),
            ("record_size", short(24)),
            ("ip_version", short(4)),
            ("database_type", text("Test")),
            ("languages", vec![0, 4]),
            ("binary_format_major_version", short(2)),
            ("binary_format_minor_version", short(0)),
            ("build_epoch", epoch),
            ("description", map(&[])),
        ]));
        out
    }

    fn text(text: &str) -> Vec<u8> {
        let length = u8::try_from(text.len()).unwrap();
        let head = if length < 29 { vec![2 << 5 | length] } else { vec![2 << 5 | 29, length - 29] };
        [head, text.as_bytes().to_vec()].concat()
    }

    fn map(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
        let mut out = vec![7 << 5 | u8::try_from(members.len()).unwrap()];
        for (name, value) in members {
            out.extend(text(name));
            out.extend(value);
        }
        out
    }

    #[test]
    fn countries_and_networks_of_two_files_are_told_together() {
        let country = |code: &str| map(&[("country", map(&[("iso_code", text(code))]))]);
        let network = map(&[
            ("autonomous_system_number", vec![6 << 5 | 4, 0, 0, 0xfb, 0xf0]),
            ("autonomous_system_organization", text("Example Networks")),
        ]);
        let files =
            [database(&[(192, country("NL")), (203, country("BR"))]), database(&[(203, network)])];
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> = (0..2).map(|n| folder.path().join(format!("{n}.mmdb"))).collect();
        for (path, bytes) in paths.iter().zip(&files) {
            std::fs::write(path, bytes).unwrap();
        }
        let places = Places::open(&paths).unwrap().unwrap();
        let told = |address| places.of(address).map(|place| (place.country, place.network));
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(told("192.0.2.40"), Some((some("NL"), None)));
        assert_eq!(told("203.0.113.9"), Some((some("BR"), some("AS64496 Example Networks"))));
        assert_eq!(told("198.51.100.7"), None);
        assert_eq!(told("2001:db8::1"), None);
        assert_eq!(told("ec2.amazonaws.com"), None);
        assert!(Places::open(&[]).unwrap().is_none());
        assert_eq!(places.gaps(), []);
    }

    #[test]
    fn a_database_whose_data_is_damaged_is_told_once_and_what_it_held_is_unknown() {
        let country = map(&[("country", map(&[("iso_code", text("NL"))]))]);
        let mut bytes = database(&[(192, country.clone()), (203, country)]);
        let data = bytes.windows(16).position(|window| window == [0; 16]).unwrap() + 16;
        let end = bytes.windows(3).position(|window| window == b"\xab\xcd\xef").unwrap();
        bytes.drain(data + 20..end);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("cut.mmdb");
        std::fs::write(&path, bytes).unwrap();
        let places = Places::open(std::slice::from_ref(&path)).unwrap().unwrap();
        for address in ["203.0.113.9", "192.0.2.40", "203.0.113.9", "198.51.100.7"] {
            assert_eq!(places.of(address), None);
        }
        let [gap] = &*places.gaps() else { panic!("{:?}", places.gaps()) };
        assert_eq!(
            (gap.path.as_str(), gap.reason),
            (path.to_str().unwrap(), GapReason::Unreadable)
        );
        let told = "what it held of 2 addresses is unknown, the first 192.0.2.40";
        assert!(gap.detail.contains(told), "{}", gap.detail);
        let empty = testing::folder(&[]);
        let rules = Rules::load(&RuleOptions::default()).unwrap();
        let question = Question {
            rules: &rules,
            environment: &Environment::default(),
            pivot: Pivot::default(),
            findings: Vec::new(),
            baseline: None,
            places: Some(&places),
            sealed: Vec::new(),
            version: "test",
        };
        let (listing, options) =
            (testing::listing(empty.path()), testing::options(1, Filter::default()));
        let told = investigate(&listing, &options, &Progress::default(), &question).coverage;
        assert_eq!((told.gaps.as_slice(), told.gap_count), (std::slice::from_ref(gap), 1));
    }
}
