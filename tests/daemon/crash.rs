//! Killed at random moments, with receivers that fail at random, the daemon ends where an undisturbed one does.
//!
//! `BELLWETHER_KILLS` says how often it is killed, `BELLWETHER_SEED` makes a run come again.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write,
    fs,
    thread::sleep,
    time::Duration,
};

use serde_json::{Value, json};

use crate::support::{Answer, Daemon, Home, Receiver, eventually, verify_signatures};

/// The longest life of a daemon that is killed.
const LIFE: Duration = Duration::from_millis(300);

const SETTINGS: &str = "settle: 20ms\nretry: { attempts: 100000, first: 20ms, longest: 100ms, timeout: 500ms }\n";

/// `SplitMix64`: numbers that look random and come again with the seed.
#[derive(Clone)]
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

type File = (String, Vec<u8>);

/// A month of four contracts around their plan, so that alerts come and go.
fn month(number: u64, chance: &mut Chance) -> String {
    let (year, month) = (2016 + number / 12, number % 12 + 1);
    let mut text = "period,contract,contract_type,planned,delivered\n".to_owned();
    for contract in ["Dementia", "Diabetes", "ECGs", "Wound Care"] {
        let delivered = 40 + chance.below(50);
        writeln!(text, "{year}-{month:02},{contract},capitated,100,{delivered}").unwrap();
    }
    text
}

/// What arrives: new months, months that are restated, months that are held back, the same bytes again, and files that
/// nobody knows. The names are in the order of arrival.
fn arrivals(count: u64, chance: &mut Chance) -> Vec<File> {
    let (mut files, mut newest): (Vec<File>, u64) = (Vec::new(), 0);
    for number in 0..count {
        let name = format!("les-activity-{number:04}.csv");
        let restated = chance.below(newest.max(1));
        files.push(match chance.below(10) {
            _ if number == 0 => (name, month(0, chance).into_bytes()),
            0 => (name, month(restated, chance).into_bytes()),
            1 => (name, month(newest + 1, chance).replacen(",100,", ",-100,", 1).into_bytes()),
            2 => (name, files[usize::try_from(chance.below(number)).unwrap()].1.clone()),
            3 => (format!("les-{number:04}-unknown.csv"), format!("a,b\n{number},2\n").into_bytes()),
            _ => {
                newest += 1;
                (name, month(newest, chance).into_bytes())
            }
        });
    }
    files
}

/// Accepts half of what comes.
fn moody(mut chance: Chance) -> Receiver {
    Receiver::scripted(move || match chance.below(20) {
        0..10 => Answer::Status(200),
        10..13 => Answer::Status(500),
        13 => Answer::With(503, "Retry-After", "0".to_owned()),
        14..16 => Answer::CloseHalfway,
        16..19 => Answer::Forget,
        _ => Answer::Hang,
    })
}

fn home_to(group: &Receiver, operator: &Receiver) -> Home {
    let home = Home::new();
    home.settings(SETTINGS);
    home.channels(&[Home::to_webhook(&group.url("group"))], &[Home::to_webhook(&operator.url("operator"))]);
    home
}

/// The first file of a history has something to say of its own when it comes alone.
fn introduce(home: &Home, file: &File) {
    let mut daemon = home.start();
    home.drop_file(file);
    home.wait_for_deliveries(1);
    daemon.stop();
}

fn wait_for_the_end(home: &Home, count: usize) {
    let ended = || {
        // The messages last: what is decided while this looks queues more of them.
        let all_decided = home.deliveries().len() == count && home.files("state/claimed").is_empty();
        (all_decided && home.outbox().iter().all(|entry| entry["state"] == "sent")).then_some(())
    };
    eventually("everything has ended", ended, || {
        format!("{} of {count}\n{:#?}", home.deliveries().len(), home.files(""))
    });
}

/// All that the world can see of a home, without ids and times, which differ from run to run.
fn end_state(home: &Home) -> Value {
    let deliveries = home.deliveries();
    let names: BTreeMap<&str, &Value> =
        deliveries.iter().map(|delivery| (delivery["id"].as_str().unwrap(), &delivery["file"])).collect();
    let fields =
        |entry: &Value, wanted: &[&str]| -> Vec<Value> { wanted.iter().map(|name| entry[name].clone()).collect() };
    let decided = |entry: &Value| fields(entry, &["file", "dataset", "hash", "revision", "periods", "verdict", "size"]);
    let mut seen: Vec<Vec<Value>> = deliveries.iter().map(decided).collect();
    seen.sort_by_key(|entry| entry[0].to_string());

    let alerts = home.list(&["alerts"]);
    let lives: Vec<Value> = alerts
        .iter()
        .map(|alert| {
            let steps = home.list(&["alerts", "--history", alert["id"].as_str().unwrap()]);
            let step = |step: &Value| {
                let file = step["delivery"].as_str().map(|id| names[id].clone());
                json!([file, fields(step, &["kind", "cause", "since", "period", "value", "plan", "message"])])
            };
            json!([alert, steps.iter().map(step).collect::<Vec<_>>()])
        })
        .collect();

    let mut notices: Vec<String> = home
        .list(&["notices"])
        .iter()
        .map(|notice| json!(fields(notice, &["kind", "group", "subject"])).to_string())
        .collect();
    notices.sort();

    // Reports and manifests beside the files name deliveries by their ids: that they are there is enough.
    let mut files = BTreeMap::new();
    for folder in ["published", "quarantine"] {
        for name in home.files(folder) {
            let of_one = name.contains(".report.") || name.ends_with("manifest.json");
            let content = if of_one { Vec::new() } else { fs::read(home.path(folder).join(&name)).unwrap() };
            files.insert(format!("{folder}/{name}"), blake3::hash(&content).to_hex().to_string());
        }
    }
    json!({ "deliveries": seen, "alerts": lives, "notices": notices, "files": files, "drop": home.files("drop"), "claimed": home.files("state/claimed"), "measures": home.files("state/measures") })
}

/// Kills daemon after daemon while the files arrive; how many there were with anything to do.
fn disturb(home: &Home, files: &[File], kills: u64, chance: &mut Chance) {
    let mut files = files.iter();
    for round in 0..kills {
        let life = Duration::from_micros(chance.below(u64::try_from(LIFE.as_micros()).unwrap()));
        let arrival = life.mul_f64(chance.below(100) as f64 / 100.0);
        let mut daemon = Daemon::spawn(home.command(&["run", "--log-format", "json"]));
        sleep(arrival);
        if round % 2 == 0
            && let Some(file) = files.next()
        {
            home.drop_file(file);
        }
        sleep(life.saturating_sub(arrival));
        daemon.kill();
    }
    assert_eq!(files.len(), 0);
}

#[test]
fn kills_and_failing_receivers_change_nothing_about_the_end() {
    let number = |name: &str, default: u64| env::var(name).map_or(default, |text| text.parse().expect("a number"));
    let kills = number("BELLWETHER_KILLS", 40);
    let seed = number("BELLWETHER_SEED", u64::from(std::process::id()));
    println!("{kills} kills; the same again with BELLWETHER_SEED={seed}");
    let mut chance = Chance(seed);
    let files = arrivals(kills.div_ceil(2) + 1, &mut chance);
    let (first, rest) = files.split_first().unwrap();

    let (group, operator) = (moody(Chance(chance.next())), moody(Chance(chance.next())));
    let home = home_to(&group, &operator);
    introduce(&home, first);
    disturb(&home, rest, kills, &mut chance);
    let mut daemon = home.start();
    wait_for_the_end(&home, files.len());
    daemon.stop();

    let (quiet_group, quiet_operator) = (Receiver::answering([]), Receiver::answering([]));
    let quiet = home_to(&quiet_group, &quiet_operator);
    introduce(&quiet, first);
    let mut daemon = quiet.start();
    for (number, file) in (2..).zip(rest) {
        quiet.drop_file(file);
        quiet.wait_for_deliveries(number);
    }
    wait_for_the_end(&quiet, files.len());
    daemon.stop();

    // Nothing is lost, doubled or otherwise than without the kills.
    let (found, expected) = (end_state(&home), end_state(&quiet));
    for part in ["deliveries", "alerts", "notices", "measures", "files", "drop", "claimed"] {
        pretty_equal(part, &found[part], &expected[part]);
    }

    // Every message has arrived at least once, and nothing that was not sent.
    let outbox = home.outbox();
    let sent: BTreeSet<&str> = outbox.iter().map(|entry| entry["id"].as_str().unwrap()).collect();
    let requests = [group.requests(), operator.requests()].concat();
    let accepted: BTreeSet<&str> =
        requests.iter().filter(|request| request.accepted).map(crate::support::Request::id).collect();
    let heard: BTreeSet<&str> = requests.iter().map(crate::support::Request::id).collect();
    assert_eq!(accepted, sent);
    assert_eq!(heard, sent);
    assert_eq!(outbox.len(), quiet.outbox().len());
    verify_signatures(&requests);
    println!("{} files, {} messages in {} requests", files.len(), sent.len(), requests.len());
}

/// Shows where two states differ rather than both.
fn pretty_equal(part: &str, found: &Value, expected: &Value) {
    let lines = |value: &Value| -> Vec<String> {
        serde_json::to_string_pretty(value).unwrap().lines().map(str::to_owned).collect()
    };
    let (found, expected) = (lines(found), lines(expected));
    let first = found.iter().zip(&expected).position(|(a, b)| a != b);
    let first = first.or_else(|| (found.len() != expected.len()).then_some(found.len().min(expected.len())));
    if let Some(first) = first {
        let around = |lines: &[String]| lines[first.saturating_sub(15)..lines.len().min(first + 15)].join("\n");
        panic!("{part} differ:\n{}\n-- expected:\n{}", around(&found), around(&expected));
    }
}
