//! Progress on standard error: redrawn in place on a terminal, a line every ten seconds elsewhere.

use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crashcart_app::{Moment, Progress};

/// Shows progress until it is dropped; then says how long it took.
pub struct Shown {
    progress: Arc<Progress>,
    started: Instant,
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<std::thread::JoinHandle<()>>,
    live: bool,
    quiet: bool,
}

impl Shown {
    /// Begins to show.
    pub fn begin(live: bool, quiet: bool) -> Self {
        let progress = Arc::new(Progress::default());
        let stop = Arc::new((Mutex::new(false), Condvar::new()));
        let started = Instant::now();
        let (shared, ending) = (Arc::clone(&progress), Arc::clone(&stop));
        let thread = (!quiet).then(|| {
            std::thread::spawn(move || {
                let pause = Duration::from_millis(if live { 200 } else { 10_000 });
                let (ended, bell) = &*ending;
                let mut guard = ended.lock().unwrap_or_else(PoisonError::into_inner);
                while !*guard {
                    let waited = bell.wait_timeout(guard, pause);
                    guard = waited.unwrap_or_else(PoisonError::into_inner).0;
                    if !*guard {
                        draw(live, &line(&shared.now(), started.elapsed()));
                    }
                }
            })
        });
        Self { progress, started, stop, thread, live, quiet }
    }

    /// The counters, for the use case to move.
    pub fn counters(&self) -> &Progress {
        &self.progress
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        *self.stop.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.1.notify_all();
        if let Some(thread) = self.thread.take() {
            // A thread that only draws: whether it panicked changes nothing.
            let _ = thread.join();
        }
        if self.quiet {
            return;
        }
        let (now, elapsed) = (self.progress.now(), self.started.elapsed());
        let done = format!(
            "read {} events, {} inflated, in {:.1} s ({}/s)",
            now.events,
            size(now.inflated),
            elapsed.as_secs_f64(),
            size(rate(now.inflated, elapsed)),
        );
        let clear = if self.live { "\r\u{1b}[K" } else { "" };
        let _ = writeln!(std::io::stderr(), "{clear}{done}");
    }
}

/// Shows how asking an account for pages goes on: at once on a terminal, else every ten seconds.
pub struct Asked {
    live: bool,
    quiet: bool,
    inside: Mutex<Pages>,
}

struct Pages {
    pages: u64,
    events: u64,
    drawn: Instant,
}

impl Asked {
    /// Begins to show.
    pub fn begin(live: bool, quiet: bool) -> Self {
        let inside = Mutex::new(Pages { pages: 0, events: 0, drawn: Instant::now() });
        Self { live, quiet, inside }
    }

    /// A page came from a region.
    pub fn page(&self, region: &str, events: u64) {
        let mut inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        inside.pages += 1;
        inside.events += events;
        let pause = Duration::from_millis(if self.live { 200 } else { 10_000 });
        if !self.quiet && inside.drawn.elapsed() >= pause {
            inside.drawn = Instant::now();
            draw(self.live, &format!("{} events, {} pages, {region}", inside.events, inside.pages));
        }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        let inside = self.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.quiet {
            let clear = if self.live { "\r\u{1b}[K" } else { "" };
            let (events, pages) = (inside.events, inside.pages);
            let _ = writeln!(std::io::stderr(), "{clear}asked for {pages} pages: {events} events");
        }
    }
}

fn draw(live: bool, text: &str) {
    let mut out = std::io::stderr();
    // Progress that cannot be shown is no reason to stop.
    let _ = if live { write!(out, "\r\u{1b}[K{text}") } else { writeln!(out, "{text}") };
    let _ = out.flush();
}

fn line(now: &Moment, elapsed: Duration) -> String {
    let left = match now.total.checked_sub(now.read) {
        Some(left) if now.read > 0 && left > 0 => {
            let seconds = elapsed.as_secs_f64() * left as f64 / now.read as f64;
            format!(", about {seconds:.0} s left")
        }
        _ => String::new(),
    };
    format!(
        "{} of {}, {} events, {} events/s{left}",
        size(now.read),
        size(now.total),
        now.events,
        rate(now.events, elapsed)
    )
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "shown to people, rounded"
)]
fn rate(count: u64, elapsed: Duration) -> u64 {
    (count as f64 / elapsed.as_secs_f64().max(0.001)) as u64
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes / 1000),
        1_000_000..10_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}
