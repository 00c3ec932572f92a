//! What the fuzz targets share: how an input is read, a heap that is small, and a stack whose end is told.

mod drive;
mod heap;
mod stack;

/// Gives an input to the reader of this name. What it should not do makes it panic.
pub fn run(target: &str, input: &[u8]) {
    stack::watch();
    heap::begin();
    drive::run(target, input);
}
