//! How long something took: on one thread, the time that it was on a core, so that what else the machine does is not counted; on
//! several, the time on the wall.

use rayon::ThreadPool;
use std::hint::black_box;
use std::time::Instant;

/// What a run took, in milliseconds. Where the system does not tell the time on a core (only Linux does), the time on the wall.
pub fn once<T: Send>(pool: &ThreadPool, run: impl Fn() -> T + Sync) -> f64 {
    pool.install(|| {
        let (begun, on_core) = (Instant::now(), on_core());
        black_box(run());
        match (pool.current_num_threads(), on_core, self::on_core()) {
            (1, Some(before), Some(after)) => (after - before) as f64 / 1e6,
            _ => begun.elapsed().as_secs_f64() * 1000.0,
        }
    })
}

/// Nanoseconds that this thread has been on a core.
fn on_core() -> Option<u64> {
    std::fs::read_to_string("/proc/thread-self/schedstat").ok()?.split(' ').next()?.parse().ok()
}
