//! A stack for the signal that tells of the other's end: without it the process ends before the input is written.

use std::sync::Once;
use std::{mem, ptr};

const SIZE: usize = 256 * 1024;

/// libFuzzer's own handler, on that stack.
pub(crate) fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let stack = Box::leak(vec![0_u8; SIZE].into_boxed_slice());
        let stack = libc::stack_t { ss_sp: stack.as_mut_ptr().cast(), ss_flags: 0, ss_size: SIZE };
        // SAFETY: the stack is never freed, and of the handler nothing is changed but where it runs.
        unsafe {
            libc::sigaltstack(&stack, ptr::null_mut());
            let mut action: libc::sigaction = mem::zeroed();
            libc::sigaction(libc::SIGSEGV, ptr::null(), &mut action);
            action.sa_flags |= libc::SA_ONSTACK;
            libc::sigaction(libc::SIGSEGV, &action, ptr::null_mut());
        }
    });
}
