//! A secret of each rule, put together when a test runs: no text of this repository looks like one.

/// A secret of one rule.
#[derive(Debug, Clone)]
pub(super) struct Sample {
    pub(super) rule: &'static str,
    /// The name under which the value stands; some rules need theirs.
    pub(super) name: &'static str,
    pub(super) value: String,
    /// What of the value must never be told.
    pub(super) secret: String,
    /// A value that differs in one respect, and is no secret under that name.
    pub(super) near: String,
}

/// A name that says nothing.
const PLAIN: &str = "SETTING";

const LOWER_HEX: &str = "0123456789abcdef";
const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Letters drawn from an alphabet: from one seed always the same.
pub(super) struct Draw(pub(super) u64);

impl Draw {
    fn letter(&mut self, alphabet: &str) -> char {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let at = usize::try_from(self.0 >> 40).unwrap() % alphabet.len();
        alphabet.chars().nth(at).unwrap()
    }

    fn letters(&mut self, alphabet: &str, count: usize) -> String {
        (0..count).map(|_| self.letter(alphabet)).collect()
    }

    pub(super) fn hex(&mut self, count: usize) -> String {
        self.letters(LOWER_HEX, count)
    }

    pub(super) fn alnum(&mut self, count: usize) -> String {
        self.letters(ALNUM, count)
    }

    pub(super) fn digits(&mut self, count: usize) -> String {
        self.letters("123456789", count)
    }

    fn base64(&mut self, count: usize) -> String {
        self.letters(BASE64, count)
    }

    fn base32(&mut self, count: usize) -> String {
        self.letters(BASE32, count)
    }
}

/// A token that begins with a prefix: its near miss is too short by one, or by a half where only a bound is known.
fn token(rule: &'static str, prefix: &str, body: &str, short: usize) -> Sample {
    let value = [prefix, body].concat();
    let near = value[..value.len() - short].to_owned();
    Sample { rule, name: PLAIN, secret: body.to_owned(), value, near }
}

/// A value that only its name makes a secret: its near miss is too short.
fn named(rule: &'static str, name: &'static str, value: String) -> Sample {
    let near = value[..value.len() / 2].to_owned();
    Sample { rule, name, secret: value.clone(), value, near }
}

/// A secret within a text: its near miss has a variable in its place.
fn within(rule: &'static str, secret: String, text: impl Fn(&str) -> String) -> Sample {
    Sample { rule, name: PLAIN, value: text(&secret), near: text("${VALUE}"), secret }
}

/// A sample of each rule and each of its forms, drawn anew from each seed.
pub(super) fn samples(seed: u64) -> Vec<Sample> {
    let draw = &mut Draw(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut samples = clouds(draw);
    samples.extend(code(draw));
    samples.extend(learning(draw));
    samples.extend(platforms(draw));
    samples.extend(services(draw));
    samples.extend(texts(draw));
    samples.extend(names(draw));
    samples
}

fn clouds(draw: &mut Draw) -> Vec<Sample> {
    let storage = draw.base64(86) + "==";
    let signature = draw.alnum(43) + "%3D";
    let entra = [draw.alnum(3), "8Q~".to_owned(), draw.alnum(34)].concat();
    vec![
        token("aws-access-key-id", "AKIA", &draw.base32(16), 1),
        token("aws-access-key-id", "ASIA", &draw.base32(16), 1),
        named("aws-secret-access-key", "AWS_SECRET_ACCESS_KEY", draw.base64(40)).near("short1"),
        named("aws-session-token", "AWS_SESSION_TOKEN", draw.base64(356)).near("short1"),
        token("aws-session-token", "IQoJb3JpZ2lu", &draw.base64(200), 190),
        token("aws-bedrock-api-key", "ABSK", &draw.base64(128), 60),
        token("aws-bedrock-api-key", "bedrock-api-key-", &draw.base64(200), 140),
        token("google-api-key", "AIza", &draw.alnum(35), 1),
        token("google-oauth", "GOCSPX-", &draw.alnum(28), 1),
        token("google-oauth", "ya29.", &draw.alnum(120), 90),
        within("azure-account-key", storage, |key| format!("AccountName=team;AccountKey={key};EndpointSuffix=x.net")),
        within("azure-sas", signature, |sig| format!("https://team.blob.core.windows.net/c?sv=2024-11-04&sig={sig}")),
        Sample { near: entra.replace("8Q~", "8Q-"), ..token("azure-client-secret", "", &entra, 0) },
        token("azure-devops-token", "", &[draw.alnum(76), "AZDO".to_owned(), draw.alnum(4)].concat(), 1),
        token("digitalocean-token", "dop_v1_", &draw.hex(64), 1),
    ]
}

fn code(draw: &mut Draw) -> Vec<Sample> {
    let fine = [draw.alnum(22), "_".to_owned(), draw.alnum(59)].concat();
    vec![
        token("github-token", "ghp_", &draw.alnum(36), 1),
        token("github-token", "ghs_", &draw.alnum(36), 1),
        token("github-fine-grained-token", "github_pat_", &fine, 1),
        token("gitlab-token", "glpat-", &draw.alnum(20), 1),
        token("gitlab-token", "gldt-", &draw.alnum(20), 1),
        token("bitbucket-token", "ATATT3", &draw.alnum(180), 130),
        token("bitbucket-token", "ATBB", &draw.alnum(32), 1),
        token("npm-token", "npm_", &draw.alnum(36), 1),
        token("pypi-token", "pypi-AgEIcHlwaS5vcmc", &draw.alnum(120), 100),
        token("docker-token", "dckr_pat_", &draw.alnum(27), 1),
        token("artifactory-token", "AKCp", &draw.alnum(69), 20),
        token("artifactory-token", "cmVmdGtu", &draw.alnum(56), 1),
    ]
}

fn learning(draw: &mut Draw) -> Vec<Sample> {
    let login = draw.hex(40);
    let legacy = [draw.alnum(20), "T3BlbkFJ".to_owned(), draw.alnum(20)].concat();
    let lang = [draw.hex(32), "_".to_owned(), draw.hex(10)].concat();
    let pine = [draw.alnum(5), "_".to_owned(), draw.alnum(63)].concat();
    let kaggle = draw.hex(32);
    vec![
        token("huggingface-token", "hf_", &draw.alnum(34), 1),
        token("huggingface-token", "api_org_", &draw.alnum(34), 1),
        token("anthropic-key", "sk-ant-api03-", &draw.alnum(95), 40),
        token("openrouter-key", "sk-or-v1-", &draw.hex(64), 1),
        token("openai-key", "sk-proj-", &draw.alnum(120), 90),
        token("openai-key", "sk-", &legacy, 1),
        named("wandb-key", "WANDB_API_KEY", draw.hex(40)).near("1"),
        token("wandb-key", "wandb_v1_", &draw.alnum(77), 30),
        within("wandb-key", login, |key| format!("wandb login --relogin {key}")),
        token("neptune-token", "eyJhcGlfYWRkcmVzcyI6", &draw.base64(100), 80),
        within("kaggle-key", kaggle, |key| format!(r#"kaggle: {{"username":"team","key":"{key}"}}"#)),
        token("ml-service-key", "gsk_", &draw.alnum(52), 1),
        token("ml-service-key", "r8_", &draw.alnum(37), 1),
        token("ml-service-key", "pcsk_", &pine, 20),
        token("ml-service-key", "lsv2_pt_", &lang, 1),
        token("ml-service-key", "nvapi-", &draw.alnum(64), 10),
    ]
}

fn platforms(draw: &mut Draw) -> Vec<Sample> {
    let service = [draw.alnum(32), "_".to_owned(), draw.hex(8)].concat();
    let cloud = [draw.alnum(14), ".atlasv1.".to_owned(), draw.alnum(67)].concat();
    vec![
        token("databricks-token", "dapi", &draw.hex(32), 1),
        token("databricks-token", "dose", &draw.hex(32), 1),
        named("datadog-key", "DD_API_KEY", draw.hex(32)).near("1"),
        named("datadog-key", "DATADOG_APP_KEY", draw.hex(40)).near("1"),
        token("grafana-token", "glsa_", &service, 1),
        token("newrelic-key", "NRAK-", &draw.base32(27), 1),
        token("vault-token", "hvs.", &draw.alnum(92), 75),
        token("vault-token", "", &cloud, 30),
        token("doppler-token", "dp.pt.", &draw.alnum(43), 10),
        token("age-secret-key", "AGE-SECRET-KEY-1", &draw.base32(58), 1),
    ]
}

fn services(draw: &mut Draw) -> Vec<Sample> {
    let slack = [draw.digits(11), "-".to_owned(), draw.digits(12), "-".to_owned(), draw.alnum(24)].concat();
    let telegram = [draw.digits(9), ":AA".to_owned(), draw.alnum(33)].concat();
    let send = [draw.alnum(22), ".".to_owned(), draw.alnum(43)].concat();
    let hook = draw.alnum(24);
    let mail = [draw.hex(64), "-".to_owned(), draw.alnum(16).to_ascii_lowercase()].concat();
    vec![
        token("slack-token", "xoxb-", &slack, 35),
        within("webhook-url", hook, |key| format!("https://hooks.slack.com/services/T0ABCDEF1/B0ABCDEF1/{key}")),
        token("telegram-token", "", &telegram, 1),
        token("sendgrid-key", "SG.", &send, 1),
        named("twilio-key", "TWILIO_AUTH_TOKEN", draw.hex(32)).near("1"),
        token("mail-service-key", "xkeysib-", &mail, 1),
        token("stripe-key", "sk_live_", &draw.alnum(24), 5),
        token("sentry-token", "sntryu_", &draw.hex(64), 1),
    ]
}

fn texts(draw: &mut Draw) -> Vec<Sample> {
    let body = draw.base64(64);
    let pem = |kind: &str, body: &str| format!("-----BEGIN {kind}-----\n{body}\n-----END {kind}-----\n");
    let private = "RSA PRIVATE KEY";
    let key = Sample {
        rule: "private-key",
        name: PLAIN,
        value: pem(private, &body),
        near: pem("PUBLIC KEY", &body),
        secret: body.clone(),
    };
    let escaped = Sample { value: key.value.replace('\n', "\\n"), near: key.near.replace('\n', "\\n"), ..key.clone() };
    let encoded = token("private-key", "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS", &body, 40);
    let jwt = ["eyJ".to_owned(), draw.alnum(33), ".eyJ".to_owned(), draw.alnum(60), ".".to_owned(), draw.alnum(43)];
    let password = || "hunter2".to_owned();
    vec![
        key,
        escaped,
        encoded,
        within("authorization-header", draw.alnum(32), |key| format!("curl -H 'Authorization: Bearer {key}'")),
        token("json-web-token", "", &jwt.concat(), 30),
        within("database-url-password", password(), |word| {
            format!("postgresql+psycopg2://svc:{word}@db.internal:5432/x")
        }),
        within("database-url-password", password(), |word| format!("redis://:{word}@cache.internal:6379/0")),
        within("url-password", password(), |word| format!("https://svc:{word}@nexus.internal/simple")),
        within("connection-string-password", password(), |word| format!("Driver=x;Server=db;UID=svc;PWD={word};")),
        within("command-line-password", password(), |word| format!("curl -sS -u svc:{word} https://x.internal")),
        within("command-line-password", password(), |word| format!("docker login -u svc -p {word} x.internal")),
        within("command-line-password", password(), |word| format!("mysql -h db -u svc -p{word} features")),
        within("command-line-password", password(), |word| format!("sshpass -p {word} ssh svc@x")),
        within("netrc-password", password(), |word| format!("machine x.internal login svc password {word}")),
    ]
}

fn names(draw: &mut Draw) -> Vec<Sample> {
    vec![
        named("password-named", "DB_PASSWORD", "hunter2".to_owned()),
        named("password-named", "MLFLOW_TRACKING_PASSWORD", draw.alnum(16)).near("changeme"),
        named("secret-named", "SERVICE_API_KEY", draw.hex(32)).near("my-key-for-prod"),
        named("secret-named", "hub_token", draw.alnum(24)).near("${HUB_TOKEN}"),
        named("secret-named", "client_secret", draw.alnum(40)).near("arn:aws:secretsmanager:eu-west-1:1:secret:x1"),
    ]
}

impl Sample {
    fn near(self, near: &str) -> Self {
        Self { near: near.to_owned(), ..self }
    }
}
