//! Tables as they are printed, described in YAML, and the rows and figures that they give.

use std::collections::BTreeMap;

use super::{
    tests::{dataset, dropped, findings, read, rows, shipped, tabled},
    *,
};
use crate::{
    model::{Figure, Finding, Labels, Missing, Period, SeriesKey, Severity, Unit, Value},
    yaml::Problems,
};

type Read = BTreeMap<(SeriesKey, Period), Figure>;

fn published(dataset: &str, file: &str) -> (Read, Vec<Finding>) {
    let (figures, mut findings) = shipped(dataset).figures(&format!("tests/data/as-published/{file}"));
    findings.extend(figures.findings);
    (figures.figures, findings)
}

fn key(measure: &str, labels: &[(&str, &str)]) -> SeriesKey {
    SeriesKey { measure: measure.to_owned(), labels: labels.iter().copied().collect::<Labels>() }
}

fn at(period: &str) -> Period {
    period.parse().expect("a period")
}

fn number(value: f64, plan: f64) -> Figure {
    measured(Unit::Number, value, plan)
}

fn measured(unit: Unit, value: f64, plan: f64) -> Figure {
    Figure { value: Value::Number(value), plan: Value::Number(plan), unit: Some(unit) }
}

fn told(findings: &[Finding]) -> Vec<(&str, Severity)> {
    findings.iter().map(|finding| (finding.check.as_str(), finding.severity)).collect()
}

#[test]
fn les_tables_as_printed_give_the_figures_of_the_monthly_files() {
    let (mut printed, findings) = published("les-cost-and-volume", "les-cost-and-volume-2025-10.csv");
    // Six contracts of the one table and five of the other began in May: their April is blank.
    assert_eq!(told(&findings), [("blank_across", Severity::Note)]);
    assert_eq!((findings[0].count, findings[0].rows[0].row), (6, 2));
    assert_eq!(findings[0].rows[0].column.as_deref(), Some("April-25"));
    let (capitated, findings) = published("les-capitated", "les-capitated-2025-10.csv");
    assert_eq!((told(&findings), findings[0].count), (vec![("blank_across", Severity::Note)], 5));
    printed.extend(capitated);

    let mut monthly = BTreeMap::new();
    for month in 4..=10 {
        let path = format!("tests/data/les-activity/les-activity-2025-{month:02}.csv");
        monthly.extend(shipped("les-activity").figures(&path).0.figures);
    }
    assert_eq!(monthly.len(), 3 + 6 * 14);
    assert_eq!(printed, monthly);
}

#[test]
fn the_stacked_appendix_gives_the_series_of_its_long_form() {
    let (mut stacked, findings) = published("llr-measures-stacked", "llr-measures-2024-25-stacked.csv");
    let told = told(&findings);
    assert_eq!(told, [("untitled_block", Severity::Warning), ("repeated_block", Severity::Note)]);
    assert_eq!(findings[0].rows[0].row, 264);
    assert_eq!(findings[1].rows.iter().map(|row| row.row).collect::<Vec<_>>(), [174, 238]);

    let (tidy, findings) = published("llr-measures-tidy", "llr-measures-2024-25-tidy.csv");
    // The long form holds the two measures that are printed twice, of 19 and 18 months, twice too.
    assert_eq!((findings.len(), findings[0].check.as_str(), findings[0].count), (1, "repeated_row", 19 + 18));
    assert_eq!(tidy.len(), 407 - 37);
    // One block has no column of a trajectory, where the long form leaves it blank.
    let title = "Percentage of patients aged 18 to 79 years with GP recorded hypertension, in whom the last blood pressure \
                 reading within the preceding 12 months is equal to 140/90 mmHg or less";
    let quarters = stacked.iter_mut().filter(|((key, _), _)| key.labels.get("measure") == Some(title));
    let mut without = 0;
    for (_, figure) in quarters {
        assert_eq!(std::mem::replace(&mut figure.plan, Value::missing(Missing::Blank)), Value::ABSENT);
        without += 1;
    }
    assert_eq!(without, 5);
    assert_eq!(stacked, tidy);

    let figure = |measure: &str, period: &str| stacked[&(key("performance", &[("measure", measure)]), at(period))];
    assert_eq!(figure("A&E Four Hour Waits (Type 1)", "2024-10"), measured(Unit::Percent, 0.567, 0.563));
    assert_eq!(figure("LLR ICB EMAS Cat 2", "2024-10"), measured(Unit::Duration, 3937.0, 1800.0));
    assert_eq!(figure("Units of dental activity delivered", "2024-06"), number(300_703.0, 410_954.0));
    let mortality = figure("Neonatal mortality Rate per 1,000", "2023-02");
    assert_eq!(mortality.value, Value::missing(Missing::Suppressed));
    assert_eq!(mortality.plan, Value::missing(Missing::Words), "`Reduction` is no figure");
    assert_eq!(figure("Neonatal mortality Rate per 1,000", "2022").value, Value::Number(2.6));
    let measures: std::collections::BTreeSet<_> = stacked.keys().map(|(key, _)| key).collect();
    assert_eq!(measures.len(), 25, "26 blocks that differ, of which one goes on under the title before it");
}

#[test]
fn priorities_keep_each_its_period_and_unit() {
    let (figures, findings) = published("llr-priorities", "llr-priorities-2024-25-summary.csv");
    let of = |words: &str, period: &str| {
        let found = figures.iter().find(|((key, of), _)| key.labels.values().contains(words) && *of == at(period));
        *found.unwrap_or_else(|| panic!("{words} {period}")).1
    };
    assert_eq!(figures.len(), 38 - 3 - 1);
    assert_eq!(of("Category 2", "2024-10"), measured(Unit::Duration, 3937.0, 1800.0));
    assert_eq!(of("CYP services who are waiting", "2024-09"), number(4303.0, 4242.0));
    assert_eq!(of("severe mental illness receiving", "2024/25-Q2"), number(5698.0, 5386.0));
    assert_eq!(of("System delivery of planned deficit", "2024-10"), number(-67_490.0, -51_679.0));
    assert_eq!(of("stages 1 and 2", "2024-07").value, Value::Number(0.514));
    assert_eq!(of("stages 1 and 2", "2024-07").plan, Value::missing(Missing::Words), "`2028 75%`");
    assert_eq!(of("Maternal mortality", "2023/24").value, Value::Number(0.0));
    assert_eq!(of("children with LD", "2024-10").value, Value::missing(Missing::Suppressed));
    assert_eq!(told(&findings), [("period", Severity::Warning), ("not_reported", Severity::Note)]);
    assert_eq!(findings[0].rows.iter().map(|row| row.row).collect::<Vec<_>>(), [36, 38, 39]);
    assert_eq!(findings[1].message, "no figure is given for 2024/25 as yet: left out until there is one");

    let (earlier, _) = published("llr-priorities", "llr-priorities-2023-24.csv");
    assert_eq!(earlier.len(), 35 - 8);
    let surplus = earlier.iter().find(|((key, _), _)| key.labels.values().contains("planned surplus")).expect("there");
    assert_eq!((surplus.0.1, *surplus.1), (at("2023-12"), number(-66_594.0, -23_269.0)));

    let (detail, findings) = published("llr-priorities-detail", "llr-priorities-2024-25-detail.csv");
    assert_eq!((detail.len(), findings.len()), (24, 0));
}

#[test]
fn money_in_thousands_is_made_whole_and_percentages_are_not() {
    let (figures, findings) = published("llr-finance-kpi", "llr-finance-kpi-2024-m7.csv");
    assert_eq!(findings, []);
    assert_eq!(figures.len(), 20);
    let of = |measure: &str, kpi: &str| figures[&(key(measure, &[("kpi", kpi)]), at("2024-10"))];
    let deficit = "System Delivery of planned deficit (gross of deficit support funding)";
    assert_eq!(of("year_to_date", deficit), measured(Unit::Pounds, 67_490_000.0, 51_679_000.0));
    assert_eq!(of("forecast", deficit), measured(Unit::Pounds, 80_000_000.0, 80_000_000.0));
    assert_eq!(of("year_to_date", "CIP delivery as a % of FOT"), measured(Unit::Percent, 0.44, 0.46));
    assert_eq!(of("forecast", "Provider total pay costs").value, Value::missing(Missing::Blank));
}

#[test]
fn months_without_a_year_are_of_the_year_of_the_file() {
    let (figures, findings) = published("llr-talking-therapies", "llr-talking-therapies-2024-25.csv");
    let measure =
        "NHS talking therapies- Completing a Course of Treatment (having had at least two treatment sessions)";
    let expected: Vec<_> = [
        (4, 770.0, 820.0),
        (5, 860.0, 860.0),
        (6, 895.0, 934.0),
        (7, 960.0, 929.0),
        (8, 765.0, 834.0),
        (9, 705.0, 1094.0),
    ]
    .into_iter()
    .map(|(month, actual, target)| {
        let key = key("completed_treatment", &[("measure", measure)]);
        ((key, at(&format!("2024-{month:02}"))), number(actual, target))
    })
    .collect();
    assert_eq!((figures.into_iter().collect::<Vec<_>>(), findings), (expected, vec![]));
}

#[test]
fn ranks_prices_and_claims_read_as_printed() {
    let (lowest, findings) = published("nhsof-lowest-quartile", "nhsof-lowest-quartile-2024.csv");
    let of = |read: &Read, measure: &str, code: &str, source: &str, period: &str| {
        let fits = |key: &SeriesKey| {
            key.measure == measure && key.labels.get("code") == Some(code) && key.labels.get("source") == Some(source)
        };
        *read.iter().find(|((key, of), _)| fits(key) && *of == at(period)).expect(code).1
    };
    assert_eq!((lowest.len(), findings.len()), (24, 0));
    assert_eq!(of(&lowest, "latest", "S037a", "ICB", "2023"), measured(Unit::Percent, 0.51, 0.544));
    assert_eq!(of(&lowest, "rank", "S050a", "SubICB", "2023/24-Q4").value, Value::Number(30.0));
    let (highest, findings) = published("nhsof-highest-quartile", "nhsof-highest-quartile-2024.csv");
    assert_eq!((highest.len(), findings.len()), (24, 0));
    assert_eq!(of(&highest, "latest", "S067a", "ICB", "2024-09"), measured(Unit::Percent, 0.0595, 0.071));
    assert_eq!(of(&highest, "latest", "S009d", "Provider", "2024-09"), number(66.0, 515.7));
    assert_eq!(of(&highest, "rank", "S029a", "ICB", "2024/25-Q2").value, Value::Number(7.0));
    assert_eq!(of(&highest, "rank", "S063c", "ICB", "2023").value, Value::missing(Missing::Blank), "a cell short");

    let (prices, findings) = published("les-prices", "les-prices-2025-26.csv");
    let of = |payment: &str, contract: &str| {
        prices[&(key("price", &[("payment", payment), ("contract", contract)]), at("2025/26"))].value
    };
    assert_eq!((prices.len(), findings.len()), (25, 0));
    assert_eq!(of("Capitated budget", "ECGs"), Value::Number(0.96));
    assert_eq!(of("Cost and volume", "Dementia"), Value::Number(34.2));
    assert_eq!(of("Cost and volume", "Diabetes"), Value::missing(Missing::Blank));

    let (claims, findings) = published("ipcpr-headline-claims", "ipcpr-headline-claims-2025-11.csv");
    let values: Vec<_> = claims.values().filter_map(|figure| figure.value.get()).collect();
    assert_eq!((claims.len(), findings.len()), (8, 0));
    for value in [0.563, 0.333, 16.0, 26.0, 44_698.0, 0.58, 0.6, 0.8] {
        assert!(values.contains(&value), "{value}");
    }
}

const ALTERNATE: &str = "{ fill_down: [site], alternate: { column: Kind, rows: { plan: Plan, done: Done } }, \
                         across: { columns: months, name: month } }";
const SITES: &str = "site: {}\nmonth: { kind: period }\nplan: { kind: number }\ndone: { kind: number }";

#[test]
fn reasons_for_no_figure_make_rows_and_blanks_do_not() {
    let spec = tabled(ALTERNATE, SITES);
    let table = "site,Kind,Apr-25,May-25,Jun-25\nA,Plan,5,,*\n,Done,,,-\nB,Plan,1,2,3\n,Done,4,5,6\n";
    assert_eq!(rows(table, &spec)[..3], ["2: A|Apr-25|5|", "2: A|Jun-25|*|-", "4: B|Apr-25|1|4"]);
    let kept = tabled(&ALTERNATE.replace("name: month", "name: month, blank: keep"), SITES);
    assert_eq!(rows(table, &kept).len(), 6);
}

#[test]
fn rows_that_do_not_alternate_are_named() {
    let spec = tabled(ALTERNATE, SITES);
    let alone = "site,Kind,Apr-25\nA,Plan,5\nB,Plan,6\n,Done,7\nC,Done,8\n";
    assert_eq!(rows(alone, &spec), ["2: A|Apr-25|5|", "3: B|Apr-25|6|7", "5: C|Apr-25||8"]);
    assert_eq!(findings(alone, &spec), ["warning alternate_rows 2,5"]);
    let strange = "site,Kind,Apr-25\nA,Plan,5\n,Variance,1\n,Done,7\n";
    assert_eq!(findings(strange, &spec), ["error alternate_rows 3"]);
    assert_eq!(rows(strange, &spec), ["2: A|Apr-25|5|7"]);
    let named = tabled(&ALTERNATE.replace("{ fill_down", "{ skip_rows: [Variance], fill_down"), SITES);
    assert_eq!(findings(strange, &named), ["note skipped_rows 3"]);
}

#[test]
fn a_total_that_is_left_out_takes_the_rows_below_its_label_with_it() {
    let spec = tabled(&ALTERNATE.replace("{ fill_down", "{ skip_rows: [Total*], fill_down"), SITES);
    let table = "site,Kind,Apr-25\nA,Plan,5\n,Done,7\nTotal,Plan,5\n,Done,7\nB,Plan,1\n,Done,2\n";
    assert_eq!(rows(table, &spec), ["2: A|Apr-25|5|7", "6: B|Apr-25|1|2"]);
    assert_eq!(findings(table, &spec), ["note skipped_rows 4,5"]);
}

#[test]
fn a_figure_is_not_compared_with_a_plan_of_another_unit() {
    let yaml = "period: { column: month }\ncolumns:\n  month: { kind: period }\n  n: { kind: figure }\n  \
                plan: { kind: target }\nmeasures: { m: { value: n, plan: plan } }\n";
    let file = dropped("month,n,plan\nApr-25,48%,46\nMay-25,48%,0\nJun-25,00:30:00,00:31:00\nJul-25,5,5%\n");
    let (figures, _) = dataset(yaml).figures(file.path.to_str().expect("UTF-8"));
    assert_eq!(told(&figures.findings), [("mixed_units", Severity::Error), ("unit_changed", Severity::Error)]);
    assert_eq!(figures.findings[0].rows.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 5]);
}

#[test]
fn a_row_without_a_period_is_an_error_only_if_it_holds_a_figure() {
    let yaml = "period: { column: month }\ncolumns: { month: { kind: period }, n: { kind: number } }\n\
                measures: { m: { value: n } }\n";
    let file = dropped("month,n\nApr-25,1\nTBC,\n,TBC\nTBC,*\nQ9,5\n");
    let (figures, _) = dataset(yaml).figures(file.path.to_str().expect("UTF-8"));
    let rows = |at: usize| figures.findings[at].rows.iter().map(|row| row.row).collect::<Vec<_>>();
    assert_eq!(told(&figures.findings), [("period", Severity::Error), ("period", Severity::Warning)]);
    assert_eq!((rows(0), rows(1)), (vec![5, 6], vec![3, 4]));
}

#[test]
fn a_doubtful_header_of_a_later_block_is_told() {
    let spec = tabled(STACKED, WHAT);
    let stacked = "Beds\nmonth,n\nApr-25,1\n\nStaff\nmonth,n,n\nApr-25,2,3\n";
    assert_eq!(findings(stacked, &spec), ["error ambiguous_header"]);
}

#[test]
fn a_row_repeats_another_only_with_its_label_and_in_its_block() {
    let spec = tabled("{ fill_down: [site], repeated_rows: drop }", "site: {}\nn: {}");
    assert_eq!(rows("site,n\nA,1\n,2\n,2\nB,1\n,2\n", &spec), ["2: A|1", "3: A|2", "5: B|1", "6: B|2"]);
    let stacked = tabled("{ blocks: { title: what }, repeated_rows: drop }", WHAT);
    let table = "Beds\nmonth,n\nApr-25,1\nApr-25,1\nStaff\nmonth,n\nApr-25,1\n";
    assert_eq!(rows(table, &stacked), ["3: Beds|Apr-25|1|", "7: Staff|Apr-25|1|"]);
}

#[test]
fn a_cell_knows_its_row_and_column() {
    let file = dropped("site,Kind,Apr-25,May-25\nA,Plan,5,6\n,Done,7,x\n");
    let mut table = Table::open(&file.path, &tabled(ALTERNATE, SITES), &Limits::default()).expect("a table");
    let batch = table.next_batch().expect("read").expect("rows");
    let place = batch.columns[3].place(1).expect("a place of its own");
    assert_eq!((batch.columns[3].text(1), place.row, place.header.as_deref()), ("x", 3, Some("May-25")));
    assert_eq!(batch.rows, [2, 2]);
}

#[test]
fn alternate_rows_without_months_across() {
    let table = "{ alternate: { column: Kind, rows: { plan: Plan, done: Done }, value: Number } }";
    let spec = tabled(table, "site: {}\nplan: { kind: number }\ndone: { kind: number }");
    assert_eq!(rows("site,Kind,Number\nA,Done,5\nA,Plan,6\nB,Plan,1\nB,Done,2\n", &spec), ["2: A|6|5", "4: B|1|2"]);
}

#[test]
fn headers_in_any_notation_of_months_become_rows() {
    let across = |columns: &str| {
        tabled(
            &format!("{{ across: {{ columns: {columns}, name: when, value: n }} }}"),
            "site: {}\nwhen: {}\nn: { kind: number }",
        )
    };
    let table = "Report of 2025\n\nsite,Note,Apr-25,2025-05,01JUN2025,45839,Q1 25/26,2025/26\nA,x,1,2,3,4,6,6\n";
    let months = ["4: A|Apr-25|1", "4: A|2025-05|2", "4: A|01JUN2025|3", "4: A|45839|4"];
    assert_eq!(rows(table, &across("months")), months);
    assert_eq!(rows(table, &across("quarters")), ["4: A|Q1 25/26|6"]);
    assert_eq!(rows(table, &across("years")), ["4: A|2025/26|6"]);
    assert_eq!(rows(table, &across("['20*', note]")), ["4: A|Note|x", "4: A|2025-05|2", "4: A|2025/26|6"]);
    let error = read("site,Apr,May\nA,1,2\n", &across("months")).expect_err("no year").to_string();
    assert!(error.contains("the column `Apr` does not say which year") && error.contains("financial_year"), "{error}");
}

#[test]
fn columns_under_a_group_text_become_rows() {
    let table = "{ header_rows: 2, skip_rows: ['% of total*', Total], across: { columns: ['*%', '100% +'], name: band, value: practices } }";
    let spec = tabled(table, "group: { header: Sub ICB Group }\nband: {}\npractices: { kind: number }");
    let printed = std::fs::read("tests/data/hha-bands/hha-achievement-bands-2025-10.csv").expect("a table");
    let read = rows(printed, &spec);
    assert_eq!(read.len(), 8 * 6);
    assert_eq!(
        (read[0].as_str(), read[5].as_str()),
        ("4: Blackburn With Darwen|0-10%|1", "4: Blackburn With Darwen|100% +|3")
    );
    assert_eq!(read[47], "11: Morecambe Bay|100% +|2");
}

#[test]
fn a_period_above_a_stacked_table_is_its_title() {
    let spec = tabled(
        "{ blocks: { title: what }, across: { columns: months, name: month, value: n } }",
        "what: {}\nsite: { position: 1 }\nmonth: {}\nn: { kind: number }",
    );
    let stacked = "2024/25\n,Apr-24,May-24\nA,1,2\n\n2025/26\n,Apr-25,May-25\nA,3,4\n";
    assert_eq!(rows(stacked, &spec)[1..3], ["3: 2024/25|A|May-24|2", "7: 2025/26|A|Apr-25|3"]);
}

#[test]
fn years_and_labels_are_taken_from_titles() {
    let spec = tabled(
        r"{ financial_year: { title: 'Year (?<year>\d{4}/\d{2})' }, across: { columns: months, name: when, value: n } }",
        "site: {}\nwhen: { kind: period }\nn: { kind: number }\narea: { from: { title: '^Area: (?<value>.+)$' } }",
    );
    let titles = "Area: North,,\nYear 2024/25,,\nsite,Mar,Apr\nA,1,2\n";
    assert_eq!(rows(titles, &spec), ["4: A|Mar|1|North", "4: A|Apr|2|North"]);
    let file = dropped(titles);
    let mut table = Table::open(&file.path, &spec, &Limits::default()).expect("a table");
    let batch = table.next_batch().expect("read").expect("rows");
    let periods: Vec<_> = batch.columns[1].iter().map(|(_, cell)| cell).collect();
    assert_eq!(periods, [crate::model::Cell::Period(at("2025-03")), crate::model::Cell::Period(at("2024-04"))]);
    let error = read("Year 2024/25\nsite,Mar\nA,1\n", &spec).expect_err("no area").to_string();
    assert!(error.contains("`area` is to be found in the rows above the table"), "{error}");
}

const LEVELS: &str = "{ header_rows: 2, across: { columns: [Plan, Actual], name: kind, \
                      above: { columns: months, name: month }, value: n } }";
const LEVELLED: &str = "site: {}\nmonth: { kind: period }\nkind: {}\nn: { kind: number }";

#[test]
fn columns_across_under_periods_become_rows_of_both() {
    let spec = tabled(LEVELS, LEVELLED);
    let table = "Report\n,Apr-25,,May-25,,\nsite,Plan,Actual,Plan,Actual,Note\nA,1,2,3,4,x\n";
    let expected = ["4: A|Apr-25|Plan|1", "4: A|Apr-25|Actual|2", "4: A|May-25|Plan|3", "4: A|May-25|Actual|4"];
    assert_eq!(rows(table, &spec), expected);
    assert_eq!(findings(table, &spec), [""; 0]);
    // The other way about: the months below, and of a financial year that a title names.
    let about = tabled(
        "{ header_rows: 2, financial_year: { fixed: 2025/26 }, across: { columns: months, name: month, \
         above: { columns: [Plan, Actual], name: kind }, value: n } }",
        LEVELLED,
    );
    let table = ",Plan,,Actual,\nsite,Mar,Apr,Mar,Apr\nA,1,2,3,4\n";
    let file = dropped(table);
    let mut read = Table::open(&file.path, &about, &Limits::default()).expect("a table");
    let batch = read.next_batch().expect("read").expect("rows");
    let months: Vec<_> = batch.columns[1].iter().map(|(_, cell)| cell).collect();
    let months_of = |months: [&str; 4]| months.map(|month| crate::model::Cell::Period(at(month)));
    assert_eq!(months, months_of(["2026-03", "2025-04", "2026-03", "2025-04"]));
    assert_eq!(batch.columns[3].place(3).and_then(|place| place.header.as_deref()), Some("Actual Apr"));
}

#[test]
fn three_levels_and_their_totals_keep_their_groups() {
    let spec = tabled(
        "{ header_rows: 3, across: { columns: [Plan, Actual, Total], name: kind, above: { columns: months, name: month, \
         above: { columns: ['20*'], name: year } }, value: n } }",
        "site: {}\nyear: {}\nmonth: {}\nkind: {}\nn: { kind: number }",
    );
    let table = ",2024/25,,2025/26,,\n,Mar-25,.,Apr-25,.,Total\nsite,Plan,Actual,Plan,Actual,.\nA,1,2,3,4,7\n";
    let expected = [
        "4: A|2024/25|Mar-25|Plan|1",
        "4: A|2024/25|Mar-25|Actual|2",
        "4: A|2025/26|Apr-25|Plan|3",
        "4: A|2025/26|Apr-25|Actual|4",
    ];
    assert_eq!(rows(table, &spec), expected, "the total of the year is of no month");
}

#[test]
fn a_row_of_figures_is_no_part_of_a_header() {
    let spec = tabled(
        "{ header_rows: 2, across: { columns: ['Over * and up to *'], name: band, value: n } }",
        "site: { position: 1 }\nband: {}\nn: { kind: number }",
    );
    let table = ",Waits,.,.\n,Over 0 and up to 1,Over 1 and up to 2,.\nA,1,2,3\nB,4,5,9\n";
    let expected = ["3: A|Over 0 and up to 1|1", "3: A|Over 1 and up to 2|2"];
    assert_eq!(rows(table, &spec)[..2], expected);
}

#[test]
fn a_group_ends_where_one_above_it_begins() {
    let spec =
        tabled("{ header_rows: 3 }", "north: { header: All Staff Nurses, kind: number }\nrest: { header: Rest Other }");
    let table = "All,,Rest\nStaff,,\nDoctors,Nurses,Other\n1,2,3\n";
    assert_eq!(rows(table, &spec), ["4: 2|3"]);
}

#[test]
fn columns_of_one_name_are_told_apart_by_their_order() {
    let spec = tabled("{}", "b: { header: N, nth: 2 }\nsite: {}\na: { header: N, nth: 1 }");
    assert_eq!(rows("N,site,N\n1,A,2\n", &spec), ["2: 2|A|1"]);
    assert_eq!(findings("N,site,N\n1,A,2\n", &spec), [""; 0]);
    assert_eq!(findings("N,site,N,N\n1,A,2,3\n", &spec), ["error ambiguous_header"; 2]);
    assert_eq!(rows("N,site,M\n1,A,2\n", &spec), ["2: |A|"], "which of the two is left is not known");
    let problems: Problems =
        tabled("{}", "a: { header: N, nth: 1 }\nb: { header: N }").check().expect_err("not told apart");
    assert!(problems.to_string().contains("not all columns with the header `N` are told apart"), "{problems}");
    let problems: Problems = tabled("{}", "a: { nth: 1, position: 2 }").check().expect_err("two places");
    assert!(problems.to_string().contains("by its order and by its position"), "{problems}");
    let problems: Problems = tabled(&LEVELS.replace("header_rows: 2, ", ""), LEVELLED).check().expect_err("one row");
    assert!(problems.to_string().contains("more levels than the header has rows"), "{problems}");
}

/// What stands above a column that is found by its place says whether it is still that column.
#[test]
fn a_changed_header_of_a_column_that_is_found_by_its_place_is_told() {
    let spec = tabled(
        "{}",
        "site: {}\nlow: { position: 2, header: Bound, kind: number }\nhigh: { position: 3, header: Bound, kind: number }\n\
         n: { position: 4, header: Count, aliases: [Number], kind: number }",
    );
    let told = |header: &str| messages(&format!("{header}\nA,1,3,2,x\n"), &spec);
    assert_eq!(told("site,Bound,Bound,Count,Note"), [""; 0]);
    assert_eq!(told("site,bound,Bound ,number,Note"), [""; 0]);
    assert_eq!(
        told("site,Bound,Limit,Count,Note"),
        [
            "warning header_changed: `high` is read by its place, column C, whose header is `Limit` where the dataset has \
          `Bound`: if it is the same column, add `Limit` to its `aliases`"
        ]
    );
    // A column that came in between, and two that were exchanged.
    let expected = "error header_changed: `n` is read by its place, column D, whose header is `New`, while `Count` stands over \
                    column E: correct the `position` of `n`, or its `header`";
    assert_eq!(told("site,Bound,Bound,New,Count"), [expected]);
    let exchanged = told("site,Count,Bound,Bound,Note");
    assert_eq!(
        exchanged.iter().filter(|message| message.starts_with("error header_changed")).count(),
        2,
        "{exchanged:?}"
    );
}

fn messages(table: &str, spec: &TableSpec) -> Vec<String> {
    let findings = read(table, spec).unwrap_or_else(|error| panic!("{error}")).1;
    findings.into_iter().map(|finding| format!("{} {}: {}", finding.severity, finding.check, finding.message)).collect()
}

#[test]
fn a_column_across_that_vanished_names_the_likeliest() {
    let spec = tabled(
        "{ across: { columns: ['0-10%', '11-25%', '26-50%'], name: band, value: n } }",
        "site: {}\nband: {}\nn: { kind: number }",
    );
    let told = messages("site,0-10%,11-25 pc,26-50%,Total\nA,1,2,3,6\n", &spec);
    assert_eq!(told, ["error across_columns: `across` lists `11-25%`, and no column is named so: is it `11-25 pc`?"]);
    let told = messages("site,0-10%,26-50%\nA,1,3\n", &spec);
    assert_eq!(told.len(), 1);
    assert!(
        told[0].starts_with("warning across_columns: `across` lists `11-25%`, and no column is named so;"),
        "{told:?}"
    );
    // Another dash and more space are no other column.
    let told = messages("site,0 - 10%,11\u{2013}25%,26-50%\nA,1,2,3\n", &spec);
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[0].starts_with("note header_tolerance: the column `0 - 10%` is not written"), "{told:?}");
    assert!(told[1].starts_with("note header_tolerance: the column `11\u{2013}25%` is not written"), "{told:?}");
}

#[test]
fn a_month_across_that_cannot_be_read_is_named() {
    let spec = tabled(
        "{ across: { columns: months, name: month, value: n } }",
        "site: {}\nmonth: { kind: period }\nn: { kind: number }",
    );
    let told = messages("site,Apr-25,Mya-25,Jun-25,YTD,Total\nA,1,2,3,6,6\n", &spec);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].starts_with("warning across_columns: the column `Mya-25` stands where May would"), "{told:?}");
    let told = messages("site,Apr-25,May-25,Juen-25,YTD\nA,1,2,3,6\n", &spec);
    assert!(told.len() == 1 && told[0].contains("`Juen-25` stands where June would"), "{told:?}");
    // A month that nobody printed, and columns of other things, are no slips.
    for table in ["site,Apr-25,Jun-25,YTD,Total,Plan\nA,1,3,6,6,6\n", "site,Note,Apr-25,May-25,Target\nA,x,1,2,3\n"] {
        assert_eq!(messages(table, &spec), [""; 0], "{table}");
    }
}

#[test]
fn a_group_across_that_vanished_names_the_likeliest() {
    let spec = tabled(
        "{ header_rows: 2, across: { columns: [Plan, Actual], name: kind, above: { columns: [North, South], name: area }, \
         value: n } }",
        "site: {}\narea: {}\nkind: {}\nn: { kind: number }",
    );
    let table = ",North,,Suoth,\nsite,Plan,Actual,Plan,Actual\nA,1,2,3,4\n";
    assert_eq!(rows(table, &spec), ["3: A|North|Plan|1", "3: A|North|Actual|2"]);
    let told = messages(table, &spec);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with("error across_columns: `across` lists `South`") && told[0].contains("`Suoth"),
        "{told:?}"
    );
}

#[test]
fn a_column_that_vanished_under_a_group_is_looked_for_with_its_group() {
    let spec = tabled(
        "{ header_rows: 2 }",
        "site: {}\nt1: { header: Attended Type 1 }\nt2: { header: Attended Type 2 }\nw2: { header: Waited Type 2 }",
    );
    let file = dropped(",Attended,,Waited,\nsite,Type 1,Type two,Type 1,Type 2\nA,1,2,3,4\n");
    let table = Table::open(&file.path, &spec, &Limits::default()).expect("a table");
    let header = table.header();
    assert_eq!(header.found[2], None);
    assert_eq!(header.likeliest[2].as_deref(), Some("Attended Type two"));
    assert_eq!(header.unexpected, ["Attended Type two", "Waited Type 1"]);
}

const STACKED: &str = "{ blocks: { title: what } }";
const WHAT: &str = "what: {}\nmonth: { kind: period }\nn: { kind: number }\nplan: { kind: number, required: false }";

#[test]
fn blocks_are_told_apart_by_their_headers() {
    let spec = tabled(STACKED, WHAT);
    let stacked = "Report\nBeds\nmonth,n\nApr-25,1\n* a footnote\n\nStaff\nplan,month,n\n9,Apr-25,2\n\n* another\n";
    assert_eq!(rows(stacked, &spec), ["4: Beds|Apr-25|1|", "9: Staff|Apr-25|2|9"]);
    assert_eq!(findings(stacked, &spec), ["note footnotes 5,11"]);
}

#[test]
fn blocks_printed_twice_with_different_figures_are_an_error_with_both_places() {
    let spec = tabled(STACKED, WHAT);
    let head = "Beds,\nmonth,n\nApr-25,1\nMay-25,2\n,\n";
    assert_eq!(findings(format!("{head}Beds,\nmonth,n\nApr-25, 1\nMay-25,2,\n"), &spec), ["note repeated_block 7"]);
    assert_eq!(findings(format!("{head}Beds,\nmonth,n\nApr-25,1\nMay-25,3\n"), &spec), ["error repeated_block 4,9"]);
    assert_eq!(findings(format!("{head}Beds,\nmonth,n\nApr-25,1\n"), &spec), ["error repeated_block 4"]);
    let longer = format!("{head}Beds,\nmonth,n\nApr-25,1\nMay-25,2\nJun-25,3\n");
    assert_eq!(findings(longer, &spec), ["error repeated_block 10"]);
}

#[test]
fn a_blank_file_below_the_header_and_a_header_at_the_end_are_no_rows() {
    let spec = tabled(STACKED, WHAT);
    assert_eq!(rows("Beds\nmonth,n\n", &spec), [""; 0]);
    assert_eq!(rows("Beds\nmonth,n\nApr-25,1\nStaff\nmonth,n", &spec), ["3: Beds|Apr-25|1|"]);
}

#[test]
fn settings_that_do_not_fit_together_are_refused_where_they_stand() {
    for (table, columns, expected) in [
        ("{ fill_down: [sit] }", "site: {}", "2:22: there is no column `sit` (did you mean `site`?)"),
        ("{ blocks: { title: wat } }", "what: {}", "there is no column `wat` (did you mean `what`?)"),
        ("{ across: { columns: months, name: when } }", "when: {}", "`across` needs `value`"),
        ("{ across: { columns: months, name: n, value: n } }", "n: {}", "`n` is made twice"),
        (
            "{ alternate: { column: Kind, rows: { a: A, b: B } } }",
            "a: {}\nb: {}",
            "it is not clear where the figures stand",
        ),
        ("{ alternate: { rows: { a: A, b: B }, value: N } }", "a: {}\nb: {}", "which column tells the rows apart"),
        ("{ alternate: { position: 1, rows: { a: A }, value: N } }", "a: {}", "two kinds at least"),
        ("{ blocks: { title: what } }", "what: { header: What }", "`what` is made by the layout"),
        (
            "{}",
            "a: { position: 1, header: A }\nb: { position: 2 }\nc: { required: false }",
            "4:3: nothing tells which row of a file is the header",
        ),
        ("{}", "n: { percent: points }", "`percent` of `n` has no effect"),
        ("{}", "n: { quarters: calendar }", "`quarters` of `n` has no effect"),
        ("{}", "n: { scale: 1000 }", "`scale` of `n` has no effect"),
        ("{}", "n: { from: { file_name: '(?<year>x)' } }", "no group for the value"),
    ] {
        let problems: Problems = tabled(table, columns).check().expect_err(table);
        assert!(problems.to_string().contains(expected), "{table}: {problems}");
    }
    for (yaml, expected) in [
        ("table: { across: { columns: monts, name: a } }", "`monts` is none of months, quarters, years, periods"),
        ("table: { blocks: { titel: a } }", "there is no setting `titel` here (did you mean `title`?)"),
        ("table: { blocks: { title: a, title_in: footer } }", "`footer` is not one of the choices"),
        ("columns: { a: { scale: lots } }", "`lots` is no scale"),
        ("columns: { a: { position: 0 } }", "columns count from 1"),
        ("columns: { a: { part: 'x' } }", "needs a group"),
    ] {
        let problems = super::tests::refused(yaml);
        assert!(problems.contains(expected), "{problems}");
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_gives_an_answer_under_any_layout(
        text in "((A|Plan|Done|site|Kind|Apr-25|May|month|n|plan|1|x|\\*|\"|,|,|\n|\n){0,60})",
        layout in 0..5_usize,
    ) {
        let spec = match layout {
            0 => tabled(ALTERNATE, SITES),
            1 => tabled(STACKED, WHAT),
            2 => tabled(LEVELS, LEVELLED),
            3 => tabled("{ header_rows: 2, blocks: { title: what, title_in: header }, fill_down: [month] }", WHAT),
            _ => tabled("{ repeated_rows: drop, across: { columns: ['*'], name: what, value: n, blank: keep } }", "what: {}\nsite: {}\nn: {}"),
        };
        for header in ["site,Kind,Apr-25,May-25\n", "Beds\nmonth,n\n", ""] {
            let _ = read(format!("{header}{text}"), &spec);
        }
    }
}
