/// How a stored picture is to be turned to be upright: the values of the EXIF tag `Orientation` (CIPA DC-008, 4.6.4.A).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Orientation {
    /// 1: it is upright.
    #[default]
    Upright = 1,
    /// 2: mirrored left to right.
    FlippedHorizontally = 2,
    /// 3: upside down.
    Rotated180 = 3,
    /// 4: mirrored top to bottom.
    FlippedVertically = 4,
    /// 5: mirrored along the diagonal from the top left.
    Transposed = 5,
    /// 6: to be turned by 90° clockwise.
    Rotate90 = 6,
    /// 7: mirrored along the diagonal from the top right.
    Transversed = 7,
    /// 8: to be turned by 90° counter-clockwise.
    Rotate270 = 8,
}

impl Orientation {
    /// The orientation of an EXIF value; `None` for a value outside 1 to 8.
    #[must_use]
    pub fn from_exif(value: u16) -> Option<Self> {
        Some(match value {
            1 => Self::Upright,
            2 => Self::FlippedHorizontally,
            3 => Self::Rotated180,
            4 => Self::FlippedVertically,
            5 => Self::Transposed,
            6 => Self::Rotate90,
            7 => Self::Transversed,
            8 => Self::Rotate270,
            _ => return None,
        })
    }

    /// The EXIF value, 1 to 8.
    #[must_use]
    pub fn exif(self) -> u8 {
        self as u8
    }

    /// Whether width and height change places when the picture is turned upright.
    #[must_use]
    pub fn swaps_sides(self) -> bool {
        self.exif() >= Self::Transposed.exif()
    }
}
