//! Faults applied: instead of an answer, or to a good one.

use hyper::body::Bytes;
use serde_json::Value;

use super::draw::Draw;
use super::fault::Fault;
use super::operation::{Operation, Service};
use super::page::{detour, token};
use super::refusal::Refusal;
use super::reply::{Delivery, Reply};
use super::s3_request::Addressed;
use super::world::Invocation;

/// What a fault does before the services are asked.
#[derive(Debug)]
pub(super) enum Instead {
    /// The call goes on.
    Nothing,
    /// It ends with this error.
    Refusal(Refusal),
    /// It ends with this answer.
    Reply(Reply),
    /// The connection closes.
    Close,
    /// It never ends.
    Silence,
}

/// What happens instead of the answer.
pub(super) fn instead(fault: &Fault, invocation: &Invocation) -> Instead {
    let service = invocation.operation.service();
    match fault {
        Fault::Denied => {
            Instead::Refusal(invocation.denied(&format!(
                "because no identity-based policy allows the {} action",
                invocation.operation.action()
            )))
        }
        Fault::DeniedByScp => Instead::Refusal(invocation.denied_by_scp(true)),
        Fault::DeniedByScpImplicitly => Instead::Refusal(invocation.denied_by_scp(false)),
        Fault::UnknownOperation => Instead::Refusal(Refusal::unknown_operation(service)),
        Fault::Throttled => Instead::Refusal(Refusal::throttled(service)),
        Fault::Status(status) => Instead::Refusal(Refusal::failed(service, *status)),
        Fault::HtmlError(status) => Instead::Reply(Reply::html(*status)),
        Fault::Reset => Instead::Close,
        Fault::Hang => Instead::Silence,
        Fault::ExpiredToken => Instead::Refusal(Refusal::expired(service)),
        Fault::UnrecognizedClient => Instead::Refusal(Refusal::unrecognized(service)),
        Fault::InvalidClientToken => Instead::Refusal(Refusal::unrecognized(Service::Sts)),
        Fault::ClockSkewed => Instead::Refusal(Refusal::skewed(service)),
        Fault::DoneThenReset
        | Fault::DoneThenStatus(_)
        | Fault::CutBody
        | Fault::SlowBody(_)
        | Fault::StalledBody
        | Fault::FlippedBytes(_)
        | Fault::MalformedBody
        | Fault::ForeignBody
        | Fault::WrongContentType
        | Fault::RepeatToken
        | Fault::EmptyPage
        | Fault::DuplicateRecord => Instead::Nothing,
    }
}

/// Does to an answer what the fault does to it. The call has taken effect, if it was not refused.
pub(super) fn spoil(fault: &Fault, invocation: &Invocation, request_id: &str, reply: &mut Reply) {
    match fault {
        Fault::DoneThenReset => reply.delivery = Delivery::Never,
        Fault::DoneThenStatus(status) => {
            let service = invocation.operation.service();
            *reply = Reply::refused(service, &Refusal::failed(service, *status), request_id);
        }
        Fault::StalledBody => reply.delivery = Delivery::Stalled,
        Fault::FlippedBytes(seed) => reply.body = flipped(*seed, &reply.body),
        Fault::CutBody => reply.delivery = Delivery::Cut,
        Fault::SlowBody(pause) => reply.delivery = Delivery::Slow(*pause),
        Fault::MalformedBody => reply.body.truncate(reply.body.len() * 2 / 3),
        Fault::ForeignBody => reply.body = Bytes::from_static(br#"{"error":"please sign in"}"#),
        Fault::WrongContentType => reply.content_type = "text/html",
        Fault::RepeatToken if invocation.operation == Operation::ListObjectsV2 => repeat_token(invocation, reply),
        Fault::RepeatToken => change_page(invocation, reply, |_, asked, next| *next = asked.or_else(|| next.take())),
        Fault::EmptyPage => change_page(invocation, reply, |items, asked, next| {
            items.clear();
            *next = Some(detour(&asked.unwrap_or_else(|| token(0))));
        }),
        Fault::DuplicateRecord => change_page(invocation, reply, |items, _, _| {
            if let Some(first) = items.first().cloned() {
                items.insert(0, first);
            }
        }),
        Fault::Denied
        | Fault::DeniedByScp
        | Fault::DeniedByScpImplicitly
        | Fault::UnknownOperation
        | Fault::Throttled
        | Fault::Status(_)
        | Fault::HtmlError(_)
        | Fault::Reset
        | Fault::Hang
        | Fault::ExpiredToken
        | Fault::UnrecognizedClient
        | Fault::InvalidClientToken
        | Fault::ClockSkewed => {}
    }
}

/// Some bytes changed: one in about a thousand, and at least one.
fn flipped(seed: u64, body: &[u8]) -> Bytes {
    let mut bytes = body.to_vec();
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let mut draw = Draw::new(&[seed, length]);
    for _ in 0..=length / 1_000 {
        let place = usize::try_from(draw.below(length)).unwrap_or_default();
        let change = u8::try_from(1 + draw.below(255)).unwrap_or(1);
        if let Some(byte) = bytes.get_mut(place) {
            *byte ^= change;
        }
    }
    bytes.into()
}

/// Gives a page of S3 the token that it was asked for with.
fn repeat_token(invocation: &Invocation, reply: &mut Reply) {
    const OPEN: &str = "<NextContinuationToken>";
    let addressed = Addressed::read(&invocation.head);
    let text = String::from_utf8_lossy(&reply.body).into_owned();
    if let (Some(asked), Some((before, rest))) = (addressed.field("continuation-token"), text.split_once(OPEN)) {
        let after = rest.split_once('<').map_or("", |(_token, after)| after);
        reply.body = format!("{before}{OPEN}{asked}<{after}").into();
    }
}

/// Changes the items and the next token of a page, knowing the token that it was asked for with; other answers stay.
fn change_page(
    invocation: &Invocation,
    reply: &mut Reply,
    change: impl FnOnce(&mut Vec<Value>, Option<String>, &mut Option<String>),
) {
    let text_of = |value: &Value| value.get("NextToken").and_then(Value::as_str).map(str::to_owned);
    let asked = serde_json::from_slice::<Value>(&invocation.body).ok().and_then(|request| text_of(&request));
    let Some((member, mut answer)) =
        invocation.operation.page_member().zip(serde_json::from_slice::<Value>(&reply.body).ok())
    else {
        return;
    };
    let mut next = text_of(&answer);
    if let Some(items) = answer.get_mut(member).and_then(Value::as_array_mut) {
        change(items, asked, &mut next);
    }
    if let Some(members) = answer.as_object_mut() {
        members.remove("NextToken");
        if let Some(next) = next {
            members.insert("NextToken".to_owned(), Value::String(next));
        }
    }
    reply.body = answer.to_string().into();
}
