//! Cutting facts down to their caps: a choice that each part of the material makes alike. It must
//! never depend on the order of reading.

use std::hash::Hash;

use crate::facts::{Item, Map};
use crate::fnv;
use crate::key::Parts;

/// Keeps the `cap` entries whose keys come first by a hash: a choice that each part of the
/// material makes alike, so that the counts of what is kept stay exact.
pub(crate) fn prune_by<K: Hash + Eq, V>(map: &mut Map<K, V>, cap: usize, hash: impl Fn(&K) -> u64) {
    let mut order: Vec<u64> = map.keys().map(&hash).collect();
    order.sort_unstable();
    if let Some(limit) = order.get(cap) {
        map.retain(|key, _| hash(key) < *limit);
    }
}

/// A place in the order in which items are kept: the dearest kinds of calls first, then by hash.
pub(crate) type Place = (u8, u64);

/// Where an item stands in that order. One call made in several ways stands in one place: it
/// stays or goes as a whole, and counts as one.
pub(crate) fn place(key: &[u8]) -> Place {
    let rank = Parts::read(key).map_or(u8::MAX, |parts| parts.rank());
    (rank, fnv(Parts::without_way(key)))
}

/// The same for items. Returns the first place that is not kept: as more items come it only moves
/// forward, so what stands there or behind need not be taken in any more.
pub(crate) fn prune_items(items: &mut Map<Vec<u8>, Item>, cap: usize) -> Option<Place> {
    let mut all: Vec<Place> = items.keys().map(|key| place(key)).collect();
    all.sort_unstable();
    all.dedup();
    let limit = all.get(cap).copied()?;
    items.retain(|key, _| place(key) < limit);
    Some(limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::way::Way;
    use crashcart_model::Outcome;

    /// A key of a change (`dear`) or of a call that only looks.
    fn key(number: usize, dear: bool, address: &str) -> Vec<u8> {
        let name = if dear { "CreateUser" } else { "ListUsers" };
        let thing = number.to_string();
        let mut key = Vec::new();
        let parts = Parts {
            actor: "a",
            account: "",
            region: "",
            service: "iam",
            name,
            variant: "",
            thing: &thing,
            owner: "",
            detail: "",
            error: "",
            outcome: Outcome::Done,
            automation: false,
            read_only: !dear,
            way: Way { address, ..Way::default() },
        };
        parts.write(&mut key);
        key
    }

    /// Counts keys as `observe` does, cutting down whenever there are twice too many.
    fn count(keys: impl Iterator<Item = Vec<u8>>, cap: usize) -> Map<Vec<u8>, Item> {
        let mut items: Map<Vec<u8>, Item> = Map::default();
        for key in keys {
            items.entry_ref(key.as_slice()).or_default().count += 1;
            if items.len() > 2 * cap {
                prune_items(&mut items, cap);
            }
        }
        items
    }

    #[test]
    fn too_many_items_are_cut_alike_in_any_order_and_counts_of_what_stays_are_exact() {
        let way = |n: usize| if n.is_multiple_of(2) { "198.51.100.7" } else { "192.0.2.40" };
        let keys: Vec<Vec<u8>> =
            (0..1800).map(|n| key((n * 7) % 300, n % 300 < 20, way(n / 300))).collect();
        let cut = |keys: &[Vec<u8>], backwards: bool| {
            let mut items = if backwards {
                count(keys.iter().rev().cloned(), 40)
            } else {
                count(keys.iter().cloned(), 40)
            };
            prune_items(&mut items, 40);
            let mut kept: Vec<(Vec<u8>, u64)> =
                items.into_iter().map(|(key, item)| (key, item.count)).collect();
            kept.sort();
            kept
        };
        let kept = cut(&keys, false);
        assert_eq!(kept, cut(&keys, true));
        assert_eq!(kept.len(), 80, "forty calls, each made in two ways");
        assert!(kept.iter().all(|(_, count)| *count == 3), "{kept:?}");
        let dear = |key: &[u8]| Parts::read(key).is_some_and(|parts| parts.name == "CreateUser");
        assert_eq!(kept.iter().filter(|(key, _)| dear(key)).count(), 40, "every change stays");
    }
}
