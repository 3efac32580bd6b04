//! Where addresses lie, from MaxMind DB files that the responder gives (`--geoip`): countries, and
//! networks by their operators. Nothing is asked of anybody, and what a file does not hold is
//! unknown.
//!
//! Format and fields: MaxMind DB file format specification 2.0; MaxMind developer documentation,
//! "GeoIP2 databases" (`country.iso_code`, `autonomous_system_number`).

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use crashcart_story::Place;
use maxminddb::Reader;
use serde::Deserialize;

use crate::AppError;

/// Databases, asked one after the other.
#[derive(Debug)]
pub struct Places(Vec<Reader<Vec<u8>>>);

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
        let readers: Vec<_> = paths.iter().map(|path| open(path)).collect::<Result<_, _>>()?;
        Ok((!readers.is_empty()).then_some(Self(readers)))
    }

    /// Where an address lies; none for what is no address or in no file.
    pub(crate) fn of(&self, address: &str) -> Option<Place> {
        let address: IpAddr = address.parse().ok()?;
        let mut place = Place::default();
        for reader in &self.0 {
            let entry = reader.lookup(address).ok().and_then(|found| found.decode().ok().flatten());
            let Some(Entry { country, .. }) = &entry else { continue };
            let code = country.as_ref().and_then(|country| country.iso_code.clone());
            place.country = place.country.or(code);
            place.network = place.network.or_else(|| entry.as_ref().and_then(network));
        }
        (place != Place::default()).then_some(place)
    }
}

/// `AS64496 Example Networks`
fn network(entry: &Entry) -> Option<String> {
    let number = entry.autonomous_system_number?;
    let name = entry.autonomous_system_organization.as_deref().unwrap_or_default();
    Some(format!("AS{number} {name}").trim_end().to_owned())
}

fn open(path: &Path) -> Result<Reader<Vec<u8>>, AppError> {
    let bytes = std::fs::read(path).map_err(|error| AppError::read(path, error))?;
    Reader::from_source(bytes).map_err(|error| AppError::Request {
        what: format!("{} is no MaxMind database: {error}", path.display()),
        hint: "give a .mmdb file, such as GeoLite2-Country.mmdb or GeoLite2-ASN.mmdb",
    })
}
