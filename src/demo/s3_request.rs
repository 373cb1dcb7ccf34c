//! What a request to S3 addresses: a bucket, a key in it, and by its query the operation. Path-style only.

use std::collections::BTreeMap;

use hyper::Method;
use hyper::http::request::Parts;

use super::sts_api::decoded;

/// Bucket, key and query of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Addressed {
    pub(super) bucket: String,
    /// Empty for the bucket itself.
    pub(super) key: String,
    query: BTreeMap<String, String>,
}

impl Addressed {
    pub(super) fn read(head: &Parts) -> Self {
        // In a path a plus sign is itself.
        let path = decoded(&head.uri.path().replace('+', "%2B"));
        let (bucket, key) = path.trim_start_matches('/').split_once('/').unwrap_or((path.trim_start_matches('/'), ""));
        let fields = head.uri.query().unwrap_or_default().split('&').filter(|field| !field.is_empty());
        let pair = |field: &str| {
            let (name, value) = field.split_once('=').unwrap_or((field, ""));
            (decoded(name), decoded(value))
        };
        Self { bucket: bucket.to_owned(), key: key.to_owned(), query: fields.map(pair).collect() }
    }

    /// A field of the query.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.query.get(name).map(String::as_str)
    }

    /// The operation that the request asks for; none for what is not simulated.
    pub(super) fn operation(&self, method: &Method) -> Option<&'static str> {
        let with = |name| self.query.contains_key(name);
        if self.key.is_empty() {
            return match method.as_str() {
                "HEAD" => Some("HeadBucket"),
                "GET" if with("location") => Some("GetBucketLocation"),
                "GET" if self.field("list-type") == Some("2") => Some("ListObjectsV2"),
                _ => None,
            };
        }
        let plain = self.query.keys().all(|name| name == "x-id");
        match method.as_str() {
            "PUT" if with("uploadId") && with("partNumber") => Some("UploadPart"),
            "POST" if with("uploads") => Some("CreateMultipartUpload"),
            "POST" if with("uploadId") => Some("CompleteMultipartUpload"),
            "DELETE" if with("uploadId") => Some("AbortMultipartUpload"),
            "PUT" if plain => Some("PutObject"),
            "GET" if plain => Some("GetObject"),
            "HEAD" if plain => Some("HeadObject"),
            "DELETE" if plain => Some("DeleteObject"),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    #[test]
    fn method_path_and_query_say_what_is_asked_for() {
        let cases = [
            ("PUT", "/lake/a/b%20c+d?x-id=PutObject", Some("PutObject"), "a/b c+d"),
            ("PUT", "/lake/a?partNumber=2&uploadId=u&x-id=UploadPart", Some("UploadPart"), "a"),
            ("POST", "/lake/a?uploads", Some("CreateMultipartUpload"), "a"),
            ("POST", "/lake/a?uploadId=u", Some("CompleteMultipartUpload"), "a"),
            ("GET", "/lake?list-type=2&prefix=v1%2F", Some("ListObjectsV2"), ""),
            ("GET", "/lake/?location", Some("GetBucketLocation"), ""),
            ("GET", "/lake/a?tagging", None, "a"),
            ("HEAD", "/lake", Some("HeadBucket"), ""),
        ];
        for (method, uri, operation, key) in cases {
            let (head, ()) = Request::builder().method(method).uri(uri).body(()).unwrap().into_parts();
            let addressed = Addressed::read(&head);
            assert_eq!((addressed.operation(&head.method), addressed.key.as_str()), (operation, key), "{method} {uri}");
            assert_eq!(addressed.bucket, "lake");
        }
    }
}
