//! A webhook on this machine, which answers as it is told and remembers what came.

use std::{
    collections::{BTreeMap, VecDeque},
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// How a request is answered.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    /// With this status and, where there is one, this header.
    Status(u16, Option<(&'static str, &'static str)>),
    /// Not at all, while the connection stays open.
    Nothing,
    /// By closing the connection.
    Closed,
}

impl Answer {
    pub(crate) const OK: Self = Self::Status(200, None);
}

/// A request that came.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) line: String,
    /// By their names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

/// A webhook on this machine.
pub(crate) struct Receiver {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Receiver {
    /// One that gives these answers one after the other, and OK from then on.
    pub(crate) fn answering(answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::<Mutex<Vec<Received>>>::default();
        let (keeping, mut answers) = (Arc::clone(&received), VecDeque::from(answers.to_vec()));
        thread::spawn(move || {
            let mut held = Vec::new();
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let Some(request) = read(&stream) else { continue };
                keeping.lock().unwrap().push(request);
                match answers.pop_front().unwrap_or(Answer::OK) {
                    Answer::Nothing => held.push(stream),
                    Answer::Closed => drop(stream),
                    Answer::Status(status, header) => {
                        let header = header.map(|(name, value)| format!("{name}: {value}\r\n")).unwrap_or_default();
                        let answer =
                            format!("HTTP/1.1 {status} Said\r\n{header}content-length: 0\r\nconnection: close\r\n\r\n");
                        let _gone = stream.write_all(answer.as_bytes());
                    }
                }
            }
        });
        Self { address, received }
    }

    /// The URL, whose path is a secret.
    pub(crate) fn url(&self) -> String {
        format!("http://{}/hook/{SECRET}", self.address)
    }

    /// What came so far.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

/// What must be shown nowhere.
pub(crate) const SECRET: &str = "s3cr3t-of-the-hook";

fn read(stream: &TcpStream) -> Option<Received> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut headers = BTreeMap::new();
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let mut body = vec![0; headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    Some(Received { line: line.trim_end().to_owned(), headers, body: String::from_utf8(body).ok()? })
}
