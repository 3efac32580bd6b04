//! Whether an address lies in a network of the environment's. Text that is no address or no
//! network lies in none and holds none.

use std::net::IpAddr;

use crashcart_model::Environment;

/// Whether one of the own networks holds the address.
pub(crate) fn is_own(environment: &Environment, address: &str) -> bool {
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    environment.networks.iter().any(|network| holds(network, address).unwrap_or(false))
}

fn holds(network: &str, address: IpAddr) -> Option<bool> {
    let (base, length) = network.split_once('/').map_or((network, None), |(b, l)| (b, Some(l)));
    let (base, address, width) = match (base.parse().ok()?, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => {
            (u128::from(base.to_bits()), u128::from(address.to_bits()), 32_u32)
        }
        (IpAddr::V6(base), IpAddr::V6(address)) => (base.to_bits(), address.to_bits(), 128),
        _ => return None,
    };
    let length = length.map_or(Some(width), |length| length.parse().ok())?;
    let rest = width.checked_sub(length)?;
    Some((base ^ address).checked_shr(rest).unwrap_or(0) == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_lies_in_the_networks_that_hold_it() {
        let networks = ["192.0.2.0/24", "2001:db8::/32", "office"].map(str::to_owned).to_vec();
        let environment = Environment { networks, ..Environment::default() };
        for own in ["192.0.2.0", "192.0.2.255", "2001:db8:1::7"] {
            assert!(is_own(&environment, own), "{own}");
        }
        for other in ["192.0.3.0", "2001:db9::1", "office", "", "AWS Internal"] {
            assert!(!is_own(&environment, other), "{other}");
        }
        let all = Environment { networks: vec!["0.0.0.0/0".to_owned()], ..Environment::default() };
        assert!(is_own(&all, "203.0.113.9") && !is_own(&all, "2001:db8::1"));
    }
}
