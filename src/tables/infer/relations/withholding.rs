//! Small numbers that a sample withholds, as checks that no other file prints them or lets them be worked out.

use super::{Figures, LEAST_ROWS, Proposed, is_withheld, named, parts_of};

/// Numbers below one of these are withheld, as a rule.
const THRESHOLDS: [f64; 2] = [8.0, 5.0];
/// So many withheld numbers are a rule of the publication.
const MANY_WITHHELD: usize = 10;

/// Every check that the withheld figures of the sample speak for.
pub(super) fn proposals(counts: &[Figures<'_>]) -> Vec<Proposed> {
    let single = (0..counts.len()).filter_map(|at| never_single(counts, at));
    withheld(counts).into_iter().chain(single).chain(counts.iter().filter_map(never_nought)).collect()
}

/// Columns in which small numbers are withheld.
fn withheld(counts: &[Figures<'_>]) -> Option<Proposed> {
    let threshold = threshold(counts)?;
    let starred: Vec<&Figures<'_>> = counts.iter().filter(|figures| figures.withholds()).collect();
    let fives = starred.iter().all(|figures| figures.numbers.iter().flatten().all(|number| number % 5.0 == 0.0));
    let multiple = if fives { ", multiple_of: 5" } else { "" };
    let of: Vec<String> = starred.iter().map(|figures| figures.name()).collect();
    // So many times it was no chance, and a small number that is printed cannot be taken back.
    let stars = starred.iter().flat_map(|figures| &figures.column.printed.texts).filter(|text| is_withheld(text));
    let severity = if stars.count() < MANY_WITHHELD { ", severity: warning" } else { "" };
    Some(Proposed {
        why: "Small numbers were withheld (`*`), and none was printed.",
        yaml: format!("suppressed: {{ columns: [{}], threshold: {threshold}{multiple}{severity} }}", of.join(", ")),
    })
}

/// The least number that the columns print, where they withhold those below one that is usual.
fn threshold(counts: &[Figures<'_>]) -> Option<f64> {
    let least =
        |figures: &Figures<'_>| figures.numbers.iter().flatten().copied().filter(|n| *n > 0.0).min_by(f64::total_cmp);
    let starred = || counts.iter().filter(|figures| figures.withholds());
    let smallest = starred().filter_map(least).min_by(f64::total_cmp)?;
    let printed = starred().filter_map(|figures| figures.column.suppressed_below).min().map(f64::from);
    printed.into_iter().chain(THRESHOLDS).find(|threshold| smallest >= *threshold)
}

/// A total beside parts of which some are withheld, never a single one of those that a printed total is made of.
fn never_single(counts: &[Figures<'_>], at: usize) -> Option<Proposed> {
    let (total, of, threshold) = (counts.get(at)?, parts_of(counts, at)?, threshold(counts)?);
    let withheld = |row: usize| of.iter().filter(|part| part.withholds_at(row)).count();
    let rows = || (0..total.numbers.len()).map(|row| (total.at(row).is_some(), withheld(row)));
    let discloses = rows().any(|(printed, withheld)| printed && withheld == 1);
    let telling = rows().filter(|(printed, withheld)| if *printed { *withheld > 1 } else { *withheld == 1 }).count();
    if discloses || telling < LEAST_ROWS {
        return None;
    }
    let of: Vec<String> = of.iter().map(Figures::name).collect();
    Some(Proposed {
        why: "Where one part was withheld, the total or another part was too: it could be worked out otherwise.",
        yaml: format!(
            "suppressed: {{ name: {}, columns: [{}], threshold: {threshold}, total: {} }}",
            named(total.column, "discloses-none"),
            of.join(", "),
            total.name()
        ),
    })
}

/// A column that withholds numbers and prints no nought, which may be a withheld number as well.
fn never_nought(figures: &Figures<'_>) -> Option<Proposed> {
    let numbers = || figures.numbers.iter().flatten();
    let never = figures.withholds() && numbers().count() >= 20 && numbers().all(|number| *number > 0.0);
    never.then(|| Proposed {
        why: "Numbers were withheld (`*`) and no nought was printed: one may be a number that is lost.",
        yaml: format!(
            "range: {{ name: {}, column: {}, above: 0, severity: warning }}",
            named(figures.column, "is-not-nought"),
            figures.name()
        ),
    })
}
