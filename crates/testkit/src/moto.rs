//! A moto server of a test's own on loopback: AWS's wire protocols without AWS. What moto lacks is
//! answered in front of it, by `moto_front.py`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use serde_json::Value;

/// How long a server may take to listen.
const STARTS_WITHIN: Duration = Duration::from_secs(60);

/// Python with moto and botocore, as `cargo xtask test` installs it (`CRASHCART_PYTHON`). None,
/// with a printed reason, where there is none: the test then counts as skipped.
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
#[allow(clippy::disallowed_methods, reason = "tests read CRASHCART_PYTHON")]
pub fn python() -> Option<PathBuf> {
    let python = std::env::var_os("CRASHCART_PYTHON").map(PathBuf::from);
    if python.is_none() {
        eprintln!("SKIPPED: no Python with moto (cargo xtask test installs it)");
    }
    python
}

/// A running server; it ends with this value.
#[derive(Debug)]
pub struct Moto {
    server: Child,
    python: PathBuf,
    /// Where it listens.
    pub url: String,
}

impl Moto {
    /// Starts a server, empty but for AWS's managed policies. None where there is no Python.
    ///
    /// # Panics
    /// When the server cannot be started: the machine is wrong.
    #[allow(clippy::panic, reason = "a test that cannot start must fail loudly")]
    pub fn start() -> Option<Self> {
        let python = python()?;
        // The server takes a port that is free and tells it: one that was free a moment ago may be
        // another test's by now.
        let mut server = Command::new(&python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/src/moto_front.py"))
            .arg("0")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "true")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap_or_else(|error| panic!("moto does not start: {error}"));
        let out = server.stdout.take();
        let (told, port) = mpsc::channel();
        std::thread::spawn(move || {
            let mut line = String::new();
            let read = out.map(|out| BufReader::new(out).read_line(&mut line));
            drop((read, told.send(line)));
        });
        let port = port.recv_timeout(STARTS_WITHIN).unwrap_or_default();
        let url = format!("http://127.0.0.1:{}", port.trim());
        let moto = Self { server, python, url };
        assert!(port.trim().parse::<u16>().is_ok(), "moto does not tell its port: {port:?}");
        Some(moto)
    }

    /// Hands in records of CloudTrail, which LookupEvents then finds by their `awsRegion`. An
    /// `eventTime` that is a number is so many seconds before now.
    pub fn record(&self, records: &[Value]) {
        self.front("POST", "records", &Value::from(records).to_string());
    }

    /// Lets a call fail: `{operation, region, status, code, message, times, after}`; without `region`
    /// it fails everywhere, without `times` for ever, with `after` once so many calls went well.
    pub fn fail(&self, fault: Value) {
        self.front("POST", "faults", &Value::from(vec![fault]).to_string());
    }

    /// Sets the regions of the account, each with its opt-in status.
    pub fn regions(&self, regions: &[(&str, &str)]) {
        let regions = serde_json::json!(regions).to_string();
        self.front("POST", "regions", &regions);
    }

    /// Puts AWS's clock so many seconds ahead of the caller's. What is signed too far off is refused.
    pub fn clock(&self, ahead: i64) {
        self.front("POST", "clock", &ahead.to_string());
    }

    /// Region and body of every call of an operation so far, in the order of their coming.
    ///
    /// # Panics
    /// When the front does not tell: a test must not take that for no calls.
    #[allow(clippy::panic, reason = "a test that cannot ask its server must fail loudly")]
    pub fn asked(&self, operation: &str) -> Vec<(String, String)> {
        let told = self.front("GET", "asked", "");
        let asked: Value =
            serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}"));
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let calls = asked.as_array().into_iter().flatten();
        let calls = calls.filter(|call| call["operation"] == operation);
        calls.map(|call| (text(&call["region"]), text(&call["body"]))).collect()
    }

    /// From now on calls need keys that there are, and policies that allow them: moto evaluates those
    /// of users and roles, without conditions and boundaries.
    pub fn enforce(&self) {
        self.exchange("POST", "/moto-api/reset-auth", "0");
    }

    /// From now on credentials that are made here are held to IAM as it was so many seconds ago, when
    /// they ask for regions or sessions: keys, inline policies with conditions, trust policies.
    pub fn spread(&self, seconds: f64) {
        self.front("POST", "spread", &serde_json::json!({"seconds": seconds}).to_string());
    }

    /// The same at once, but from the first call of an operation on no change arrives any more.
    pub fn spread_until(&self, operation: &str) {
        let told = serde_json::json!({"seconds": 0, "deaf_from": operation});
        self.front("POST", "spread", &told.to_string());
    }

    /// Every secret of a credential that was made since then.
    ///
    /// # Panics
    /// When the front does not tell: a test must not take that for none.
    #[allow(clippy::panic, reason = "a test that cannot ask its server must fail loudly")]
    pub fn secrets(&self) -> Vec<String> {
        let told = self.front("GET", "secrets", "");
        serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}"))
    }

    /// Tells or asks the front; returns the body of its answer.
    fn front(&self, method: &str, path: &str, body: &str) -> String {
        self.exchange(method, &format!("/front/{path}"), body)
    }

    #[allow(clippy::panic, reason = "a test that cannot prepare its server must fail loudly")]
    fn exchange(&self, method: &str, path: &str, body: &str) -> String {
        let address = self.url.trim_start_matches("http://");
        let request = format!(
            "{method} {path} HTTP/1.0\r\nHost: {address}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let exchange = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(address)?;
            stream.write_all(request.as_bytes())?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        let answer = exchange().unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        assert!(head.contains(" 200 "), "{method} {path}: {answer}");
        body.to_owned()
    }

    /// Runs Python with `client(service)` at hand, and returns what it printed.
    ///
    /// # Panics
    /// When the script fails.
    #[allow(clippy::panic, reason = "a test whose preparation fails must fail loudly")]
    pub fn run(&self, script: &str) -> String {
        let head = format!(
            "import boto3, json\ndef client(service, region='us-east-1'):\n    return boto3.client(\
             service, region_name=region, endpoint_url='{}', aws_access_key_id='test', \
             aws_secret_access_key='test')\n",
            self.url
        );
        let output = Command::new(&self.python).arg("-c").arg(head + script).output();
        let output = output.unwrap_or_else(|error| panic!("python does not run: {error}"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    /// Runs a script of a shell with the AWS CLI at hand, and returns what it printed.
    ///
    /// # Panics
    /// When a command of it fails.
    #[allow(clippy::panic, reason = "a test whose commands fail must fail loudly")]
    #[allow(clippy::disallowed_methods, reason = "a shell needs the machine's PATH")]
    pub fn shell(&self, script: &str) -> String {
        let beside = self.python.parent().map(PathBuf::from).unwrap_or_default();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let path = std::iter::once(beside).chain(std::env::split_paths(&path));
        let output = Command::new("sh")
            .args(["-e", "-c", script])
            .env("PATH", std::env::join_paths(path).unwrap_or_default())
            .envs([("AWS_ENDPOINT_URL", &*self.url), ("AWS_DEFAULT_REGION", "us-east-1")])
            .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")])
            .output();
        let output = output.unwrap_or_else(|error| panic!("no shell: {error}"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}
