//! How long something took: on one thread, the time that it was on a core, so that what else the machine does is not counted; on
//! several, the time on the wall.

use cpu_time::ThreadTime;
use rayon::ThreadPool;
use std::hint::black_box;
use std::time::Instant;

/// What a run took, in milliseconds.
pub fn once<T: Send>(pool: &ThreadPool, run: impl Fn() -> T + Sync) -> f64 {
    pool.install(|| {
        let (begun, on_core) = (Instant::now(), ThreadTime::now());
        black_box(run());
        let took = if pool.current_num_threads() == 1 { on_core.elapsed() } else { begun.elapsed() };
        took.as_secs_f64() * 1000.0
    })
}
