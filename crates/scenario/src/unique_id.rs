//! Makes AWS unique ids (`AKIA...`, `AROA...`) that carry an account number: the inverse of
//! `crashcart_model::UniqueId`. It must never make an id that decodes to another account.

use crashcart_model::AccountId;

use crate::random::Random;

/// The alphabet of RFC 4648 base32, which the ids are written in.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// An id with a four-letter prefix: 20 characters for keys, 21 for users and roles.
///
/// The first 48 bits after the prefix are a set top bit, 40 bits of account number and 7 bits of
/// chance; everything after them is chance.
pub(crate) fn unique_id(prefix: &str, account: &AccountId, random: &mut Random) -> String {
    let number = account.as_str().bytes().fold(0_u64, |sum, digit| {
        sum.wrapping_mul(10).wrapping_add(u64::from(digit.wrapping_sub(b'0')))
    });
    let first = 1 << 47 | number << 7 | random.next() & 0x7f;
    let bits = first << 2 | random.next() & 0x3;
    let mut id = String::with_capacity(21);
    id.push_str(prefix);
    for index in (0..10).rev() {
        id.push(char::from(BASE32[(bits >> (5 * index) & 0x1f) as usize]));
    }
    let length = if matches!(prefix, "AIDA" | "AROA") { 7 } else { 6 };
    random.push_from(BASE32, length, &mut id);
    id
}

#[cfg(test)]
mod tests {
    use super::*;
    use crashcart_model::UniqueId;

    #[test]
    fn every_id_tells_the_account_it_was_made_for() {
        let mut random = Random::seeded(9, 0);
        for number in ["111122223333", "000000000001", "999999999999", "029608264753"] {
            let account = AccountId::parse(number).unwrap();
            for (prefix, length) in [("AKIA", 20), ("ASIA", 20), ("AIDA", 21), ("AROA", 21)] {
                let id = unique_id(prefix, &account, &mut random);
                assert_eq!(id.len(), length, "{id}");
                let decoded = UniqueId::parse(&id).and_then(|id| id.account);
                assert_eq!(decoded.as_ref(), Some(&account), "{id}");
            }
        }
    }
}
