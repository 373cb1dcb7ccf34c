//! Places: how many cells are read at once. Small cells and the beginnings of all take their turn in one queue; a cell
//! that turns out to be heavy gives its place there back and waits for one among the heavy, where the one with the most
//! left goes first. So none that takes minutes holds up those that take a moment, and the longest do not begin last.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, oneshot};

/// A cell with more calls left is heavy.
pub(super) const HEAVY: u64 = 10;

/// The places of a scan.
#[derive(Debug)]
pub(super) struct Places {
    small: Arc<Semaphore>,
    /// How many cells may wait for a heavy place without holding another: each keeps what it has listed so far.
    waiting: Arc<Semaphore>,
    heavy: Arc<Heaviest>,
}

impl Places {
    /// So many for small cells, and as many for heavy ones.
    pub(super) fn new(most: usize) -> Self {
        let small = Arc::new(Semaphore::new(most));
        Self { small, waiting: Arc::new(Semaphore::new(most.div_ceil(2))), heavy: Heaviest::new(most) }
    }

    /// Waits for a place for a cell of which nothing is known yet. `account` is what its account holds while one of its
    /// cells is small. None only if the semaphore were closed, which it never is.
    pub(super) async fn sit(&self, account: Option<Arc<OwnedSemaphorePermit>>) -> Option<Seat> {
        let small = Arc::clone(&self.small).acquire_owned().await.ok()?;
        Some(Seat {
            held: Mutex::new(Held::Small { _place: small, account }),
            waiting: Arc::clone(&self.waiting),
            heavy: Arc::clone(&self.heavy),
        })
    }
}

/// The place of one cell; it is given back when it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    held: Mutex<Held>,
    waiting: Arc<Semaphore>,
    heavy: Arc<Heaviest>,
}

#[derive(Debug)]
enum Held {
    Small { _place: OwnedSemaphorePermit, account: Option<Arc<OwnedSemaphorePermit>> },
    Waiting { _place: OwnedSemaphorePermit },
    Heavy { _place: Place },
}

impl Seat {
    /// What the account holds while the cell is small; none after it turned out to be heavy.
    pub(super) fn account(&self) -> Option<Arc<OwnedSemaphorePermit>> {
        match &*self.held.lock() {
            Held::Small { account, .. } => account.clone(),
            Held::Waiting { .. } | Held::Heavy { .. } => None,
        }
    }

    /// Says that so many calls are left. When they are many, waits for a place among the heavy.
    pub(super) async fn weighs(&self, calls: u64) {
        if calls <= HEAVY || matches!(*self.held.lock(), Held::Heavy { .. }) {
            return;
        }
        match Arc::clone(&self.waiting).try_acquire_owned() {
            // The small place is given back here.
            Ok(waiting) => drop(std::mem::replace(&mut *self.held.lock(), Held::Waiting { _place: waiting })),
            // So many wait already that this one had better keep its place, and none begins behind it.
            Err(TryAcquireError::NoPermits | TryAcquireError::Closed) => {}
        }
        let place = self.heavy.take(calls).await;
        drop(std::mem::replace(&mut *self.held.lock(), Held::Heavy { _place: place }));
    }
}

/// A number of places that go to whoever has the most left, among equals to who came first.
#[derive(Debug)]
struct Heaviest {
    queue: Mutex<Queue>,
    arrivals: AtomicU64,
}

#[derive(Debug)]
struct Queue {
    free: usize,
    /// By weight, the heaviest first, and by arrival.
    waiting: BTreeMap<(Reverse<u64>, u64), oneshot::Sender<Place>>,
}

/// One of the places; it goes to the next when it is dropped.
#[derive(Debug)]
struct Place(Arc<Heaviest>);

impl Drop for Place {
    fn drop(&mut self) {
        let next = {
            let mut queue = self.0.queue.lock();
            let next = queue.waiting.pop_first();
            if next.is_none() {
                queue.free += 1;
            }
            next
        };
        if let Some((_, next)) = next {
            // Who has gone meanwhile drops what was sent, and so hands it on.
            drop(next.send(Self(Arc::clone(&self.0))));
        }
    }
}

/// Takes a waiter out of the queue that is waited for no longer.
struct Waiter<'a> {
    queue: &'a Mutex<Queue>,
    key: (Reverse<u64>, u64),
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        let gone = self.queue.lock().waiting.remove(&self.key);
        drop(gone);
    }
}

impl Heaviest {
    fn new(places: usize) -> Arc<Self> {
        let queue = Mutex::new(Queue { free: places.max(1), waiting: BTreeMap::new() });
        Arc::new(Self { queue, arrivals: AtomicU64::new(0) })
    }

    /// Waits for a place; given up by dropping the future.
    async fn take(self: &Arc<Self>, weight: u64) -> Place {
        loop {
            let (key, received) = {
                let mut queue = self.queue.lock();
                if queue.free > 0 {
                    queue.free -= 1;
                    return Place(Arc::clone(self));
                }
                let key = (Reverse(weight), self.arrivals.fetch_add(1, Ordering::Relaxed));
                let (sender, received) = oneshot::channel();
                queue.waiting.insert(key, sender);
                (key, received)
            };
            let _waiter = Waiter { queue: &self.queue, key };
            if let Ok(place) = received.await {
                return place;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::Future, pin::Pin, task::Context};

    use futures::task::noop_waker;
    use proptest::prelude::*;

    use super::*;

    type Taking = Pin<Box<dyn Future<Output = Place>>>;

    fn taking(heaviest: &Arc<Heaviest>, weight: u64) -> Taking {
        let heaviest = Arc::clone(heaviest);
        Box::pin(async move { heaviest.take(weight).await })
    }

    fn poll(taking: &mut Taking) -> Option<Place> {
        match taking.as_mut().poll(&mut Context::from_waker(&noop_waker())) {
            std::task::Poll::Ready(place) => Some(place),
            std::task::Poll::Pending => None,
        }
    }

    #[derive(Debug, Clone)]
    enum Step {
        Come(u64),
        End(usize),
        GiveUp(usize),
        /// Gives up after the place was sent to it, and before it was told.
        GiveUpLate,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            4 => (0_u64..6).prop_map(Step::Come),
            3 => (0_usize..8).prop_map(Step::End),
            1 => (0_usize..8).prop_map(Step::GiveUp),
            1 => Just(Step::GiveUpLate),
        ];
        prop::collection::vec(step, 0..80)
    }

    proptest! {
        #[test]
        fn the_heaviest_waiter_is_next_and_no_place_is_lost_or_doubled(places in 1_usize..4, steps in steps()) {
            let heaviest = Heaviest::new(places);
            let (mut waiting, mut held): (Vec<(u64, Taking)>, Vec<Place>) = (Vec::new(), Vec::new());
            for step in steps {
                match step {
                    Step::Come(weight) => {
                        let mut future = taking(&heaviest, weight);
                        match poll(&mut future) {
                            Some(place) => held.push(place),
                            None => waiting.push((weight, future)),
                        }
                    }
                    Step::End(number) if !held.is_empty() => drop(held.swap_remove(number % held.len())),
                    Step::GiveUp(number) if !waiting.is_empty() => drop(waiting.remove(number % waiting.len())),
                    Step::GiveUpLate if !held.is_empty() && !waiting.is_empty() => {
                        drop(held.pop());
                        let most = waiting.iter().map(|(weight, _)| *weight).max().unwrap();
                        let next = waiting.iter().position(|(weight, _)| *weight == most).unwrap();
                        drop(waiting.remove(next));
                    }
                    Step::End(_) | Step::GiveUp(_) | Step::GiveUpLate => {}
                }
                // The one that gets a place is the first of the heaviest.
                let most = waiting.iter().map(|(weight, _)| *weight).max();
                let mut got = Vec::new();
                let mut still = Vec::new();
                for (weight, mut future) in waiting {
                    match poll(&mut future) {
                        Some(place) => got.push((weight, place)),
                        None => still.push((weight, future)),
                    }
                }
                prop_assert!(got.len() <= 1);
                prop_assert!(got.iter().all(|(weight, _)| Some(*weight) == most));
                held.extend(got.into_iter().map(|(_, place)| place));
                waiting = still;
                prop_assert!(held.len() <= places);
                prop_assert!(waiting.is_empty() || held.len() == places, "a place is free and somebody waits");
            }
            // None starves when the others end.
            while let Some(place) = held.pop() {
                drop(place);
                let next = waiting.iter_mut().position(|(_, future)| poll(future).map(|place| held.push(place)).is_some());
                if let Some(next) = next {
                    drop(waiting.remove(next));
                }
            }
            prop_assert!(waiting.is_empty());
            let queue = heaviest.queue.lock();
            prop_assert_eq!((queue.free, queue.waiting.len()), (places, 0));
        }
    }

    #[tokio::test]
    async fn a_heavy_cell_makes_room_for_small_ones_and_for_the_next_account_unless_too_many_wait() {
        let places = Places::new(1);
        let accounts = Arc::new(Semaphore::new(1));
        let account = async || Some(Arc::new(Arc::clone(&accounts).acquire_owned().await.unwrap()));
        let first = places.sit(account().await).await.unwrap();
        first.weighs(HEAVY).await;
        assert_eq!((places.small.available_permits(), accounts.available_permits()), (0, 0), "not heavy");
        first.weighs(1_000).await;
        let second = places.sit(account().await).await.unwrap();
        let mut second_waits = Box::pin(second.weighs(500));
        assert!(futures::poll!(&mut second_waits).is_pending());
        // A third finds room, though not to wait: it keeps its place.
        let third = places.sit(account().await).await.unwrap();
        let mut third_waits = Box::pin(third.weighs(700));
        assert!(futures::poll!(&mut third_waits).is_pending());
        assert_eq!((places.small.available_permits(), accounts.available_permits()), (0, 0));
        drop(first);
        assert!(futures::poll!(&mut third_waits).is_ready(), "it has more left");
        assert!(futures::poll!(&mut second_waits).is_pending());
        assert_eq!((places.small.available_permits(), accounts.available_permits()), (1, 1));
        drop(second_waits);
        drop(third_waits);
        drop((second, third));
        assert_eq!((places.waiting.available_permits(), places.heavy.queue.lock().free), (1, 1));
    }
}
