//! Bodies of uploads: taken out of the chunks in which the SDK sends them, and held against the CRC-32 that it sends along.

use aws_smithy_types::base64;
use hyper::HeaderMap;

use super::refusal::Refusal;

/// The header, or the trailer, with the CRC-32 of a body.
pub(super) const CRC32: &str = "x-amz-checksum-crc32";

/// The content of an upload's body, and its CRC-32 as base64.
pub(super) fn content(headers: &HeaderMap, body: &[u8]) -> Result<(Vec<u8>, String), Refusal> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_chunked = header("x-amz-content-sha256").is_some_and(|text| text.starts_with("STREAMING-"));
    let (content, trailer) = if is_chunked {
        chunks(body).ok_or_else(|| Refusal::new(400, "IncompleteBody", "The request body terminated unexpectedly."))?
    } else {
        (body.to_vec(), None)
    };
    let length = header("x-amz-decoded-content-length").and_then(|text| text.parse::<usize>().ok());
    if length.is_some_and(|length| length != content.len()) {
        return Err(Refusal::new(400, "IncompleteBody", "The request body is not as long as it says."));
    }
    let sum = base64::encode(crc32(&content).to_be_bytes());
    match trailer.as_deref().or_else(|| header(CRC32)) {
        Some(said) if said != sum => {
            let message = "The CRC32 you specified did not match the calculated checksum.";
            Err(Refusal::new(400, "BadDigest", message))
        }
        _ => Ok((content, sum)),
    }
}

/// The content of `aws-chunked` chunks and the CRC-32 in their trailer; none when they have no end.
fn chunks(mut body: &[u8]) -> Option<(Vec<u8>, Option<String>)> {
    let mut content = Vec::new();
    loop {
        let line = line(&mut body)?;
        let size = usize::from_str_radix(line.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            break;
        }
        content.extend_from_slice(body.get(..size)?);
        body = body.get(size..)?.strip_prefix(b"\r\n")?;
    }
    let mut sum = None;
    while let Some(trailer) = line(&mut body).filter(|trailer| !trailer.is_empty()) {
        if let Some((CRC32, value)) = trailer.split_once(':') {
            sum = Some(value.trim().to_owned());
        }
    }
    Some((content, sum))
}

fn line<'a>(body: &mut &'a [u8]) -> Option<&'a str> {
    let end = body.windows(2).position(|pair| pair == b"\r\n")?;
    let line = std::str::from_utf8(body.get(..end)?).ok()?;
    *body = body.get(end + 2..)?;
    Some(line)
}

/// CRC-32 as of IEEE 802.3.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |state: u32, byte: &u8| {
        (0..8).fold(state ^ u32::from(*byte), |state, _| (state >> 1) ^ (0xedb8_8320 * (state & 1)))
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn chunks_are_joined_and_their_trailer_is_held_against_them() {
        let chunked = headers(&[("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER")]);
        let body = |sum: &str| format!("5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n{CRC32}:{sum}\r\n\r\n").into_bytes();
        let (read, sum) = content(&chunked, &body("DUoRhQ==")).unwrap();
        assert_eq!((read.as_slice(), sum.as_str()), (b"hello world".as_slice(), "DUoRhQ=="));
        assert_eq!(content(&chunked, &body("DUoRhg==")).unwrap_err().code, "BadDigest");
        assert_eq!(content(&chunked, b"5\r\nhel").unwrap_err().code, "IncompleteBody");
    }

    #[test]
    fn a_plain_body_is_held_against_its_header() {
        let (read, _) = content(&headers(&[(CRC32, "DUoRhQ==")]), b"hello world").unwrap();
        assert_eq!(read, b"hello world");
        assert_eq!(content(&headers(&[(CRC32, "DUoRhQ==")]), b"hello w0rld").unwrap_err().code, "BadDigest");
    }
}
