//! What a daemon costs that has nothing to do, and how long a small file takes. Times are printed, not judged: machines
//! differ.

use std::{
    fs,
    thread::sleep,
    time::{Duration, Instant},
};

use crate::support::{Home, Receiver, les_file};

/// Ticks of the processor that a process has used: fields 14 and 15 of its `stat`, a hundredth of a second each.
fn ticks(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    // The second field is the name in brackets; it may hold blanks.
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

/// A line of a process's `status`, in KiB.
fn kibibytes(pid: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn an_idle_daemon_is_small() {
    let receiver = Receiver::answering([]);
    let home = Home::new();
    home.channels(&[Home::to_webhook(&receiver.url("group"))], &[Home::to_files()]);
    home.settings("settle: 20ms\nrescan: 30s\n");
    let mut daemon = home.start();
    for month in ["08", "09", "10"] {
        let file = les_file(month);
        let dropped = Instant::now();
        home.drop_file(&file);
        let arrived = receiver.wait_for(receiver.requests().len() + 1);
        let took = arrived.last().unwrap().at.duration_since(dropped);
        println!("{}: {took:?} from the drop to the receiver, 20 ms of them to settle", file.0);
    }
    let (before, begun) = (ticks(daemon.pid()), Instant::now());
    sleep(Duration::from_secs(3));
    let used = ticks(daemon.pid()) - before;
    let resident = kibibytes(daemon.pid(), "VmRSS");
    println!("{used} ticks of 10 ms in {:?} of idleness, {} MiB resident", begun.elapsed(), resident / 1024);
    assert!(resident < 100 * 1024, "{resident} KiB");
    daemon.stop();
}
