//! The links in messages and the page behind them, against the real daemon: what a mail scanner, a browser, two people at
//! once and somebody who forges links come to.
#![allow(clippy::expect_used, clippy::panic, reason = "a test ends where what it needs is not there")]

mod support;

use std::{
    collections::BTreeSet,
    io::{Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    thread,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use support::{Daemon, Home, les, les_name};

const BASE: &str = "https://bellwether.example.org/desk";
const GROUP: &str = "primary-care-medical-services";

/// What the daemon answered.
#[derive(Debug)]
struct Answer {
    status: u16,
    head: String,
    body: String,
}

/// A daemon with links, and a message of a month in which alerts began.
struct Desk {
    home: Home,
    daemon: Daemon,
    address: String,
}

impl Desk {
    fn new(valid: &str) -> Self {
        Self::prepared(valid, |_| ())
    }

    /// With other settings.
    fn prepared(valid: &str, prepare: impl FnOnce(&Home)) -> Self {
        let home = Home::new();
        prepare(&home);
        // Told without links.
        home.take_months(&["2025-04"]);
        let links = format!("\nlisten: 127.0.0.1:0\nlinks: {{ base: '{BASE}/', valid: {valid} }}");
        home.edit("config/bellwether.yaml", "\nlisten: off", &links);
        let mut daemon = home.start();
        home.take_in_daemon(&mut daemon, &les_name("2025-05"), &les("2025-05"), 2);
        let address = address(&daemon);
        Self { home, daemon, address }
    }

    fn restart(self) -> Self {
        let Self { home, daemon, .. } = self;
        drop(daemon);
        let daemon = home.start();
        let address = address(&daemon);
        Self { home, daemon, address }
    }

    /// Every address in every mail, in all its parts.
    fn addresses(&self) -> BTreeSet<String> {
        let mails = self.home.files("mail").into_iter().map(|file| self.home.read(&format!("mail/{file}")));
        let whole: String =
            mails.map(|mail| mail.replace("\r\n", "\n").replace("=\n", "").replace("=3D", "=")).collect();
        let found = whole.match_indices("https://").map(|(at, _)| {
            let rest = &whole[at..];
            rest[..rest.find(['"', '<', '\n', ' ']).unwrap_or(rest.len())].to_owned()
        });
        found.collect()
    }

    /// The link of the one message.
    fn link(&self) -> String {
        let addresses = self.addresses();
        addresses.into_iter().find(|address| !address.contains('?')).expect("a link")
    }

    /// A request as a reverse proxy hands it on.
    fn ask(&self, method: &str, link: &str, headers: &[&str], body: &str) -> Answer {
        let path = link.strip_prefix(BASE).expect("it leads to the base");
        let mut stream = TcpStream::connect(&self.address).expect("the daemon listens");
        let headers = headers.iter().flat_map(|header| [header, "\r\n"]).collect::<String>();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: bellwether.example.org\r\nConnection: close\r\nContent-Length: {length}\r\n\
             {headers}\r\n{body}"
        );
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        Answer { status, head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    fn get(&self, link: &str) -> Answer {
        self.ask("GET", link, &[], "")
    }

    /// Sends a form as a browser does.
    fn post(&self, link: &str, fields: &[(&str, &str)]) -> Answer {
        self.ask("POST", link, &[FORM, "Sec-Fetch-Site: same-origin", "Origin: null"], &encoded(fields))
    }

    /// What was done about all alerts, as `rule kind by through`.
    fn acts(&self) -> Vec<String> {
        let mut done = Vec::new();
        for alert in self.home.alerts() {
            let id = alert["id"].as_str().expect("an id");
            let explained = self.home.run(&["explain", id, "--format", "json"]).ends_with(0).json();
            for act in explained["acts"].as_array().expect("acts") {
                let text = |field: &str| act[field].as_str().unwrap_or("-").to_owned();
                done.push(format!("{} {} {}", text("kind"), text("by"), text("through")));
            }
        }
        done
    }
}

const FORM: &str = "Content-Type: application/x-www-form-urlencoded";

fn address(daemon: &Daemon) -> String {
    let log = daemon.log();
    let line = log.lines().find(|line| line.contains("status pages")).expect("it says where");
    let (_, address) = line.split_once("127.0.0.1:").expect("an address");
    format!("127.0.0.1:{}", address.chars().take_while(char::is_ascii_digit).collect::<String>())
}

fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The value of a hidden field.
fn field(page: &str, name: &str) -> String {
    let (_, rest) = page.split_once(&format!("name=\"{name}\" value=\"")).expect("a field");
    rest.split('"').next().expect("an end").to_owned()
}

/// The ids beside the boxes of a page, and whether they are ticked.
fn boxes(page: &str) -> Vec<(String, bool)> {
    let boxes = page.split("<input type=\"checkbox\" name=\"alert\" value=\"").skip(1);
    boxes.map(|rest| (rest[..16].to_owned(), rest[16..].starts_with("\" checked"))).collect()
}

#[test]
fn the_page_says_no_smaller_numbers_than_the_message() {
    // Post Bariatric Monitoring has 66 of the 254 planned, which is 26.0%.
    let whole = Desk::new("30 days");
    let page = whole.get(&whole.link()).body;
    assert!(page.contains("66 delivered") && page.contains("26.0%"), "{page}");
    let desk = Desk::prepared("30 days", |home| {
        let (measure, below) = ("\n    value: delivered\n", "\n    value: delivered\n    suppressed_below: 70\n");
        home.edit("config/datasets/les-activity.yaml", measure, below);
    });
    let page = desk.get(&desk.link()).body;
    assert!(page.contains("Post Bariatric Monitoring") && page.contains("fewer than 70"), "{page}");
    assert!(!page.contains("66 delivered") && !page.contains("26.0%") && !page.contains(">66<"), "{page}");
}

#[test]
fn a_scanner_that_follows_every_link_of_every_mail_acknowledges_nothing() {
    let desk = Desk::new("30 days");
    let addresses = desk.addresses();
    // One for the message, and one for each of its alerts.
    assert_eq!(addresses.len(), 1 + desk.home.alerts().len(), "{addresses:?}");
    for link in &addresses {
        assert!(link.starts_with(&format!("{BASE}/act/")), "{link}");
        for method in ["GET", "HEAD", "GET"] {
            let answer = desk.ask(method, link, &["Sec-Fetch-Site: none"], "");
            assert_eq!(answer.status, 200, "{method}");
            assert_eq!(answer.body.is_empty(), method == "HEAD");
        }
        for method in ["OPTIONS", "PUT", "DELETE", "PATCH"] {
            assert_eq!(desk.ask(method, link, &[FORM], "doing=acknowledge&by=x").status, 405, "{method}");
        }
        // Some scanners send the forms of a page empty, or as they stand.
        assert_eq!(desk.ask("POST", link, &[], "").status, 404);
    }
    assert_eq!(desk.acts(), [""; 0]);
}

#[test]
fn a_person_acts_on_the_page_and_a_second_click_changes_nothing() {
    let desk = Desk::new("30 days");
    let link = desk.link();
    let page = desk.get(&link);
    assert_eq!(page.status, 200);
    for shown in ["Dementia", "588", "1,332", "Nobody has said yet", "Primary Care Medical Services Group", "<svg"] {
        assert!(page.body.contains(shown), "{shown}: {}", page.body);
    }
    for header in [
        "cache-control: no-store",
        "referrer-policy: no-referrer",
        "x-content-type-options: nosniff",
        "x-robots-tag: noindex",
        "frame-ancestors 'none'",
        "content-security-policy: default-src 'none'",
    ] {
        assert!(page.head.contains(header), "{header}: {}", page.head);
    }
    assert!(!page.body.contains("style=\"") && !page.body.contains("<script"), "its policy would refuse them");
    let all = boxes(&page.body);
    assert_eq!(all.len(), desk.home.alerts().len());
    assert!(all.iter().all(|(_, ticked)| *ticked), "all of them to begin with");
    let first = &all[0].0;
    let only = boxes(&desk.get(&format!("{link}?alert={first}")).body);
    assert_eq!(only.iter().filter(|(_, ticked)| *ticked).map(|(id, _)| id).collect::<Vec<_>>(), [first]);

    let (token, once) = (field(&page.body, "token"), field(&page.body, "once"));
    let form = [
        ("token", token.as_str()),
        ("once", once.as_str()),
        ("alert", first.as_str()),
        ("alert", all[1].0.as_str()),
        ("by", "Jo <b>Bell</b> & Söhne"),
        ("comment", "a locum\r\nstarts in July"),
        ("assignee", ""),
        ("review", ""),
        ("doing", "acknowledge"),
    ];
    for _ in 0..2 {
        let done = desk.post(&link, &form);
        assert_eq!(done.status, 303, "{}", done.body);
        assert!(done.head.contains("location: ?done=acknowledge"), "{}", done.head);
    }
    let kept = format!("acknowledged Jo <b>Bell</b> & Söhne {GROUP}");
    assert_eq!(desk.acts(), [kept.clone(), kept]);
    let after = desk.get(&format!("{link}?done=acknowledge")).body;
    assert!(after.contains("It is noted that you look after these."), "{after}");
    assert!(after.contains("acknowledged by Jo &lt;b&gt;Bell&lt;&#x2f;b&gt; &amp; Söhne on "), "{after}");
    assert!(after.contains(": a locum starts in July"), "{after}");
    let log = desk.daemon.log();
    assert!(log.contains("acknowledged") && !log.contains(&token[..40]), "the log names no token");
}

#[test]
fn what_is_missing_is_said_above_the_form_which_keeps_what_was_written() {
    let desk = Desk::new("30 days");
    let link = desk.link();
    let page = desk.get(&link).body;
    let (token, once, id) = (field(&page, "token"), field(&page, "once"), boxes(&page)[0].0.clone());
    let with = |more: &[(&str, &str)]| {
        let form = [("token", token.as_str()), ("once", once.as_str()), ("comment", "it is <known>")];
        desk.post(&link, &[&form[..], more].concat())
    };
    for (more, wrong) in [
        (vec![("by", " "), ("alert", id.as_str()), ("doing", "acknowledge")], "say who does this"),
        (vec![("by", "Jo"), ("doing", "acknowledge")], "choose at least one alert"),
        (vec![("by", "Jo"), ("alert", "0000000000000000"), ("doing", "note")], "is not in this message"),
        (vec![("by", "Jo"), ("alert", &id), ("doing", "note"), ("review", "soon")], "`soon` is no day"),
        (vec![("by", "Jo"), ("alert", &id), ("doing", "note"), ("review", "2020-01-01")], "is not between today and"),
    ] {
        let answer = with(&more);
        assert_eq!(answer.status, 422, "{more:?}");
        assert!(answer.body.contains(wrong), "{wrong}: {}", answer.body);
        assert!(answer.body.contains(">it is &lt;known&gt;</textarea>"), "{}", answer.body);
        assert_eq!(field(&answer.body, "once"), once, "the next press is the same sending");
    }
    assert_eq!(desk.acts(), [""; 0]);
    let noted = with(&[("by", "Jo"), ("alert", &id), ("doing", "note"), ("assignee", "Sam Roe")]);
    assert_eq!(noted.status, 303, "{}", noted.body);
    assert_eq!(desk.acts(), [format!("assigned Jo {GROUP}")]);
}

#[test]
fn links_that_are_not_ours_are_all_answered_alike_and_do_nothing() {
    let desk = Desk::new("30 days");
    let link = desk.link();
    let page = desk.get(&link).body;
    let (token, once, id) = (field(&page, "token"), field(&page, "once"), boxes(&page)[0].0.clone());
    let altered = |at: usize| {
        let other = if token.as_bytes()[at] == b'A' { "B" } else { "A" };
        format!("{}{other}{}", &token[..at], &token[at + 1..])
    };
    let forged =
        [altered(2), altered(40), altered(token.len() - 2), token[..token.len() - 1].to_owned(), "A".repeat(300)];
    let mut bodies = BTreeSet::new();
    for wrong in &forged {
        let answer = desk.get(&format!("{BASE}/act/{wrong}"));
        assert_eq!(answer.status, 404);
        bodies.insert(answer.body);
        let form = [("token", wrong.as_str()), ("once", &once), ("alert", &id), ("by", "x"), ("doing", "acknowledge")];
        for at in [&link, &format!("{BASE}/act/{wrong}")] {
            let answer = desk.post(at, &form);
            assert_eq!(answer.status, 404);
            bodies.insert(answer.body);
        }
        // The address is not what allows it.
        let right = [("token", token.as_str()), ("once", &once), ("alert", &id), ("by", "x"), ("doing", "acknowledge")];
        assert_eq!(desk.post(&format!("{BASE}/act/{wrong}"), &right).status, 404);
    }
    assert_eq!(bodies.len(), 1, "whatever is wrong, the answer is the same");
    let right = encoded(&[("token", &token), ("once", &once), ("alert", &id), ("by", "x"), ("doing", "acknowledge")]);
    for headers in [
        &[FORM, "Sec-Fetch-Site: cross-site", "Origin: https://bellwether.example.org"][..],
        &[FORM, "Sec-Fetch-Site: same-site"],
        &[FORM, "Origin: https://elsewhere.example.org"],
        &["Content-Type: text/plain", "Sec-Fetch-Site: same-origin"],
    ] {
        assert_eq!(desk.ask("POST", &link, headers, &right).status, 403, "{headers:?}");
    }
    let large = format!("{right}&comment={}", "x".repeat(100_000));
    assert_eq!(desk.ask("POST", &link, &[FORM], &large).status, 413);
    assert_eq!(desk.acts(), [""; 0]);

    // Many that are not ours are turned away without a look; ours works all the same, and dies with its key.
    let statuses: BTreeSet<u16> = (0..60).map(|_| desk.get(&format!("{BASE}/act/x")).status).collect();
    assert!(statuses.contains(&429), "{statuses:?}");
    assert_eq!(desk.get(&link).status, 200);
    desk.home.run(&["links", "rotate"]).ends_with(0);
    assert_ne!(desk.get(&link).status, 200);
    assert_ne!(desk.post(&link, &[("token", &token), ("once", &once), ("alert", &id), ("by", "x")]).status, 303);
    assert_eq!(desk.acts(), [""; 0]);
}

/// A token that says what it likes, signed with the home's own key.
fn signed(home: &Home, notice: &str, group: &str) -> String {
    let key = std::fs::read(home.path("state/links.key")).expect("the key");
    let mut said = vec![1];
    said.extend(notice.parse::<uuid::Uuid>().expect("an id").as_bytes());
    said.extend(4_102_444_800_i64.to_be_bytes());
    said.extend(group.as_bytes());
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).expect("a key");
    mac.update(&said);
    said.extend(mac.finalize().into_bytes());
    URL_SAFE_NO_PAD.encode(said)
}

#[test]
fn the_link_of_one_group_does_not_act_on_the_notice_of_another() {
    let desk = Desk::new("30 days");
    let told = desk.home.notices();
    let of_group = told.iter().rfind(|told| told.group == GROUP && told.kind == "exceptions").expect("a notice");
    let link = |group: &str| format!("{BASE}/act/{}", signed(&desk.home, &of_group.id, group));
    // As it is made for the group itself, it opens: nothing else is wrong with the others.
    assert_eq!(desk.get(&link(GROUP)).status, 200);
    let page = desk.get(&link(GROUP)).body;
    let (token, once, id) = (field(&page, "token"), field(&page, "once"), boxes(&page)[0].0.clone());
    for group in ["performance-team", "", "primary-care-medical-service", "primary-care-medical-services "] {
        let other = link(group);
        assert_eq!(desk.get(&other).status, 404, "{group:?}");
        // Nor with the token in the form, or the one of the group itself.
        let own = other.rsplit('/').next().expect("a token").to_owned();
        for token in [&own, &token] {
            let form =
                [("token", token.as_str()), ("once", &once), ("alert", &id), ("by", "Jo"), ("doing", "acknowledge")];
            assert_eq!(desk.post(&other, &form).status, 404, "{group:?}");
        }
    }
    assert_eq!(desk.acts(), [""; 0]);
}

#[test]
fn a_link_works_after_a_restart_and_until_it_is_over() {
    let desk = Desk::new("30 days");
    let link = desk.link();
    let page = desk.get(&link).body;
    let desk = desk.restart();
    let mode = std::fs::metadata(desk.home.path("state/links.key")).expect("a key").permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);
    let (token, once, id) = (field(&page, "token"), field(&page, "once"), boxes(&page)[0].0.clone());
    let form = [("token", token.as_str()), ("once", &once), ("alert", &id), ("by", "Jo"), ("doing", "acknowledge")];
    assert_eq!(desk.post(&link, &form).status, 303);
    assert_eq!(desk.acts(), [format!("acknowledged Jo {GROUP}")]);

    let mut short = Desk::new("1s");
    let link = short.link();
    let address = short.address.clone();
    let path = link.strip_prefix(BASE).expect("it leads to the base").to_owned();
    short.daemon.wait("the link to be over", |_| {
        let mut stream = TcpStream::connect(&address).expect("the daemon listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answered");
        answer.starts_with("HTTP/1.1 404").then(|| assert!(answer.contains("This link does not work")))
    });
}

#[test]
fn two_people_at_once_are_both_heard() {
    let desk = Desk::new("30 days");
    let link = desk.link();
    thread::scope(|scope| {
        for name in ["Ann Lee", "Jo Bell"] {
            let (desk, link) = (&desk, &link);
            scope.spawn(move || {
                let page = desk.get(link).body;
                let (token, once, id) = (field(&page, "token"), field(&page, "once"), boxes(&page)[0].0.clone());
                let form = [
                    ("token", token.as_str()),
                    ("once", &once),
                    ("alert", &id),
                    ("by", name),
                    ("doing", "acknowledge"),
                ];
                assert_eq!(desk.post(link, &form).status, 303);
            });
        }
    });
    let mut acts = desk.acts();
    acts.sort();
    assert_eq!(acts, [format!("acknowledged Ann Lee {GROUP}"), format!("acknowledged Jo Bell {GROUP}")]);
}

#[test]
fn without_links_there_are_none_and_a_base_that_leads_nowhere_is_refused() {
    let home = Home::new();
    home.take_months(&["2025-05"]);
    let mails: String = home.files("mail").iter().map(|file| home.read(&format!("mail/{file}"))).collect();
    assert!(mails.contains("Dementia") && !mails.contains("/act/"));
    assert!(!home.path("state/links.key").exists());
    home.edit("config/bellwether.yaml", "\nlisten: off", "\nlisten: off\nlinks: { base: 'https://x.example.org' }");
    let refused = home.run(&["check"]).ends_with(2).err;
    assert!(refused.contains("links would lead to pages that are not served"), "{refused}");
    for base in ["x.example.org", "ftp://x.example.org", "https://x.example.org/?a=b", "javascript:alert(1)", ""] {
        home.edit(
            "config/bellwether.yaml",
            "links: { base: 'https://x.example.org' }",
            &format!("links: {{ base: '{base}' }}"),
        );
        let refused = home.run(&["check"]).ends_with(2).err;
        assert!(refused.contains("is not an address that links could lead to"), "{base}: {refused}");
        home.edit(
            "config/bellwether.yaml",
            &format!("links: {{ base: '{base}' }}"),
            "links: { base: 'https://x.example.org' }",
        );
    }
}
