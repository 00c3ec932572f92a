//! A heap that ends the process where one input wants much of it, touched or not. libFuzzer itself sees only what is
//! resident, and is not told of what Rust allocates unless it is built with a sanitizer.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

/// In bytes. A budget is 512 KiB, and what is told of a file is small.
const LIMIT: usize = 4 << 20;

static HELD: AtomicUsize = AtomicUsize::new(0);
static BEFORE: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

struct Heap;

#[global_allocator]
static HEAP: Heap = Heap;

impl Heap {
    /// Whether there may be so much more.
    fn take(size: usize) -> bool {
        let held = HELD.fetch_add(size, Ordering::Relaxed).saturating_add(size);
        let of_input = held.saturating_sub(BEFORE.load(Ordering::Relaxed));
        MOST.fetch_max(of_input, Ordering::Relaxed);
        // Who tells of a panic needs more.
        of_input <= LIMIT || std::thread::panicking()
    }

    fn give(size: usize) {
        HELD.fetch_sub(size, Ordering::Relaxed);
    }
}

// SAFETY: it is the system's; none at all, for what is above the limit, is an answer that an allocator may give.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if Self::take(layout.size()) { unsafe { System.alloc(layout) } } else { std::ptr::null_mut() }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if Self::take(layout.size()) { unsafe { System.alloc_zeroed(layout) } } else { std::ptr::null_mut() }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        Self::give(layout.size());
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if !Self::take(size) {
            return std::ptr::null_mut();
        }
        Self::give(layout.size());
        unsafe { System.realloc(at, layout, size) }
    }
}

unsafe extern "C" {
    fn atexit(run: extern "C" fn()) -> i32;
}

extern "C" fn tell() {
    eprintln!("heap: {}", MOST.load(Ordering::Relaxed));
}

/// What is held now does not count for the input that comes. At the end of the process the most is told that one held.
pub(crate) fn begin() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // SAFETY: it is given a function that lives as long as the process.
        unsafe { atexit(tell) };
        MOST.store(0, Ordering::Relaxed);
    });
    BEFORE.store(HELD.load(Ordering::Relaxed), Ordering::Relaxed);
}
