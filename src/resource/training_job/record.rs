//! What is read of a training job, in one form for a search record and for a Describe: borrowed from the answer, and
//! soon a [`Resource`](crate::resource::Resource).

use std::{borrow::Cow, collections::HashMap, fmt, marker::PhantomData};

use aws_sdk_sagemaker::{operation::describe_training_job::DescribeTrainingJobOutput, types as sdk};
use aws_smithy_types::DateTime;
use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, Visitor, value::MapAccessDeserializer},
};

/// The members of a job that facts are made of, under the names that the service gives them. What is null counts as
/// absent; members that are not named here are passed over.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    pub(super) training_job_name: Text<'a>,
    #[serde(borrow)]
    pub(super) training_job_arn: Text<'a>,
    #[serde(borrow)]
    pub(super) tuning_job_arn: Text<'a>,
    #[serde(borrow)]
    pub(super) labeling_job_arn: Text<'a>,
    #[serde(borrow, rename = "AutoMLJobArn")]
    pub(super) auto_ml_job_arn: Text<'a>,
    #[serde(borrow)]
    pub(super) training_job_status: Text<'a>,
    #[serde(borrow)]
    pub(super) secondary_status: Text<'a>,
    #[serde(borrow)]
    pub(super) role_arn: Text<'a>,
    pub(super) creation_time: Moment,
    pub(super) last_modified_time: Moment,
    pub(super) enable_network_isolation: Option<bool>,
    pub(super) enable_inter_container_traffic_encryption: Option<bool>,
    #[serde(borrow, deserialize_with = "object")]
    pub(super) resource_config: Option<ResourceConfig<'a>>,
    #[serde(borrow, deserialize_with = "object")]
    pub(super) output_data_config: Option<OutputDataConfig<'a>>,
    #[serde(borrow, deserialize_with = "object")]
    pub(super) algorithm_specification: Option<AlgorithmSpecification<'a>>,
    #[serde(deserialize_with = "object")]
    pub(super) vpc_config: Option<VpcConfig>,
    #[serde(borrow)]
    pub(super) environment: Pairs<'a>,
    #[serde(borrow)]
    pub(super) hyper_parameters: Pairs<'a>,
    /// Only a search carries them.
    #[serde(borrow, deserialize_with = "objects")]
    pub(super) tags: Option<Vec<Tag<'a>>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ResourceConfig<'a> {
    #[serde(borrow)]
    pub(super) volume_kms_key_id: Text<'a>,
    #[serde(borrow)]
    pub(super) instance_type: Text<'a>,
    pub(super) instance_count: Option<i32>,
    #[serde(borrow)]
    pub(super) selected_instance_type: Text<'a>,
    pub(super) selected_instance_count: Option<i32>,
    #[serde(borrow, deserialize_with = "objects")]
    pub(super) instance_groups: Option<Vec<Group<'a>>>,
    #[serde(borrow, deserialize_with = "objects")]
    pub(super) instance_preferences: Option<Vec<Group<'a>>>,
}

/// Instances of one type: a group, or a preference.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Group<'a> {
    #[serde(borrow)]
    pub(super) instance_type: Text<'a>,
    pub(super) instance_count: Option<i32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct OutputDataConfig<'a> {
    #[serde(borrow)]
    pub(super) kms_key_id: Text<'a>,
    #[serde(borrow)]
    pub(super) s3_output_path: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct AlgorithmSpecification<'a> {
    #[serde(borrow)]
    pub(super) training_image: Text<'a>,
    #[serde(borrow)]
    pub(super) algorithm_name: Text<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct VpcConfig {
    pub(super) subnets: Option<Vec<String>>,
    pub(super) security_group_ids: Option<Vec<String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Tag<'a> {
    #[serde(borrow)]
    pub(super) key: Text<'a>,
    #[serde(borrow)]
    pub(super) value: Text<'a>,
}

/// A member that is an object or null: read as the form that it derives, a list would pass for an object.
pub(super) fn object<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(Option::<Object<T>>::deserialize(deserializer)?.map(|Object(object)| object))
}

/// A member that is a list of objects, or null.
pub(super) fn objects<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    let objects = Option::<Vec<Object<T>>>::deserialize(deserializer)?;
    Ok(objects.map(|objects| objects.into_iter().map(|Object(object)| object).collect()))
}

/// What is an object and nothing else.
pub(super) struct Object<T>(pub(super) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Objects<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Objects<T> {
            type Value = T;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(members))
            }
        }
        deserializer.deserialize_map(Objects(PhantomData)).map(Self)
    }
}

/// A text, if there is one; borrowed from the answer unless it has escapes.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(super) struct Text<'a>(Option<Cow<'a, str>>);

impl Text<'_> {
    /// As it came.
    pub(super) fn as_str(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// The same for keeping.
    pub(super) fn to_owned(&self) -> Option<String> {
        self.as_str().map(str::to_owned)
    }

    /// One that says something: the empty text counts as absent.
    pub(super) fn said(&self) -> Option<String> {
        self.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned)
    }
}

impl<'a> From<Option<&'a str>> for Text<'a> {
    fn from(text: Option<&'a str>) -> Self {
        Self(text.map(Cow::Borrowed))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Texts;
        impl<'de> Visitor<'de> for Texts {
            type Value = Option<Cow<'de, str>>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text or null")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Some(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Some(Cow::Owned(text.to_owned())))
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(None)
            }
        }
        deserializer.deserialize_any(Texts).map(Text)
    }
}

/// Names with values, which are looked through for secrets and never kept.
#[derive(Default)]
pub(super) struct Pairs<'a>(Vec<(Cow<'a, str>, Cow<'a, str>)>);

impl Pairs<'_> {
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value.as_ref()))
    }
}

impl fmt::Debug for Pairs<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} pairs", self.0.len())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All<'a>(PhantomData<Pairs<'a>>);
        impl<'de: 'a, 'a> Visitor<'de> for All<'a> {
            type Value = Pairs<'a>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object of texts or null")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::with_capacity(members.size_hint().unwrap_or(16));
                while let Some((name, value)) = members.next_entry::<Text<'de>, Text<'de>>()? {
                    pairs.extend(name.0.zip(value.0));
                }
                Ok(Pairs(pairs))
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(Pairs::default())
            }
        }
        deserializer.deserialize_any(All(PhantomData))
    }
}

/// An instant, if there is one that can be told: seconds since the epoch as a number, with decimals or not.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment(pub(super) Option<Timestamp>);

impl From<Option<&DateTime>> for Moment {
    fn from(time: Option<&DateTime>) -> Self {
        Self(time.and_then(|time| Timestamp::from_nanosecond(time.as_nanos()).ok()))
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Numbers;
        impl Visitor<'_> for Numbers {
            type Value = Option<DateTime>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("seconds since the epoch or null")
            }

            fn visit_u64<E: Error>(self, seconds: u64) -> Result<Self::Value, E> {
                let seconds = i64::try_from(seconds).map_err(|_out_of_range| E::custom("a time out of range"))?;
                Ok(Some(DateTime::from_secs(seconds)))
            }

            fn visit_i64<E: Error>(self, seconds: i64) -> Result<Self::Value, E> {
                Ok(Some(DateTime::from_secs(seconds)))
            }

            fn visit_f64<E: Error>(self, seconds: f64) -> Result<Self::Value, E> {
                // By the SDK's own arithmetic, so that both ways give the same nanoseconds.
                Ok(Some(DateTime::from_secs_f64(seconds)))
            }

            fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
                Ok(None)
            }
        }
        Ok(Self::from(deserializer.deserialize_any(Numbers)?.as_ref()))
    }
}

impl<'a> From<&'a DescribeTrainingJobOutput> for Record<'a> {
    fn from(job: &'a DescribeTrainingJobOutput) -> Self {
        Self {
            training_job_name: job.training_job_name().into(),
            training_job_arn: job.training_job_arn().into(),
            tuning_job_arn: job.tuning_job_arn().into(),
            labeling_job_arn: job.labeling_job_arn().into(),
            auto_ml_job_arn: job.auto_ml_job_arn().into(),
            training_job_status: job.training_job_status().map(sdk::TrainingJobStatus::as_str).into(),
            secondary_status: job.secondary_status().map(sdk::SecondaryStatus::as_str).into(),
            role_arn: job.role_arn().into(),
            creation_time: job.creation_time().into(),
            last_modified_time: job.last_modified_time().into(),
            enable_network_isolation: job.enable_network_isolation(),
            enable_inter_container_traffic_encryption: job.enable_inter_container_traffic_encryption(),
            resource_config: job.resource_config().map(ResourceConfig::from),
            output_data_config: job.output_data_config().map(|output| OutputDataConfig {
                kms_key_id: output.kms_key_id().into(),
                s3_output_path: output.s3_output_path().into(),
            }),
            algorithm_specification: job.algorithm_specification().map(|algorithm| AlgorithmSpecification {
                training_image: algorithm.training_image().into(),
                algorithm_name: algorithm.algorithm_name().into(),
            }),
            vpc_config: job.vpc_config().map(|vpc| VpcConfig {
                subnets: Some(vpc.subnets().to_vec()),
                security_group_ids: Some(vpc.security_group_ids().to_vec()),
            }),
            environment: job.environment().into(),
            hyper_parameters: job.hyper_parameters().into(),
            tags: None,
        }
    }
}

impl<'a> From<Option<&'a HashMap<String, String>>> for Pairs<'a> {
    fn from(pairs: Option<&'a HashMap<String, String>>) -> Self {
        let pairs = pairs.into_iter().flatten();
        Self(pairs.map(|(name, value)| (Cow::Borrowed(name.as_str()), Cow::Borrowed(value.as_str()))).collect())
    }
}

impl<'a> From<&'a sdk::ResourceConfig> for ResourceConfig<'a> {
    fn from(config: &'a sdk::ResourceConfig) -> Self {
        let text = |kind: Option<&'a sdk::TrainingInstanceType>| kind.map(sdk::TrainingInstanceType::as_str).into();
        let group = |kind, instance_count| Group { instance_type: text(kind), instance_count };
        let groups = config.instance_groups().iter();
        let preferences = config.instance_preferences().iter();
        Self {
            volume_kms_key_id: config.volume_kms_key_id().into(),
            instance_type: text(config.instance_type()),
            instance_count: config.instance_count(),
            selected_instance_type: text(config.selected_instance_type()),
            selected_instance_count: config.selected_instance_count(),
            instance_groups: Some(groups.map(|one| group(one.instance_type(), one.instance_count())).collect()),
            instance_preferences: Some(
                preferences.map(|one| group(one.instance_type(), one.instance_count())).collect(),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_that_the_sdk_reads_and_null_and_unknown_members_are_passed_over() {
        let json = br#"{"CreationTime":1732406400.123,"LastModifiedTime":1.732406400123E9,"Unknown":{"a":[1,null]},
            "RoleArn":null,"TrainingJobStatus":"A\u0062c","VpcConfig":{"Subnets":null},"EnableNetworkIsolation":null}"#;
        let record: Record<'_> = serde_json::from_slice(json).unwrap();
        let expected = Moment::from(Some(&DateTime::from_secs_f64("1732406400.123".parse().unwrap())));
        assert_eq!((record.creation_time, record.last_modified_time), (expected, expected));
        assert_eq!((record.role_arn.as_str(), record.training_job_status.as_str()), (None, Some("Abc")));
        assert!(record.vpc_config.unwrap().subnets.is_none() && record.enable_network_isolation.is_none());
        for (seconds, expected) in [("-1", Some(-1)), ("1732406400", Some(1_732_406_400)), ("9e300", None)] {
            let moment: Moment = serde_json::from_str(seconds).unwrap();
            assert_eq!(moment.0.map(Timestamp::as_second), expected, "{seconds}");
        }
    }

    #[test]
    fn a_wrong_type_where_we_look_is_an_error() {
        for wrong in [
            r#"{"TrainingJobName":7}"#,
            r#"{"CreationTime":"yesterday"}"#,
            r#"{"ResourceConfig":[]}"#,
            r#"{"Tags":{}}"#,
            r#"{"ResourceConfig":{"InstanceCount":1.5}}"#,
        ] {
            assert!(serde_json::from_str::<Record<'_>>(wrong).is_err(), "{wrong}");
        }
    }
}
