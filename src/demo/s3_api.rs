//! S3, as far as a lake needs it: objects, conditional writes, listings and uploads in parts. XML answers.

use std::fmt::Write as _;

use jiff::{Timestamp, tz::TimeZone};

use super::bucket::{Bucket, Condition, Object, no_such_key};
use super::chunked::{CRC32, content};
use super::operation::{Operation, Service};
use super::refusal::{Refusal, escape};
use super::reply::Reply;
use super::s3_request::Addressed;
use super::world::{Invocation, World};

const NAMESPACE: &str = "http://s3.amazonaws.com/doc/2006-03-01/";
const METADATA: &str = "x-amz-meta-";
/// A page of a listing holds so many keys at most.
const PAGE: usize = 1_000;

#[expect(clippy::wildcard_enum_match_arm, reason = "the operations of other services do not come here")]
pub(super) fn answer(world: &World, invocation: &Invocation) -> Result<Reply, Refusal> {
    let addressed = Addressed::read(&invocation.head);
    refuse_strangers(world, invocation, &addressed)?;
    let Addressed { bucket, key, .. } = &addressed;
    world.buckets.with(bucket, |bucket| match invocation.operation {
        Operation::HeadBucket => Ok(Reply::good(Service::S3, "")),
        Operation::GetBucketLocation => Ok(xml("LocationConstraint", region(world, invocation))),
        Operation::ListObjectsV2 => list(bucket, &addressed),
        Operation::HeadObject | Operation::GetObject => {
            let object = bucket.objects.get(key).ok_or_else(no_such_key)?;
            match invocation.head.headers.get("range").and_then(|range| range.to_str().ok()) {
                Some(range) => part(object, range),
                None => Ok(found(object)),
            }
        }
        Operation::PutObject => {
            let (bytes, sum) = content(&invocation.head.headers, &invocation.body)?;
            let object = Object::new(bytes.into(), Some(sum), metadata(invocation));
            let etag = bucket.write(key, object, &condition(invocation))?;
            Ok(with(Reply::good(Service::S3, ""), "etag", etag))
        }
        Operation::DeleteObject => {
            bucket.objects.remove(key);
            Ok(Reply { status: 204, ..Reply::good(Service::S3, "") })
        }
        Operation::CreateMultipartUpload => {
            let id = bucket.begin(key, metadata(invocation));
            Ok(xml("InitiateMultipartUploadResult", &format!("<Key>{}</Key><UploadId>{id}</UploadId>", escape(key))))
        }
        Operation::UploadPart => {
            let (bytes, sum) = content(&invocation.head.headers, &invocation.body)?;
            let number = addressed.field("partNumber").and_then(|number| number.parse().ok());
            let number = number.filter(|number| (1..=10_000).contains(number)).ok_or_else(|| {
                Refusal::new(400, "InvalidArgument", "Part number must be an integer between 1 and 10000, inclusive")
            })?;
            let etag = bucket.part(key, upload_id(&addressed), number, bytes.into())?;
            Ok(with(with(Reply::good(Service::S3, ""), "etag", etag), CRC32, sum))
        }
        Operation::CompleteMultipartUpload => {
            let parts = parts(&invocation.body);
            let etag = bucket.complete(key, upload_id(&addressed), &parts, &condition(invocation))?;
            let body = format!("<Key>{}</Key><ETag>{}</ETag>", escape(key), escape(&etag));
            Ok(xml("CompleteMultipartUploadResult", &body))
        }
        Operation::AbortMultipartUpload => {
            bucket.abort(key, upload_id(&addressed))?;
            Ok(Reply { status: 204, ..Reply::good(Service::S3, "") })
        }
        _ => Err(Refusal::unknown_operation(Service::S3)),
    })
}

/// The buckets are the management account's, of one region, and some are not there.
fn refuse_strangers(world: &World, invocation: &Invocation, addressed: &Addressed) -> Result<(), Refusal> {
    if world.behaviour.missing_buckets.contains(&addressed.bucket) {
        return Err(Refusal::new(404, "NoSuchBucket", "The specified bucket does not exist"));
    }
    if invocation.caller.account != world.organization.management() {
        return Err(invocation.denied(&format!(
            "on resource: arn:aws:s3:::{}/{} because no resource-based policy allows the {} action",
            addressed.bucket,
            addressed.key,
            invocation.operation.action()
        )));
    }
    if region(world, invocation) == invocation.caller.region.as_str() {
        return Ok(());
    }
    let message = "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.";
    Err(Refusal::new(301, "PermanentRedirect", message))
}

fn region<'a>(world: &'a World, invocation: &'a Invocation) -> &'a str {
    world.behaviour.bucket_region.as_ref().unwrap_or(&invocation.caller.region).as_str()
}

fn xml(element: &str, content: &str) -> Reply {
    let body =
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<{element} xmlns=\"{NAMESPACE}\">{content}</{element}>");
    Reply::good(Service::S3, body)
}

fn with(mut reply: Reply, header: &str, value: String) -> Reply {
    reply.headers.push((header.to_owned(), value));
    reply
}

/// An object as an answer; of one to HEAD, only the headers are sent.
fn found(object: &Object) -> Reply {
    let modified = TimeZone::UTC.to_datetime(object.modified).strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let mut reply = Reply { content_type: "binary/octet-stream", ..Reply::good(Service::S3, object.bytes.clone()) };
    reply = with(with(reply, "etag", object.etag.clone()), "last-modified", modified);
    if let Some(sum) = &object.crc32 {
        reply = with(reply, CRC32, sum.clone());
    }
    reply.headers.extend(object.metadata.iter().map(|(name, value)| (format!("{METADATA}{name}"), value.clone())));
    reply
}

/// Some bytes of an object, whose sum is that of all of them and is left out.
fn part(object: &Object, range: &str) -> Result<Reply, Refusal> {
    let refused = || Refusal::new(416, "InvalidRange", "The requested range is not satisfiable");
    let (first, last) = range.strip_prefix("bytes=").and_then(|range| range.split_once('-')).ok_or_else(refused)?;
    let (first, last): (usize, usize) =
        (first.parse().ok().ok_or_else(refused)?, last.parse().ok().ok_or_else(refused)?);
    let size = object.bytes.len();
    if first > last || first >= size {
        return Err(refused());
    }
    let end = size.min(last.saturating_add(1));
    let part = Object { bytes: object.bytes.slice(first..end), crc32: None, ..object.clone() };
    let reply = Reply { status: 206, ..found(&part) };
    Ok(with(reply, "content-range", format!("bytes {first}-{}/{size}", end - 1)))
}

fn metadata(invocation: &Invocation) -> Vec<(String, String)> {
    let headers = invocation.head.headers.iter();
    let pair = headers.filter_map(|(name, value)| {
        Some((name.as_str().strip_prefix(METADATA)?.to_owned(), value.to_str().ok()?.to_owned()))
    });
    pair.collect()
}

fn condition(invocation: &Invocation) -> Condition {
    let header = |name: &str| invocation.head.headers.get(name).and_then(|value| value.to_str().ok());
    match (header("if-none-match"), header("if-match")) {
        (Some("*"), _) => Condition::Absent,
        (_, Some(etag)) => Condition::Matches(etag.to_owned()),
        _ => Condition::Any,
    }
}

fn upload_id(addressed: &Addressed) -> &str {
    addressed.field("uploadId").unwrap_or_default()
}

/// Number and entity tag of each part that the body names.
fn parts(body: &[u8]) -> Vec<(u32, String)> {
    let text = String::from_utf8_lossy(body);
    let inside = |part: &str, element: &str| {
        let (_, rest) = part.split_once(&format!("<{element}>"))?;
        Some(rest.split_once("</")?.0.replace("&quot;", "\""))
    };
    let parts = text.split("<Part>").skip(1);
    parts.filter_map(|part| Some((inside(part, "PartNumber")?.parse().ok()?, inside(part, "ETag")?))).collect()
}

/// A page of the keys with a prefix; what has the delimiter after it is told once, as a common prefix.
fn list(bucket: &Bucket, addressed: &Addressed) -> Result<Reply, Refusal> {
    let prefix = addressed.field("prefix").unwrap_or_default();
    let delimiter = addressed.field("delimiter").filter(|delimiter| !delimiter.is_empty());
    let most = addressed.field("max-keys").and_then(|most| most.parse().ok()).unwrap_or(PAGE).min(PAGE);
    let after = match addressed.field("continuation-token") {
        Some(token) => Some(
            from_token(token)
                .ok_or_else(|| Refusal::new(400, "InvalidArgument", "The continuation token provided is incorrect"))?,
        ),
        None => addressed.field("start-after").map(str::to_owned),
    };
    let mut lines: Vec<(&str, Option<&Object>)> = Vec::new();
    for (key, object) in &bucket.objects {
        let Some(rest) = key.strip_prefix(prefix) else { continue };
        let common = delimiter.and_then(|delimiter| Some(rest.find(delimiter)? + delimiter.len()));
        let name = common.and_then(|end| key.get(..prefix.len() + end)).unwrap_or(key);
        let is_new = lines.last().is_none_or(|(last, _)| *last != name);
        if is_new && after.as_deref().is_none_or(|after| name > after) {
            lines.push((name, common.is_none().then_some(object)));
        }
    }
    let is_truncated = lines.len() > most;
    lines.truncate(most);
    let mut body = format!(
        "<Prefix>{}</Prefix><KeyCount>{}</KeyCount><MaxKeys>{most}</MaxKeys><IsTruncated>{is_truncated}</IsTruncated>",
        escape(prefix),
        lines.len()
    );
    if let Some((last, _)) = lines.last().filter(|_| is_truncated) {
        write!(body, "<NextContinuationToken>{}</NextContinuationToken>", to_token(last)).unwrap_or_default();
    }
    for (name, object) in &lines {
        // Writing into a String cannot fail.
        match object {
            Some(object) => write!(
                body,
                "<Contents><Key>{}</Key><LastModified>{}</LastModified><ETag>{}</ETag><Size>{}</Size><StorageClass>STANDARD</StorageClass></Contents>",
                escape(name),
                seconds(object.modified),
                escape(&object.etag),
                object.bytes.len()
            ),
            None => write!(body, "<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>", escape(name)),
        }
        .unwrap_or_default();
    }
    Ok(xml("ListBucketResult", &body))
}

fn seconds(time: Timestamp) -> String {
    TimeZone::UTC.to_datetime(time).strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string()
}

/// A token names the last key of the page before it.
fn to_token(key: &str) -> String {
    aws_smithy_types::base64::encode(key)
}

fn from_token(token: &str) -> Option<String> {
    String::from_utf8(aws_smithy_types::base64::decode(token).ok()?).ok()
}
