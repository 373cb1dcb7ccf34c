//! A prefix of an S3 bucket as a store: conditional writes, encryption, pages of listings, and errors that say where.

use std::{
    error::Error as StdError,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use aws_sdk_s3::{
    Client,
    error::{ProvideErrorMetadata, SdkError},
    operation::put_object::builders::PutObjectFluentBuilder,
    primitives::ByteStream,
    types::ServerSideEncryption,
};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use tokio::{
    fs::File,
    io::{AsyncWriteExt as _, copy_buf},
};

use super::{Put, StoreError, Stored, multipart};
use crate::outcome::causes;

/// The IAM actions of a store in a bucket.
pub const ACTIONS: &[&str] = &[PUT, multipart::ABORT, GET, LIST, DELETE];
/// The IAM actions on the key when there is one.
pub const KEY_ACTIONS: &[&str] = &["kms:GenerateDataKey", "kms:Decrypt"];
pub(super) const PUT: &str = "s3:PutObject";
pub(crate) const GET: &str = "s3:GetObject";
pub(super) const LIST: &str = "s3:ListBucket";
pub(super) const DELETE: &str = "s3:DeleteObject";

/// Above this size a file goes in parts.
const MULTIPART_FROM: u64 = 16 << 20;
/// Removals under way at once.
const REMOVALS: usize = 16;
/// The metadata by which a write that was repeated knows its own first attempt.
pub(super) const WRITE_ID: &str = "sagesweep-write";

/// A prefix of a bucket.
#[derive(Debug, Clone)]
pub struct Bucket {
    pub(super) client: Client,
    pub(super) name: Arc<str>,
    prefix: Arc<str>,
    pub(super) kms_key: Option<Arc<str>>,
}

impl Bucket {
    pub(super) fn new(client: Client, name: &str, prefix: &str, kms_key: Option<String>) -> Self {
        let prefix = match prefix.trim_matches('/') {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        Self { client, name: name.into(), prefix: prefix.into(), kms_key: kms_key.map(Into::into) }
    }

    /// The key in the bucket.
    pub(super) fn full(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    pub(super) fn place(&self, key: &str) -> String {
        format!("s3://{}/{}{key}", self.name, self.prefix)
    }

    pub(super) async fn put(&self, key: &str, bytes: Vec<u8>, put: Put) -> Result<(), StoreError> {
        self.put_body(key, ByteStream::from(bytes), put).await
    }

    pub(super) async fn put_file(&self, key: &str, file: &Path, put: Put) -> Result<(), StoreError> {
        let failed = |source| StoreError::File { doing: "read", path: file.to_owned(), source };
        let bytes = tokio::fs::metadata(file).await.map_err(failed)?.len();
        if bytes > MULTIPART_FROM {
            return multipart::put_file(self, key, file, bytes, put).await;
        }
        let body = ByteStream::from_path(file).await.map_err(|error| failed(std::io::Error::other(error)))?;
        self.put_body(key, body, put).await
    }

    async fn put_body(&self, key: &str, body: ByteStream, put: Put) -> Result<(), StoreError> {
        let write_id = write_id();
        let request = self.client.put_object().bucket(&*self.name).key(self.full(key)).metadata(WRITE_ID, &write_id);
        // What people open tells a browser what it is.
        let is_page = Path::new(key).extension().is_some_and(|extension| extension == "html");
        let request = request.set_content_type(is_page.then(|| "text/html; charset=utf-8".to_owned()));
        let request = match put {
            Put::Replace => request,
            Put::IfAbsent => request.if_none_match("*"),
        };
        match self.encrypted(request).body(body).send().await {
            Ok(_) => Ok(()),
            Err(error) => self.unless_ours(key, &write_id, self.refused(PUT, key, &error)).await,
        }
    }

    fn encrypted(&self, request: PutObjectFluentBuilder) -> PutObjectFluentBuilder {
        match self.kms_key.as_deref() {
            Some(key) => {
                request.server_side_encryption(ServerSideEncryption::AwsKms).ssekms_key_id(key).bucket_key_enabled(true)
            }
            None => request,
        }
    }

    /// A write that failed may have taken effect all the same: its answer was lost, or a repetition found the first
    /// attempt. The object tells by the id of its write.
    pub(super) async fn unless_ours(&self, key: &str, write_id: &str, error: StoreError) -> Result<(), StoreError> {
        if !matches!(error, StoreError::AlreadyExists(_) | StoreError::S3 { .. }) {
            return Err(error);
        }
        match self.client.head_object().bucket(&*self.name).key(self.full(key)).send().await {
            Ok(head)
                if head.metadata().and_then(|metadata| metadata.get(WRITE_ID)).is_some_and(|id| id == write_id) =>
            {
                Ok(())
            }
            Ok(_of_another) => Err(error),
            Err(look) => match (self.refused(GET, key, &look), error) {
                (StoreError::NotFound(_), error) | (_, error @ StoreError::AlreadyExists(_)) => Err(error),
                (look, write) => Err(StoreError::Unsettled { write: write.into(), look: look.into() }),
            },
        }
    }

    pub(super) async fn read(&self, key: &str) -> Result<Vec<u8>, StoreError> {
        self.read_part(key, None).await
    }

    pub(super) async fn read_range(&self, key: &str, bytes: Range<u64>) -> Result<Vec<u8>, StoreError> {
        // HTTP names the last byte.
        let last = bytes.end.saturating_sub(1);
        self.read_part(key, Some(format!("bytes={}-{last}", bytes.start))).await
    }

    async fn read_part(&self, key: &str, range: Option<String>) -> Result<Vec<u8>, StoreError> {
        let body = self.get(key, range).await?;
        let bytes = body.collect().await.map_err(|error| self.broken(GET, key, &error))?;
        Ok(bytes.to_vec())
    }

    pub(super) async fn fetch(&self, key: &str, folder: &Path) -> Result<PathBuf, StoreError> {
        let path = folder.join(key.replace('/', "_"));
        let failed = |source| StoreError::File { doing: "write", path: path.clone(), source };
        let mut body = self.get(key, None).await?.into_async_read();
        let mut file = File::create(&path).await.map_err(failed)?;
        copy_buf(&mut body, &mut file).await.map_err(|error| match error.get_ref() {
            Some(inner) => self.broken(GET, key, inner),
            None => failed(error),
        })?;
        file.flush().await.map_err(failed)?;
        Ok(path)
    }

    async fn get(&self, key: &str, range: Option<String>) -> Result<ByteStream, StoreError> {
        let request = self.client.get_object().bucket(&*self.name).key(self.full(key)).set_range(range);
        let answer = request.send().await.map_err(|error| self.refused(GET, key, &error))?;
        Ok(answer.body)
    }

    pub(super) async fn list(&self, folder: &str) -> Result<Vec<Stored>, StoreError> {
        let request = self.client.list_objects_v2().bucket(&*self.name).prefix(self.full(folder));
        let mut pages = request.into_paginator().send();
        let (mut found, mut is_at_end) = (Vec::new(), false);
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| self.refused(LIST, folder, &error))?;
            // A listing that is cut off is read as far as it goes, and what it lacks would be lost without a word.
            is_at_end = page.is_truncated() == Some(false);
            let keys = page.key_count().is_none_or(|keys| usize::try_from(keys) == Ok(page.contents().len()));
            if page.is_truncated().is_none() || !keys {
                return Err(self.malformed(folder, "the listing was cut off: it does not hold as many keys as it says"));
            }
            found.extend(page.contents().iter().filter_map(|object| {
                let key = object.key()?.strip_prefix(&*self.prefix)?.to_owned();
                Some(Stored { key, bytes: u64::try_from(object.size()?).ok()? })
            }));
        }
        // The paginator of the SDK stops in silence at a token that comes again.
        if is_at_end { Ok(found) } else { Err(self.malformed(folder, "the pages of the listing have no end")) }
    }

    fn malformed(&self, folder: &str, message: &str) -> StoreError {
        let (code, message) = ("MalformedAnswer".to_owned(), message.to_owned());
        StoreError::S3 { action: LIST, place: self.place(folder), code, message }
    }

    pub(super) async fn size(&self, key: &str) -> Result<Option<u64>, StoreError> {
        match self.client.head_object().bucket(&*self.name).key(self.full(key)).send().await {
            Ok(head) => Ok(head.content_length().and_then(|bytes| u64::try_from(bytes).ok())),
            Err(error) => {
                let refused = self.refused(GET, key, &error);
                if matches!(refused, StoreError::NotFound(_)) { Ok(None) } else { Err(refused) }
            }
        }
    }

    pub(super) async fn delete(&self, key: &str) -> Result<(), StoreError> {
        let request = self.client.delete_object().bucket(&*self.name).key(self.full(key));
        request.send().await.map(drop).map_err(|error| self.refused(DELETE, key, &error))
    }

    pub(super) async fn clear(&self, folder: &str) -> Result<(), StoreError> {
        let found = self.list(folder).await?;
        let removals = found.iter().map(|stored| self.delete(&stored.key));
        stream::iter(removals).buffer_unordered(REMOVALS).try_collect::<()>().await
    }

    /// A refusal of the service in our words.
    pub(super) fn refused<E, R>(&self, action: &'static str, key: &str, error: &SdkError<E, R>) -> StoreError
    where
        E: ProvideErrorMetadata + StdError + 'static,
        R: std::fmt::Debug + 'static,
    {
        let place = self.place(key);
        match error.as_service_error().map(|answer| (answer.code().unwrap_or_default(), answer.message())) {
            Some(("PreconditionFailed", _)) => StoreError::AlreadyExists(place),
            // HEAD has no body, and so no code but this one.
            Some(("NoSuchKey" | "NotFound", _)) => StoreError::NotFound(place),
            Some((code, message)) if !code.is_empty() => {
                let (code, message) = (code.to_owned(), message.unwrap_or("no message").to_owned());
                StoreError::S3 { action, place, code, message }
            }
            _ => self.broken(action, key, error),
        }
    }

    /// A call without an answer that can be read.
    pub(super) fn broken(&self, action: &'static str, key: &str, error: &(dyn StdError + 'static)) -> StoreError {
        StoreError::S3 { action, place: self.place(key), code: "NoAnswer".to_owned(), message: causes(error) }
    }
}

/// A name for one write.
pub(super) fn write_id() -> String {
    format!("{:032x}", fastrand::u128(..))
}
