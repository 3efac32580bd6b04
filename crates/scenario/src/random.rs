//! The only source of chance in this crate: SplitMix64, so that a seed gives the same bytes on
//! every machine. It must never take anything from the clock or the operating system.
//!
//! Algorithm: Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014).

/// A stream of numbers that depends on its seed alone.
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// A stream of its own for each pair of seed and number.
    pub(crate) fn seeded(seed: u64, stream: u64) -> Self {
        let mut mixed = Self(seed);
        let first = mixed.next();
        Self(first ^ stream.wrapping_mul(0xd134_2543_de82_ef95))
    }

    /// The next 64 bits.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number below `limit`; 0 when the limit is 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        let product = u128::from(self.next()) * limit as u128;
        usize::try_from(product >> 64).unwrap_or_default()
    }

    /// Seconds from 0 up to, not including, `limit`.
    pub(crate) fn seconds(&mut self, limit: u32) -> i64 {
        i64::try_from(self.below(limit as usize)).unwrap_or_default()
    }

    /// One of `choices`, which must not be empty.
    pub(crate) fn pick<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }

    /// A version 4 UUID.
    pub(crate) fn uuid(&mut self) -> Uuid {
        let bits = u128::from(self.next()) << 64 | u128::from(self.next());
        let version = bits & !(0xf << 76) | 0x4 << 76;
        Uuid(version & !(0x3 << 62) | 0x2 << 62)
    }

    /// Appends `length` characters of `alphabet`.
    pub(crate) fn push_from(&mut self, alphabet: &[u8], length: usize, out: &mut String) {
        let mut left = length;
        while left > 0 {
            let mut bits = self.next();
            for _ in 0..left.min(8) {
                let index = (bits & 0xff) as usize * alphabet.len() / 256;
                out.push(char::from(alphabet[index]));
                bits >>= 8;
            }
            left -= left.min(8);
        }
    }

    /// `length` characters of `alphabet`.
    pub(crate) fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        let mut out = String::with_capacity(length);
        self.push_from(alphabet, length, &mut out);
        out
    }
}

/// Lower-case hexadecimal digits, as in the ids of EC2 resources.
pub(crate) const HEX: &[u8; 16] = b"0123456789abcdef";
/// Letters and digits, as in the random ends of file names.
pub(crate) const ALPHANUMERIC: &[u8; 62] =
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
/// Upper-case letters and digits, as in the request ids of S3.
pub(crate) const UPPER: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// A UUID as a number; printed in the usual five groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Uuid(u128);

impl Uuid {
    /// The UUID of nothing.
    pub(crate) const NIL: Self = Self(0);

    /// Appends the 36 characters.
    pub(crate) fn push(self, out: &mut String) {
        for (index, byte) in self.0.to_be_bytes().into_iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                out.push('-');
            }
            out.push(char::from(HEX[usize::from(byte >> 4)]));
            out.push(char::from(HEX[usize::from(byte & 0xf)]));
        }
    }

    /// The lower half, to seed what hangs on this id.
    pub(crate) fn low(self) -> u64 {
        (self.0 & u128::from(u64::MAX)) as u64
    }

    /// The 36 characters.
    pub(crate) fn text(self) -> String {
        let mut out = String::with_capacity(36);
        self.push(&mut out);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_generator_is_splitmix64() {
        // The first three outputs for the seed 1234567 of the published reference program.
        let mut random = Random(1_234_567);
        let outputs = [random.next(), random.next(), random.next()];
        assert_eq!(
            outputs,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn a_uuid_has_version_four_and_the_common_variant() {
        let mut random = Random::seeded(1, 0);
        for _ in 0..100 {
            let text = random.uuid().text();
            let groups: Vec<usize> = text.split('-').map(str::len).collect();
            assert_eq!(groups, [8, 4, 4, 4, 12], "{text}");
            assert_eq!(text.chars().nth(14), Some('4'), "{text}");
            assert!(text.chars().nth(19).is_some_and(|digit| "89ab".contains(digit)), "{text}");
        }
    }

    #[test]
    fn numbers_stay_below_their_limit_and_reach_all_of_it() {
        let mut random = Random::seeded(7, 3);
        let mut seen = [0_u32; 6];
        for _ in 0..600 {
            seen[random.below(6)] += 1;
        }
        assert!(seen.iter().all(|count| (60..140).contains(count)), "{seen:?}");
        assert_eq!(random.below(0), 0);
    }
}
