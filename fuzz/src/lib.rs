//! What the fuzz targets run: the bodies are those of `tests/fuzz.rs`, which runs them over what was found.
//!
//! [`measured`] is what `growth` counts by: this crate may replace the allocator and read the thread's processor time.

#[path = "../../tests/tokenizer/tokens.rs"]
pub mod compare;
#[path = "../../tests/fuzz/container.rs"]
pub mod container;
#[path = "../../tests/fuzz/growth.rs"]
pub mod growth;
#[path = "../../tests/fuzz/page.rs"]
pub mod page;
#[path = "../../tests/fuzz/rules.rs"]
pub mod rules;
#[path = "../../tests/fuzz/tokens.rs"]
pub mod tokens;

use cpu_time::ThreadTime;
use growth::Cost;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// The system's allocator, which counts for each thread.
pub struct Counting;

thread_local! {
    static CALLS: Cell<u64> = const { Cell::new(0) };
    static BYTES: Cell<u64> = const { Cell::new(0) };
}

fn count(bytes: usize) {
    // A thread that ends allocates when its counters are gone.
    let _ = CALLS.try_with(|calls| calls.set(calls.get() + 1));
    let _ = BYTES.try_with(|sum| sum.set(sum.get() + bytes as u64));
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size);
        unsafe { System.realloc(place, layout, size) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Allocations, allocated bytes and milliseconds of processor time that `work` takes on this thread.
pub fn measured(work: &mut dyn FnMut()) -> Vec<Cost> {
    let (calls, bytes, begin) = (CALLS.get(), BYTES.get(), ThreadTime::now());
    work();
    let milliseconds = begin.elapsed().as_secs_f64() * 1e3;
    vec![
        Cost { amount: (CALLS.get() - calls) as f64, least: 2_000.0 },
        Cost { amount: (BYTES.get() - bytes) as f64, least: 4e6 },
        Cost { amount: milliseconds, least: 25.0 },
    ]
}
