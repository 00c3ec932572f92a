//! Still images in HEIF (ISO/IEC 23008-12): HEIC and AVIF. The pictures are items, and what is said of them are
//! properties that several may share.

use super::boxes::{Boxes, FULL, IsoBox};
use crate::media::Picture;
use crate::pieces::Pieces;
use crate::{Format, Media, Unreadable, read};

/// How long a table may be to be read, in bytes.
const MAX_TABLE: usize = 64 * 1024;

/// Reads HEIC or AVIF: the sides of its primary item, and whether it has transparency.
pub(in crate::container) fn read(file: &Pieces<'_>, format: Format) -> Result<Media, Unreadable> {
    let mut media = Media::new(format);
    let mut boxes = Boxes::new(file, 0, file.size());
    match boxes.find(|found| &found.name == b"meta") {
        Some(meta) => media.picture = picture(file, &meta),
        None if boxes.is_stuck() => {}
        None => return Err(Unreadable("it has no picture")),
    }
    Ok(media)
}

fn picture(file: &Pieces<'_>, meta: &IsoBox) -> Option<Picture> {
    let child = |name: &[u8; 4]| meta.children_behind(file, FULL).find(|child| &child.name == name);
    let (pitm, iprp, iref) = (child(b"pitm"), child(b"iprp"), child(b"iref"));
    let primary = primary(file, &pitm?)?;
    let properties = Properties::read(file, &iprp?)?;
    let (width, height) = properties.sides(file, primary)?;
    let is_alpha = |item| properties.of(item).any(|property| is_alpha(file, &property));
    let has_alpha = iref.is_some_and(|iref| auxiliary(file, &iref, primary).into_iter().any(is_alpha));
    Some(Picture { width, height, has_alpha: Some(has_alpha) })
}

/// The item that is shown (ISO/IEC 14496-12, section 8.11.4).
fn primary(file: &Pieces<'_>, pitm: &IsoBox) -> Option<u32> {
    let numbers = Numbers::of(file, pitm)?;
    numbers.item(file.get(pitm.body.checked_add(FULL)?, numbers.length())?)
}

/// How long the numbers of items are in a box, by its version.
#[derive(Clone, Copy)]
struct Numbers {
    is_long: bool,
}

impl Numbers {
    fn of(file: &Pieces<'_>, found: &IsoBox) -> Option<Self> {
        Some(Self { is_long: *file.get(found.body, 1)?.first()? > 0 })
    }

    fn length(self) -> usize {
        if self.is_long { 4 } else { 2 }
    }

    fn item(self, bytes: &[u8]) -> Option<u32> {
        if self.is_long { read::u32_be(bytes, 0) } else { read::u16_be(bytes, 0).map(u32::from) }
    }
}

struct Properties {
    boxes: Vec<IsoBox>,
    /// Items, and the number of a property from 1 on, in the order in which they apply.
    associations: Vec<(u32, usize)>,
}

impl Properties {
    fn read(file: &Pieces<'_>, iprp: &IsoBox) -> Option<Self> {
        let boxes = iprp.child(file, b"ipco")?.children(file).collect();
        let mut associations = Vec::new();
        for ipma in iprp.children(file).filter(|child| &child.name == b"ipma").take(4) {
            associate(file, &ipma, &mut associations).unwrap_or_default();
        }
        Some(Self { boxes, associations })
    }

    /// The properties of an item.
    fn of(&self, item: u32) -> impl Iterator<Item = IsoBox> {
        let own = self.associations.iter().filter(move |association| association.0 == item);
        own.filter_map(|&(_, number)| self.boxes.get(number.checked_sub(1)?).copied())
    }

    /// Width and height as shown: cut out and turned (section 6.5).
    fn sides(&self, file: &Pieces<'_>, item: u32) -> Option<(u32, u32)> {
        let mut sides = None;
        for property in self.of(item) {
            match &property.name {
                b"ispe" => {
                    let body = property.bytes(file, 12)?;
                    sides = Some((read::u32_be(body, 4)?, read::u32_be(body, 8)?));
                }
                b"clap" => sides = clean_aperture(property.bytes(file, 16)?).or(sides),
                b"irot" if file.get(property.body, 1)?.first()? & 1 == 1 => {
                    sides = sides.map(|(width, height)| (height, width));
                }
                _ => {}
            }
        }
        sides.filter(|&(width, height)| width > 0 && height > 0)
    }
}

/// ISO/IEC 23008-12, section 9.3 (the same as 14496-12, section 8.11.14).
fn associate(file: &Pieces<'_>, ipma: &IsoBox, associations: &mut Vec<(u32, usize)>) -> Option<()> {
    let numbers = Numbers::of(file, ipma)?;
    let bytes = ipma.bytes(file, MAX_TABLE)?;
    let is_wide = bytes.get(3)? & 1 != 0;
    let mut rest = bytes.get(8..)?;
    for _ in 0..read::u32_be(bytes, 4)? {
        let item = numbers.item(rest)?;
        let count = usize::from(*rest.get(numbers.length())?);
        rest = rest.get(numbers.length() + 1..)?;
        for _ in 0..count {
            // The highest bit tells whether a reader has to know the property.
            let (number, length) =
                if is_wide { (read::u16_be(rest, 0)? & 0x7FFF, 2) } else { (u16::from(rest.first()? & 0x7F), 1) };
            associations.push((item, number.into()));
            rest = rest.get(length..)?;
        }
    }
    Some(())
}

/// Width and height in whole pixels (ISO/IEC 14496-12, section 12.1.4).
fn clean_aperture(clap: &[u8]) -> Option<(u32, u32)> {
    let side = |at: usize| read::u32_be(clap, at)?.checked_div(read::u32_be(clap, at + 4)?);
    Some((side(0)?, side(8)?))
}

/// The items that add something to the primary one (section 6.4.5).
fn auxiliary(file: &Pieces<'_>, iref: &IsoBox, primary: u32) -> Vec<u32> {
    let Some(numbers) = Numbers::of(file, iref) else { return Vec::new() };
    let references = iref.children_behind(file, FULL).filter(|child| &child.name == b"auxl");
    let found = references.filter_map(|reference| {
        let bytes = reference.bytes(file, 1024)?;
        let to = bytes.get(numbers.length() + 2..)?.chunks_exact(numbers.length());
        to.filter_map(|to| numbers.item(to)).any(|to| to == primary).then(|| numbers.item(bytes))?
    });
    found.take(16).collect()
}

/// Whether an item is the transparency of another, by the names of HEVC and of MPEG-B.
fn is_alpha(file: &Pieces<'_>, property: &IsoBox) -> bool {
    let names: [&[u8]; 2] = [b"urn:mpeg:hevc:2015:auxid:1\0", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha\0"];
    let body = if &property.name == b"auxC" { property.bytes(file, 128) } else { None };
    body.and_then(|body| body.get(FULL as usize..)).is_some_and(|body| names.iter().any(|name| body.starts_with(name)))
}
