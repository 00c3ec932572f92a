//! Damaged versions of a file, for tests of what readers stand.

/// Calls `read` with the file cut off at every length, and with each of its bytes replaced by several others.
pub(crate) fn cut_off_and_flipped(file: &[u8], mut read: impl FnMut(&[u8])) {
    for at in 0..file.len() {
        read(&file[..at]);
        for value in [0x00, 0x01, 0x7F, 0x80, 0xFF, file[at] ^ 0x10, file[at].wrapping_add(1)] {
            let mut damaged = file.to_vec();
            damaged[at] = value;
            read(&damaged);
        }
    }
}

/// Calls `read` some thousand times with eight bytes replaced, which ones and by what being the same in every run.
pub(crate) fn scattered(file: &[u8], mut read: impl FnMut(&[u8])) {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for _ in 0..5_000 {
        let mut damaged = file.to_vec();
        for _ in 0..8 {
            // Xorshift.
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            let at = state as usize % damaged.len();
            damaged[at] = (state >> 40) as u8;
        }
        read(&damaged);
    }
}
