//! One program run to its end: how long, and how much memory at most.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::problem::Failure;

/// How often a running program is asked for its memory.
const PAUSE: Duration = Duration::from_millis(1);

/// One run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// Wall time.
    pub seconds: f64,
    /// Time on a processor, of all threads, where the kernel tells it.
    pub busy: Option<f64>,
    /// The kernel's high-water mark of resident memory, where it tells one.
    pub peak_kib: Option<u64>,
}

/// Runs a command to its end. Its output is not kept, so that a terminal does not slow it down.
pub fn measure(root: &Path, command: &[String]) -> Result<Measured, Failure> {
    let [name, arguments @ ..] = command else {
        return Err(Failure::new("no command to measure"));
    };
    let failed =
        |cause: &dyn std::fmt::Display| Failure::during("measuring", command.join(" "), cause);
    let before = children_busy();
    let start = Instant::now();
    let mut child = Command::new(name)
        .args(arguments)
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|cause| failed(&cause))?;
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak_kib = None;
    let status = loop {
        // The mark only rises; what it rises by in the last millisecond is lost.
        peak_kib = high_water(&status_file).or(peak_kib);
        match child.try_wait().map_err(|cause| failed(&cause))? {
            Some(status) => break status,
            None => thread::sleep(PAUSE),
        }
    };
    let seconds = start.elapsed().as_secs_f64();
    if !status.success() {
        let mut said = String::new();
        if let Some(mut stderr) = child.stderr.take() {
            stderr.read_to_string(&mut said).map_err(|cause| failed(&cause))?;
        }
        return Err(failed(&format!("{status}\n{said}")));
    }
    let busy = before.zip(children_busy()).map(|(before, after)| after - before);
    Ok(Measured { seconds, busy, peak_kib })
}

/// Seconds on a processor of all children that have ended.
fn children_busy() -> Option<f64> {
    parse_children_busy(&fs::read_to_string("/proc/self/stat").ok()?)
}

/// Fields 16 and 17 of `/proc/PID/stat` (proc(5)), in hundredths of a second; the name in field 2
/// may hold spaces and ends with the last parenthesis.
fn parse_children_busy(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok());
    Some((ticks(13)? + ticks(14)?) / 100.0)
}

fn high_water(status_file: &str) -> Option<u64> {
    let status = fs::read_to_string(status_file).ok()?;
    parse_high_water(&status)
}

fn parse_high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// The run of median length, with the least time on a processor and the largest peak of all runs.
pub fn median(mut runs: Vec<Measured>) -> Measured {
    runs.sort_by(|left, right| left.seconds.total_cmp(&right.seconds));
    Measured {
        seconds: runs.get(runs.len() / 2).map_or(f64::NAN, |run| run.seconds),
        // What disturbs a run only adds to it.
        busy: runs.iter().filter_map(|run| run.busy).min_by(f64::total_cmp),
        peak_kib: runs.iter().filter_map(|run| run.peak_kib).max(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_runs_keeps_the_largest_peak() {
        let run = |seconds, busy, peak_kib| Measured { seconds, busy: Some(busy), peak_kib };
        let runs = vec![run(3.0, 1.5, Some(10)), run(1.0, 1.7, None), run(2.0, 1.6, Some(30))];
        assert_eq!(median(runs), run(2.0, 1.5, Some(30)));
    }

    #[test]
    fn the_high_water_mark_is_read_as_the_kernel_writes_it() {
        assert_eq!(parse_high_water("Name:\tx\nVmHWM:\t  5120 kB\nVmRSS:\t 1 kB\n"), Some(5120));
        assert_eq!(parse_high_water("Name:\tx\n"), None);
    }

    #[test]
    fn time_on_a_processor_is_read_as_the_kernel_writes_it() {
        let stat = "7 (a) b) S 1 7 7 0 -1 0 0 0 0 0 3 4 150 25 20 0 1 0 0";
        assert_eq!(parse_children_busy(stat), Some(1.75));
        assert_eq!(parse_children_busy("7 (a"), None);
    }

    #[test]
    fn a_program_that_fails_is_told_with_what_it_said() {
        let command = ["cargo", "no-such-subcommand"].map(str::to_owned);
        let failure = measure(Path::new("."), &command).unwrap_err().to_string();
        assert!(failure.contains("no-such-subcommand"), "{failure}");
    }
}
