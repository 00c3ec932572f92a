//! Dates, in the words of RFC 3339.

/// A time in seconds from 1970 on, in UTC: `2024-07-01T12:30:00Z`; `None` outside the years 1 to 9999.
pub(crate) fn utc(seconds: i64) -> Option<String> {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let [year, month, day] = civil(days)?.map(|number| u32::try_from(number).unwrap_or_default());
    let [hour, minute, second] = [second / 3600, second / 60 % 60, second % 60].map(|number| number as u32);
    Some(local([year, month, day], [hour, minute, second])? + "Z")
}

/// Year, month and day, and hour, minute and second, wherever they were: `2024-07-01T12:30:00`; `None` where no calendar
/// and no clock shows that.
pub(crate) fn local([year, month, day]: [u32; 3], [hour, minute, second]: [u32; 3]) -> Option<String> {
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    let is_real = (1..=9999).contains(&year) && (1..=days).contains(&day) && hour < 24 && minute < 60 && second < 60;
    is_real.then(|| format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}"))
}

/// Year, month and day of the Gregorian calendar, `days` after 1 January 1970. Years are counted from March here, so
/// that the leap day is the last of its year, and in spans of 400 years, which are all of one length.
fn civil(days: i64) -> Option<[i64; 3]> {
    const SPAN: i64 = 146_097;
    // From 1 March of the year 0.
    let days = days.checked_add(719_468)?;
    let (span, day) = (days.div_euclid(SPAN), days.rem_euclid(SPAN));
    let year = (day - day / 1460 + day / 36_524 - day / (SPAN - 1)) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    // Five months have 153 days, from March on.
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let (year, month) = if month < 10 { (year, month + 3) } else { (year + 1, month - 9) };
    let year = span.checked_mul(400)?.checked_add(year)?;
    (1..=9999).contains(&year).then_some([year, month, day])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_become_dates() {
        for (seconds, date) in [
            (0, "1970-01-01T00:00:00Z"),
            (-1, "1969-12-31T23:59:59Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (978_307_200, "2001-01-01T00:00:00Z"),
            (1_719_837_000, "2024-07-01T12:30:00Z"),
            (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"),
            (-62_135_596_800, "0001-01-01T00:00:00Z"),
            (253_402_300_799, "9999-12-31T23:59:59Z"),
        ] {
            assert_eq!(utc(seconds).as_deref(), Some(date));
        }
        for seconds in [253_402_300_800, -62_135_596_801, i64::MAX, i64::MIN] {
            assert_eq!(utc(seconds), None);
        }
    }
}
