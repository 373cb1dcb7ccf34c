//! Jobs of a cell that were deleted since, and the new jobs that have their names.

use std::sync::Arc;

use super::draw::mix;

/// The jobs of a cell that are no more. Jobs are numbered as they were created; their place is their number among
/// those that are there.
#[derive(Debug, Clone, Default)]
pub(super) struct Deletions {
    /// The numbers of the deleted jobs, rising.
    gone: Arc<[u64]>,
    /// The numbers of the deleted jobs whose names were used again, by the first jobs that came since, in this order.
    names: Arc<[u64]>,
    /// The number of the first job that came since.
    since: u64,
}

impl Deletions {
    /// Of the first `jobs` of a cell so many of 1,000, with their names used again where `reuses` says so.
    pub(super) fn draw(seed: u64, jobs: u64, permille: u64, reuses: bool) -> Self {
        let is_gone = |number: &u64| permille > 0 && mix(&[seed, *number, 0x0064_656c]) % 1_000 < permille;
        let gone = if permille == 0 { Arc::default() } else { (0..jobs).filter(is_gone).collect::<Arc<[u64]>>() };
        let names = if reuses { Arc::clone(&gone) } else { Arc::default() };
        Self { gone, names, since: jobs }
    }

    /// The same names, as if no job had been deleted.
    pub(super) fn undone(&self) -> Self {
        Self { gone: Arc::default(), ..self.clone() }
    }

    /// The same, with so many of 1,000 of the first `jobs` left out too.
    pub(super) fn hiding(&self, seed: u64, jobs: u64, permille: u64) -> Self {
        let is_hidden = |number: &u64| mix(&[seed, *number, 0x0068_6964]) % 1_000 < permille;
        let hidden = (0..jobs).filter(|number| is_hidden(number) || self.gone.binary_search(number).is_ok());
        Self { gone: hidden.collect(), ..self.clone() }
    }

    /// How many there are.
    pub(super) fn count(&self) -> u64 {
        u64::try_from(self.gone.len()).unwrap_or(u64::MAX)
    }

    /// The number of the job at a place.
    pub(super) fn number(&self, place: u64) -> u64 {
        // How many of the first so many deleted jobs stand before the place: as many more are before it as were deleted.
        let (mut low, mut high) = (0, self.gone.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            let before = u64::try_from(middle).unwrap_or(u64::MAX);
            if self.gone.get(middle).is_some_and(|gone| gone.saturating_sub(before) <= place) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        place.saturating_add(u64::try_from(low).unwrap_or(u64::MAX))
    }

    /// The number of the deleted job whose name a job has.
    pub(super) fn named_after(&self, number: u64) -> Option<u64> {
        self.names.get(usize::try_from(number.checked_sub(self.since)?).ok()?).copied()
    }

    /// The number of the job that has the name which was that of a number first; none when nobody has.
    pub(super) fn owner(&self, number: u64) -> Option<u64> {
        match self.names.binary_search(&number) {
            Ok(heir) => self.since.checked_add(u64::try_from(heir).ok()?),
            Err(_) => self.gone.binary_search(&number).is_err().then_some(number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_pass_over_the_deleted_jobs_and_names_go_to_the_first_new_ones() {
        let deletions = Deletions::draw(7, 1_000, 100, true);
        let gone = deletions.gone.to_vec();
        assert!((50..150).contains(&gone.len()), "{}", gone.len());
        let there = (0..1_100).filter(|number| !gone.contains(number)).collect::<Vec<_>>();
        let places = 0..1_100 - deletions.count();
        assert_eq!(places.map(|place| deletions.number(place)).collect::<Vec<_>>(), there);
        assert_eq!((deletions.named_after(1_000), deletions.named_after(999)), (Some(gone[0]), None));
        assert_eq!((deletions.owner(gone[1]), deletions.owner(there[5])), (Some(1_001), Some(there[5])));
        let unused = Deletions::draw(7, 1_000, 100, false);
        assert_eq!((unused.owner(gone[1]), unused.named_after(1_000)), (None, None));
        assert_eq!(deletions.undone().number(gone[3]), gone[3]);
    }
}
