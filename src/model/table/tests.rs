//! However a column keeps its cells, it answers alike.

use std::sync::Arc;

use super::*;

const ABSENT: Cell = Cell::Missing(Missing::Absent);
const BLANK: Cell = Cell::Missing(Missing::Blank);

fn printed(text: &str, width: usize) -> Arc<Printed> {
    let ends = text.bytes().enumerate().filter(|(_, byte)| matches!(byte, b',' | b'\n'));
    let ends = ends.map(|(at, _)| u32::try_from(at).expect("short")).collect();
    Arc::new(Printed { bytes: text.into(), start: 0, ends, width })
}

/// The cells 5, blank, 5, "1,000" (as printed) and 7, kept in each way.
fn ways() -> [Column; 3] {
    let cells = [("5", Cell::Number(5.0)), ("", BLANK), ("5", Cell::Number(5.0)), ("1 000", Cell::Number(1000.0))];
    let cells = [&cells[..], &[("7", Cell::Number(7.0))]].concat();
    let mut plain = Column::default();
    let mut coded = Coded::default();
    let mut numbers = Numbers::default();
    numbers.begin(printed("a,5\nb,\nc,\"5\"\nd,1 000\ne, 7\r\n", 2), 1);
    for (text, cell) in cells {
        plain.push(text, cell);
        let known = (0..).take(coded.dictionary.len()).find(|code| coded.dictionary.text(*code) == text);
        let code = known.unwrap_or_else(|| coded.dictionary.push(text, cell));
        coded.codes.push(code);
        match cell {
            Cell::Number(number) if text.len() == 1 => numbers.extend(&[number]),
            _ => {
                numbers.extend(&[0.0]);
                numbers.set_apart(numbers.values().len() - 1, text, cell);
            }
        }
    }
    [plain, Cells::Coded(coded).into(), Cells::Numbers(numbers).into()]
}

#[test]
fn every_way_of_keeping_cells_gives_the_same_cells() {
    let [plain, coded, numbers] = ways();
    assert_eq!(plain, coded);
    assert_eq!(plain, numbers);
    let expected = ["5", "", "5", "1 000", "7"];
    for column in [&plain, &coded, &numbers] {
        assert_eq!(column.iter().map(|(text, _)| text).collect::<Vec<_>>(), expected);
        assert_eq!((column.len(), column.text(5), column.cell(5)), (5, "", ABSENT));
        assert_eq!((column.cell(1), column.cell(3)), (BLANK, Cell::Number(1000.0)));
    }
}

#[test]
fn every_way_of_keeping_cells_fails_the_same_rows() {
    for column in ways() {
        let cells = |fails: fn(Cell) -> bool| {
            let mut rows = Vec::new();
            column.failing(&mut Asked::default(), |_, cell| fails(cell), |row| rows.push(row));
            rows
        };
        assert_eq!(cells(|cell| cell == Cell::Number(5.0)), [0, 2]);
        assert_eq!(cells(|cell| matches!(cell, Cell::Missing(_))), [1]);
        assert_eq!(cells(|_| true), [0, 1, 2, 3, 4]);
        let numbers = |fails: fn(f64) -> bool| {
            let mut rows = Vec::new();
            column.failing_numbers(&mut Asked::default(), fails, |row| rows.push(row));
            rows
        };
        assert_eq!(numbers(|number| number > 5.0), [3, 4]);
        assert_eq!(numbers(|_| true), [0, 2, 3, 4]);
        assert_eq!(numbers(|_| false), [] as [usize; 0]);
        let missing = |fails: fn(Missing) -> bool| {
            let mut rows = Vec::new();
            column.failing_missing(&mut Asked::default(), fails, |row| rows.push(row));
            rows
        };
        assert_eq!(missing(|missing| missing == Missing::Blank), [1]);
        assert_eq!(missing(|missing| missing == Missing::Unreadable), [] as [usize; 0]);
    }
}

/// Three hundred numbers, of which those of every seventieth row are large, and one is none.
#[test]
fn numbers_fail_wherever_they_stand() {
    let mut numbers = Numbers::default();
    let all: Vec<f64> = (0..300).map(|row| if row % 70 == 69 { 1e6 } else { f64::from(row) }).collect();
    numbers.extend(&all);
    numbers.set_apart(139, "n/a", Cell::Missing(Missing::NotApplicable));
    let (column, mut rows) = (Column::from(Cells::Numbers(numbers)), Vec::new());
    column.failing_numbers(&mut Asked::default(), |number| !(0.0..=1000.0).contains(&number), |row| rows.push(row));
    assert_eq!(rows, [69, 209, 279]);
}

#[test]
fn a_distinct_cell_is_asked_about_once_and_another_dictionary_anew() {
    let mut dictionary = Dictionary::default();
    let (mut memo, mut asked) = (Memo::default(), 0);
    let mut ask = |dictionary: &Dictionary| {
        let answers = memo.ask(dictionary, |text, _| {
            asked += 1;
            text.len()
        });
        (answers.to_vec(), asked)
    };
    dictionary.push("a", Cell::Text);
    dictionary.push("bb", Cell::Text);
    assert_eq!(ask(&dictionary), (vec![1, 2], 2));
    dictionary.push("ccc", Cell::Text);
    assert_eq!(ask(&dictionary), (vec![1, 2, 3], 3));
    assert_eq!(ask(&dictionary.clone()), (vec![1, 2, 3], 6), "a copy may go another way");
}

#[test]
fn what_failed_in_one_dictionary_does_not_in_another() {
    let column = |text: &str| {
        let mut coded = Coded::default();
        coded.codes.push(coded.dictionary.push(text, Cell::Text));
        Column::from(Cells::Coded(coded))
    };
    let (mut asked, mut failed) = (Asked::default(), Vec::new());
    for text in ["good", "bad", "good", "bad"] {
        column(text).failing(&mut asked, |text, _| text == "bad", |row| failed.push((text, row)));
    }
    assert_eq!(failed, [("bad", 0), ("bad", 0)]);
}

#[test]
fn a_cell_pushed_onto_any_column_is_its_last() {
    for mut column in ways() {
        column.push_at("x", Cell::Text, CellPlace { row: 9, header: None, column: None });
        assert_eq!((column.len(), column.text(0), column.text(5), column.cell(5)), (6, "5", "x", Cell::Text));
        assert_eq!((column.place(0), column.place(5).map(|place| place.row)), (None, Some(9)));
        column.clear();
        assert_eq!((column.len(), column.place(5)), (0, None));
    }
}
