//! How the daemon starts, stops, reloads and answers.

use std::{fmt, io::Write, net::TcpStream, os::unix::net::UnixDatagram, thread::sleep, time::Duration};

use rustix::process::Signal;
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::Value;

use crate::support::{Answer, Daemon, Home, PATIENCE, Receiver, eventually, http_get, les_file};

/// Less than the half minute after which a service manager kills.
const SECONDS: Duration = Duration::from_secs(25);

#[test]
fn it_stops_within_seconds_when_asked() {
    for signal in [Signal::TERM, Signal::INT] {
        let home = Home::new();
        let mut daemon = home.start();
        daemon.signal(signal);
        let (status, took) = daemon.wait();
        assert_eq!(status.code(), Some(0));
        assert!(took < SECONDS, "{took:?}");
    }
}

#[test]
fn it_stops_within_seconds_while_a_receiver_hangs_and_a_reader_of_its_pages_dawdles() {
    let receiver = Receiver::scripted(|| Answer::Hang);
    let home = Home::new();
    home.settings("retry: { attempts: 3, first: 50ms, longest: 1s, timeout: 5m }\n");
    home.channels(&[Home::to_webhook(&receiver.url("slow"))], &[Home::to_files()]);
    home.drop_file(&les_file("10"));
    let mut daemon = home.start();
    let mut dawdler = TcpStream::connect(daemon.address()).unwrap();
    dawdler.write_all(b"GET /healthz HTTP/1.1\r\nHost: x").unwrap();
    receiver.wait_for(1);
    daemon.signal(Signal::TERM);
    let (status, took) = daemon.wait();
    assert_eq!(status.code(), Some(0));
    assert!(took < SECONDS, "{took:?}");
    // The message was not counted as tried, and is sent by the next daemon.
    let waiting = home.outbox();
    assert_eq!((&waiting[0]["state"], &waiting[0]["attempts"]), (&"queued".into(), &0.into()), "{waiting:#?}");
    receiver.change(|| Answer::Status(200));
    let mut daemon = home.start();
    home.wait_for_outbox("sent", |outbox| outbox[0]["state"] == "sent");
    let requests = receiver.requests();
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0].id(), requests[1].id());
    daemon.stop();
}

#[test]
fn it_stops_within_seconds_while_many_files_wait() {
    let home = Home::new();
    for n in 0..1500 {
        home.drop_file(&(format!("unknown-{n}.csv"), format!("a,b\n{n},2\n").into_bytes()));
    }
    let mut daemon = home.start();
    home.wait_for("files at work", || (home.deliveries().len() > 10).then_some(()));
    daemon.signal(Signal::TERM);
    let (status, took) = daemon.wait();
    assert_eq!(status.code(), Some(0));
    assert!(took < SECONDS, "{took:?}");
    assert!(home.deliveries().len() < 1500, "too few files to tell");
}

#[test]
fn it_stops_within_seconds_while_a_large_file_is_read() {
    let home = Home::new();
    let rows = (0..500_000).map(|n| format!("2025-10,Contract number {n},capitated,100,{}\n", n % 200));
    let file = format!("period,contract,contract_type,planned,delivered\n{}", rows.collect::<String>());
    home.drop_file(&("les-activity-2025-10.csv".to_owned(), file.into_bytes()));
    let mut daemon = home.start();
    let claimed = || home.files("state/claimed").iter().filter(|path| path.ends_with("2025-10.csv")).count();
    home.wait_for("claimed", || (claimed() == 1).then_some(()));
    // Long enough for the reading to begin.
    sleep(Duration::from_millis(300));
    daemon.signal(Signal::TERM);
    let (status, took) = daemon.wait();
    assert_eq!(status.code(), Some(0));
    assert!(took < SECONDS, "{took:?}");
    // Either it was quick enough to decide, or the next daemon finds it.
    assert_eq!(claimed() + home.deliveries().len(), 1, "{:#?}", home.files(""));
}

#[test]
fn a_changed_threshold_takes_effect_and_a_broken_file_does_not() {
    let home = Home::new();
    let mut daemon = home.start();
    let address = daemon.address();
    home.drop_file(&les_file("10"));
    home.wait_for_deliveries(1);
    let firing = || -> Vec<String> {
        let alerts = home.list(&["alerts", "--state", "firing", "--rule", "les-below-60-percent-of-plan"]);
        let mut names: Vec<String> =
            alerts.iter().map(|alert| alert["labels"]["contract"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    // Shares of plan in October 2025: 28.3, 52.1, 59.4 and 45.6%; then Wound Care with 62.0%.
    let below_60 = ["Dementia", "Diabetes", "Post Bariatric Monitoring", "Simple Injections"];
    assert_eq!(firing(), below_60);
    assert_eq!(http_get(address, "/readyz"), (200, "ready\n".to_owned()));

    // Broken: named in the log, on the page and to the operator, with its place; the old rules stay in force.
    let rules = std::fs::read_to_string(home.path("rules/les.yaml")).unwrap();
    home.write(
        "rules/les.yaml",
        rules.replace("share: 0.6", "share: 0.5\n      shar: 1").replace("share * plan", "sahre * plan").as_bytes(),
    );
    let refused = home.output(&["reload"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("rules/les.yaml:"));
    daemon.signal(Signal::HUP);
    let line = daemon.wait_for_log("the new configuration is broken");
    assert!(line.contains("\"level\":\"ERROR\"") && line.contains("rules/les.yaml:"), "{line}");
    let (status, reason) = http_get(address, "/readyz");
    assert_eq!(status, 503);
    assert!(reason.contains("the configuration is broken") && reason.contains("rules/les.yaml:"), "{reason}");
    assert_eq!(http_get(address, "/healthz").0, 200, "a restart would not help");
    assert_eq!(firing(), below_60);
    home.drop_file(&les_file("09"));
    home.wait_for_deliveries(2);
    let notices = home.list(&["notices"]);
    let told = |notice: &&Value| notice["subject"].as_str().unwrap().contains("configuration is broken");
    assert_eq!(notices.iter().filter(told).count(), 1, "{notices:#?}");

    // Mended, with another threshold.
    home.write("rules/les.yaml", rules.replace("share: 0.6", "share: 0.5").as_bytes());
    assert!(home.output(&["reload"]).status.success());
    daemon.wait_for_log("was read again and is in force");
    assert_eq!(firing(), ["Post Bariatric Monitoring", "Simple Injections"]);
    assert_eq!(http_get(address, "/readyz"), (200, "ready\n".to_owned()));
    daemon.stop();
}

#[test]
fn a_reload_puts_groups_channels_and_folders_in_force() {
    let home = Home::new();
    let mut daemon = home.start();
    let receiver = Receiver::answering([]);
    home.channels(&[Home::to_webhook(&receiver.url("new"))], &[Home::to_files()]);
    home.settings("drop: [drop, other]\n");
    std::fs::create_dir(home.path("other")).unwrap();
    assert!(home.output(&["reload"]).status.success());
    daemon.wait_for_log("is in force");
    let (name, content) = les_file("10");
    home.write(&format!("other/{name}"), &content);
    assert_eq!(receiver.wait_for(1)[0].path, "/new");
    daemon.stop();
}

#[test]
fn a_changed_port_waits_for_the_next_start_and_it_is_said() {
    let home = Home::new();
    let mut daemon = home.start();
    let address = daemon.address();
    home.settings("listen: off\n");
    daemon.signal(Signal::HUP);
    let line = daemon.wait_for_log("`listen`");
    assert!(line.contains("\"WARN\"") && line.contains("next start"), "{line}");
    assert_eq!(http_get(address, "/readyz").0, 200);
    daemon.stop();
}

#[test]
fn a_home_has_one_daemon() {
    let home = Home::new();
    let mut daemon = home.start();
    for arguments in [&["run"] as &[&str], &["run", "--once"]] {
        let refused = home.output(arguments);
        assert_eq!(refused.status.code(), Some(4), "{refused:?}");
        let said = String::from_utf8(refused.stderr).unwrap();
        assert!(said.contains(&format!("process {}", daemon.pid())), "{said}");
    }
    assert_eq!(http_get(daemon.address(), "/readyz").0, 200, "the first one goes on");
    daemon.kill();
    // What a killed daemon leaves behind is in nobody's way.
    home.start().stop();
    assert_eq!(home.output(&["reload"]).status.code(), Some(4), "nobody is there to reload");
}

#[test]
fn the_pages_tell_how_it_goes() {
    let home = Home::new();
    let mut daemon = home.start();
    let address = daemon.address();
    assert!(address.ip().is_loopback());
    assert_eq!(http_get(address, "/healthz"), (200, "ok\n".to_owned()));
    assert_eq!(http_get(address, "/nothing").0, 404);
    home.drop_file(&les_file("10"));
    home.drop_file(&("unknown.csv".to_owned(), b"a\n1\n".to_vec()));
    home.wait_for_deliveries(2);
    let counted =
        ["published", "quarantined"].map(|verdict| format!("bellwether_deliveries{{verdict=\"{verdict}\"}} 1"));
    home.wait_for("both are counted", || {
        let (status, metrics) = http_get(address, "/metrics");
        assert_eq!(status, 200);
        counted.iter().all(|line| metrics.lines().any(|found| found == line)).then_some(())
    });
    daemon.stop();
}

/// The names of an object's members, as often as they are there: collectors keep only one of two.
struct Names(Vec<String>);

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Names;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Names, A::Error> {
                let mut names = Vec::new();
                while let Some((name, _)) = members.next_entry::<String, Value>()? {
                    names.push(name);
                }
                Ok(Names(names))
            }
        }
        deserializer.deserialize_map(Members)
    }
}

#[test]
fn every_line_of_its_log_is_json_in_which_each_member_is_there_once() {
    let (refusing, busy) = (Receiver::scripted(|| Answer::Status(404)), Receiver::answering([Answer::Status(500)]));
    let home = Home::new();
    home.channels(&[Home::to_webhook(&refusing.url("x")), Home::to_webhook(&busy.url("y"))], &[Home::to_files()]);
    home.drop_file(&les_file("10"));
    home.drop_file(&("unknown \"\n\u{7f}.csv".to_owned(), b"a\n1\n".to_vec()));
    let mut daemon = home.start();
    home.wait_for_deliveries(2);
    for said in ["message sent", "message not sent yet", "message could not be delivered", "published"] {
        daemon.wait_for_log(&format!("\"message\":\"{said}\""));
    }
    daemon.stop();
    for line in daemon.log() {
        let Names(mut names) = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        names.sort();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{line}");
        let entry: Value = serde_json::from_str(&line).unwrap();
        for field in ["timestamp", "level", "message"] {
            assert!(entry[field].is_string(), "no {field} in {line}");
        }
    }
}

#[test]
fn a_port_that_is_taken_is_said_and_holds_up_nothing_else() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let home = Home::new();
    home.settings(&format!("listen: {}\n", taken.local_addr().unwrap()));
    let mut daemon = home.start();
    let line = daemon.wait_for_log("no status pages");
    assert!(line.contains("\"ERROR\"") && line.contains("`listen`"), "{line}");
    home.drop_file(&les_file("10"));
    home.wait_for_deliveries(1);
    daemon.stop();
}

#[test]
fn the_service_manager_is_told() {
    let home = Home::new();
    let path = home.path("manager");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut command = home.command(&["run", "--log-format", "json"]);
    command.env("NOTIFY_SOCKET", &path).env("WATCHDOG_USEC", "200000");
    let mut daemon = Daemon::spawn(command);
    let wait_for = |wanted: &str| {
        let mut heard = Vec::new();
        eventually(
            wanted,
            || {
                let mut message = [0; 4096];
                let length = socket.recv(&mut message).unwrap();
                let text = String::from_utf8(message[..length].to_vec()).unwrap();
                let found = text.lines().any(|line| line == wanted);
                heard.push(text);
                found.then_some(())
            },
            || "nothing of the kind".to_owned(),
        );
        heard
    };
    wait_for("READY=1");
    wait_for("WATCHDOG=1");
    wait_for("WATCHDOG=1");
    daemon.signal(Signal::HUP);
    wait_for("STATUS=at work");
    daemon.signal(Signal::TERM);
    wait_for("STOPPING=1");
    assert_eq!(daemon.wait().0.code(), Some(0));
}
