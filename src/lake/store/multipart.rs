//! Large files to S3 in parts, read from disk as they are sent, and taken back when one fails.

use std::path::Path;

use aws_sdk_s3::{
    primitives::{ByteStream, Length},
    types::{CompletedMultipartUpload, CompletedPart, ServerSideEncryption},
};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use super::{
    Put, StoreError,
    s3::{Bucket, PUT, WRITE_ID, write_id},
};

/// The IAM action that takes an upload back.
pub(super) const ABORT: &str = "s3:AbortMultipartUpload";

/// The size of a part; it grows with files that would need more than [`MOST_PARTS`].
const PART_BYTES: u64 = 16 << 20;
/// S3 takes 10,000 parts.
const MOST_PARTS: u64 = 10_000;
/// Parts under way at once.
const PARTS_AT_ONCE: usize = 4;

/// Sends a file in parts; nothing is visible before the last call, and nothing stays when one fails.
pub(super) async fn put_file(bucket: &Bucket, key: &str, file: &Path, bytes: u64, put: Put) -> Result<(), StoreError> {
    let write_id = write_id();
    let request = bucket.client.create_multipart_upload().bucket(&*bucket.name).key(bucket.full(key));
    let request = request.metadata(WRITE_ID, &write_id);
    let request = match bucket.kms_key.as_deref() {
        Some(key) => {
            request.server_side_encryption(ServerSideEncryption::AwsKms).ssekms_key_id(key).bucket_key_enabled(true)
        }
        None => request,
    };
    let upload = request.send().await.map_err(|error| bucket.refused(PUT, key, &error))?;
    let upload = upload.upload_id().unwrap_or_default();

    let sent = send_all(bucket, key, file, bytes, upload, put).await;
    let Err(error) = sent else { return Ok(()) };
    let abort = bucket.client.abort_multipart_upload().bucket(&*bucket.name).key(bucket.full(key)).upload_id(upload);
    if let Err(abort) = abort.send().await {
        // After a repeated completion there is nothing to take back; else a lifecycle rule of the bucket has to.
        let abort = bucket.refused(ABORT, key, &abort);
        tracing::debug!(%abort, "an upload in parts could not be taken back");
    }
    bucket.unless_ours(key, &write_id, error).await
}

async fn send_all(
    bucket: &Bucket,
    key: &str,
    file: &Path,
    bytes: u64,
    upload: &str,
    put: Put,
) -> Result<(), StoreError> {
    let size = PART_BYTES.max(bytes.div_ceil(MOST_PARTS));
    let parts = (1_i32..).zip((0..bytes).step_by(usize::try_from(size).unwrap_or(usize::MAX)));
    let sends = parts.map(|(number, from)| send(bucket, key, file, upload, number, from, size.min(bytes - from)));
    let parts = stream::iter(sends).buffered(PARTS_AT_ONCE).try_collect::<Vec<_>>().await?;

    let request = bucket.client.complete_multipart_upload().bucket(&*bucket.name).key(bucket.full(key));
    let request = match put {
        Put::Replace => request,
        Put::IfAbsent => request.if_none_match("*"),
    };
    let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
    let answer = request.upload_id(upload).multipart_upload(parts).send().await;
    answer.map(drop).map_err(|error| bucket.refused(PUT, key, &error))
}

async fn send(
    bucket: &Bucket,
    key: &str,
    file: &Path,
    upload: &str,
    number: i32,
    from: u64,
    bytes: u64,
) -> Result<CompletedPart, StoreError> {
    let body = ByteStream::read_from().path(file).offset(from).length(Length::Exact(bytes)).build().await;
    let body = body.map_err(|error| StoreError::File {
        doing: "read",
        path: file.to_owned(),
        source: std::io::Error::other(error),
    })?;
    let request = bucket.client.upload_part().bucket(&*bucket.name).key(bucket.full(key)).upload_id(upload);
    let answer = request.part_number(number).body(body).send().await;
    let answer = answer.map_err(|error| bucket.refused(PUT, key, &error))?;
    Ok(CompletedPart::builder()
        .part_number(number)
        .set_e_tag(answer.e_tag)
        .set_checksum_crc32(answer.checksum_crc32)
        .set_checksum_crc32_c(answer.checksum_crc32_c)
        .set_checksum_crc64_nvme(answer.checksum_crc64_nvme)
        .build())
}
