//! An answer on its way out: status, headers and body, delivered whole or, under a fault, not.

use std::io;
use std::time::Duration;

use futures::{StreamExt as _, stream};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Bytes, Frame};
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use super::operation::Service;
use super::refusal::Refusal;

/// The body of every answer.
pub(super) type Body = UnsyncBoxBody<Bytes, io::Error>;

/// How a body reaches the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Delivery {
    /// At once.
    Whole,
    /// Half of it, then the connection ends.
    Cut,
    /// In pieces, with a pause after each.
    Slow(Duration),
    /// Half of it, then nothing, for ever.
    Stalled,
    /// Not at all: the connection ends.
    Never,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) content_type: &'static str,
    pub(super) error: Option<&'static str>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
    pub(super) delivery: Delivery,
}

fn content_type(service: Service) -> &'static str {
    match service {
        Service::Account => "application/json",
        Service::S3 => "application/xml",
        Service::Sts => "text/xml",
        Service::Kms | Service::Organizations | Service::SageMaker => "application/x-amz-json-1.1",
    }
}

impl Reply {
    /// A good answer of a service.
    pub(super) fn good(service: Service, body: impl Into<Bytes>) -> Self {
        Self {
            status: 200,
            content_type: content_type(service),
            error: None,
            headers: Vec::new(),
            body: body.into(),
            delivery: Delivery::Whole,
        }
    }

    /// An error answer of a service.
    pub(super) fn refused(service: Service, refusal: &Refusal, request_id: &str) -> Self {
        let body = refusal.body(service, request_id);
        Self { status: refusal.status, error: Some(refusal.code), ..Self::good(service, body) }
    }

    /// What a proxy or load balancer answers in a service's place.
    pub(super) fn html(status: u16) -> Self {
        let body = format!(
            "<html><head><title>{status}</title></head><body><center><h1>{status}</h1></center></body></html>\n"
        );
        Self { status, content_type: "text/html", ..Self::good(Service::SageMaker, body) }
    }

    /// The response for hyper.
    pub(super) fn into_response(self, request_id: &str) -> Response<Body> {
        let (length, delivery) = (self.body.len(), self.delivery);
        let bytes = self.body;
        let body = match delivery {
            Delivery::Whole => Full::new(bytes).map_err(|never| match never {}).boxed_unsync(),
            Delivery::Cut | Delivery::Never => cut(&bytes),
            Delivery::Stalled => stalled(&bytes),
            Delivery::Slow(pause) => slow(bytes, pause),
        };
        let mut response = Response::new(body);
        *response.status_mut() = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert("x-amzn-requestid", id);
        }
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value)) {
                headers.insert(name, value);
            }
        }
        if let Some(code) = self.error {
            headers.insert("x-amzn-errortype", HeaderValue::from_static(code));
        }
        response
    }
}

fn cut(bytes: &Bytes) -> Body {
    let half = bytes.slice(..bytes.len() / 2);
    let broken = async {
        // Time for the first half to leave; without it the caller would see no answer at all.
        tokio::time::sleep(Duration::from_millis(20)).await;
        Err(io::Error::from(io::ErrorKind::ConnectionReset))
    };
    StreamBody::new(stream::iter([Ok(Frame::data(half))]).chain(stream::once(broken))).boxed_unsync()
}

fn stalled(bytes: &Bytes) -> Body {
    let half = bytes.slice(..bytes.len() / 2);
    StreamBody::new(stream::iter([Ok(Frame::data(half))]).chain(stream::pending())).boxed_unsync()
}

fn slow(bytes: Bytes, pause: Duration) -> Body {
    let piece = bytes.len() / 16 + 1;
    let pieces = stream::unfold(bytes, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(pause).await;
        let next = rest.split_to(piece.min(rest.len()));
        Some((Ok(Frame::data(next)), rest))
    });
    StreamBody::new(pieces).boxed_unsync()
}
