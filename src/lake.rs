//! stub
pub const ACTIONS: &[&str] = &[];
pub mod staging;
#[derive(Debug, Clone)]
pub struct RunId(String);
impl std::str::FromStr for RunId {
    type Err = String;
    fn from_str(s: &str) -> Result<Self, String> {
        Ok(Self(s.into()))
    }
}
