//! Days as numbers and as dates, without time zones.

/// The date `days` after 1970-01-01 in the Gregorian calendar, counted in
/// eras of 400 years that begin on the first of March.
pub fn date(days: i64) -> (i64, i64, i64) {
    let days = days.saturating_add(719_468);
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// The days from 1970-01-01 to a date; `None` if there is no such day.
pub fn day(year: i64, month: i64, day: i64) -> Option<i64> {
    if !(0..=9999).contains(&year) {
        return None;
    }
    let (years, months) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let (era, of_era) = (years.div_euclid(400), years.rem_euclid(400));
    let of_year = (153 * months + 2) / 5 + day - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    (date(days) == (year, month, day)).then_some(days)
}

/// The days from 1970-01-01 to a date written `YYYY-MM-DD`.
pub fn parse(text: &str) -> Option<i64> {
    let is_written_so = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| match i {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    let part = |range: std::ops::Range<usize>| text.get(range)?.parse().ok();
    is_written_so
        .then(|| day(part(0..4)?, part(5..7)?, part(8..10)?))
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_as_they_are_named() {
        for days in (-200_000..800_000).step_by(37) {
            let (year, month, of_month) = date(days);
            assert_eq!(day(year, month, of_month), Some(days));
        }
        assert_eq!(day(2023, 2, 29), None);
        assert_eq!(day(2024, 13, 1), None);
    }

    #[test]
    fn a_date_is_written_in_one_way() {
        assert_eq!(parse("1970-02-01"), Some(31));
        for wrong in [
            "1970-2-1",
            "1970-02-30",
            "70-02-01",
            "1970-02-01 ",
            "+970-02-01",
        ] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
