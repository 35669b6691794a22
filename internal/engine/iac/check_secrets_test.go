package iac

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"wardlet.example/internal/model"
)

func TestSecretIn(t *testing.T) {
	key := "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA7x\n-----END RSA PRIVATE KEY-----"
	for _, c := range []struct{ name, value, want string }{
		// the name says secret
		{"DB_PASSWORD", "Winter2024!", "Winter2024!"},
		{"PASSWORD", "password", "password"},
		{"DbPass", "kd82hFq1", "kd82hFq1"},
		{"ROOT_PWD", "toor1", "toor1"},
		{"DB_PASSWORD", "abc123", "abc123"}, {"PASS", "Tr0ub4dor&3", "Tr0ub4dor&3"}, {"PWD", "Tr0ub4dor&3", "Tr0ub4dor&3"},
		{"SMTP_PW", "kd82hFq1", "kd82hFq1"}, {"PASS", "xxxxxx", ""}, {"PASS", "changeme", ""}, {"DB_PASSWORD", "<abc123>", ""},
		{"PWD", "/var/task", ""}, {"PASS", "true", ""}, {"PASS_RATE", "kd82hFq1", ""}, {"JWT_SECRET", "secret", "secret"},
		{"JWT_SECRET", "my-super-secret", "my-super-secret"},
		{"NEXTAUTH_SECRET", "abcdefgh", "abcdefgh"},
		{"API_KEY", "0b7aa94e528f3c1d", "0b7aa94e528f3c1d"},
		{"apiKey", "0b7aa94e528f3c1d", "0b7aa94e528f3c1d"},
		{"StripeAPIKey", "0b7aa94e528f3c1d", "0b7aa94e528f3c1d"},
		{"SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzz", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYzzzz"},
		{"SLACK_TOKEN", "8f3c1d0b7aa94e52", "8f3c1d0b7aa94e52"},
		{"DB_SECRET", "8f3c1d0b7aa94e52", "8f3c1d0b7aa94e52"},
		// the value has the shape of a credential
		{"REGION", "AKIA2E0A8F3B244C9986", "AKIA2E0A8F3B244C9986"},
		{"PEM", key, strings.TrimSpace(key)},
		{"GH", "ghp_" + strings.Repeat("a1B2", 9), "ghp_" + strings.Repeat("a1B2", 9)},
		{"HOOK", "xoxb-123456789012-abcdef", "xoxb-123456789012-abcdef"},
		{"HOOK", "https://hooks.slack.com/services/T0ABCDEF1/B0ABCDEF1/abcdefghijklmnop", "T0ABCDEF1/B0ABCDEF1/abcdefghijklmnop"},
		{"HOOK", "https://hooks.slack.com/services/T024BE7LD/B012AB3CD/Zx81kQmNw9", "T024BE7LD/B012AB3CD/Zx81kQmNw9"},
		{"HOOK", "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX", ""},
		{"HOOK", "https://hooks.slack.com/services/T.../B.../...", ""},
		{"HOOK", "https://hooks.slack.com/workflows/T024BE7LD/A012AB3CD/348219/Zx81kQmNw9", "T024BE7LD/A012AB3CD/348219/Zx81kQmNw9"},
		{"HOOK", "https://discord.com/api/webhooks/1098765432109876543/Zx81kQmNw9_Zx81kQmNw9-Zx81kQmNw9", "1098765432109876543/Zx81kQmNw9_Zx81kQmNw9-Zx81kQmNw9"},
		{"HOOK", "https://discord.com/api/webhooks/<id>/<token>", ""},
		{"BOT", "https://api.telegram.org/bot123456789:AAF0aBcDeFgHiJkLmNoPqRsTuVwXyZ01234/sendMessage", "123456789:AAF0aBcDeFgHiJkLmNoPqRsTuVwXyZ01234"},
		{"PAY", "sk_live_9aBcDeFgHiJk", "sk_live_9aBcDeFgHiJk"},
		{"MONGO", "mongodb+srv://shop:kd82hFq1@cluster0.abcde.mongodb.net/shop", "kd82hFq1"},
		{"REDIS", "redis://:kd82hFq1@cache:6379", "kd82hFq1"},
		{"SQL", "Server=db;User=sa;Password=kd82hFq1;", "kd82hFq1"},
		// the name is about a secret
		{"TOKEN_EXPIRY", "1 hour", ""}, {"PASSWORD_MIN_LENGTH", "twelve", ""}, {"SECRET_NAME", "8f3c1d0b7aa94e52", ""},
		{"SecretArn", "8f3c1d0b7aa94e52", ""}, {"API_KEY_ID", "8f3c1d0b7aa94e52", ""}, {"TokensTable", "tokens4u", ""},
		{"PUBLIC_KEY", "8f3c1d0b7aa94e52", ""}, {"NEXT_PUBLIC_API_KEY", "8f3c1d0b7aa94e52", ""}, {"MAX_TOKENS", "many9", ""},
		{"TOKEN_ADDRESS", "0x8f3c1d0b7aa94e52", ""}, {"PASSWORD_RESET_URL", "8f3c1d0b", ""}, {"KEY", "8f3c1d0b7aa94e52", ""},
		{"REQUIRE_PASSWORD", "always1", ""}, {"SORT_KEY", "8f3c1d0b7aa94e52", ""}, {"BYPASS", "8f3c1d0b7aa94e52", ""},
		{"COMPASS", "8f3c1d0b", ""}, {"STAGE", "8f3c1d0b", ""},
		// the value is no secret
		{"PASSWORD", "", ""}, {"PASSWORD", "changeme", ""}, {"PASSWORD", "CHANGE_ME", ""}, {"PASSWORD", "xxxxxxxx", ""},
		{"API_KEY", "your-api-key-here", ""}, {"API_KEY", "YOUR_API_KEY", ""}, {"API_KEY", "<api key>", ""}, {"API_KEY", "abc123", ""},
		{"API_KEY", "api-key", ""}, {"API_KEY", "REPLACE-WITH-YOUR-KEY-HERE", ""}, {"API_KEY", "AIzaXXXX", ""}, {"API_KEY", "sk-...", ""},
		{"TOKEN", "********", ""}, {"TOKEN", "true", ""}, {"TOKEN", "3600", ""}, {"TOKEN", "15m", ""}, {"TOKEN", "bearer", ""},
		{"TOKEN", "https://login.example.com/token", ""}, {"TOKEN", "arn:aws:ssm:eu-west-1:111122223333:parameter/t", ""},
		{"TOKEN", "/shop/prod/slack-token", ""}, {"DB_PASSWORD", "shop/prod/db-password", ""}, {"PASSWORD", "${env:PASSWORD}", ""},
		{"PASSWORD", "{{ password }}", ""}, {"SECRET_KEY", "alias/orders", ""}, {"TOKEN", "ops@example.com", ""},
		{"DB_SECRET", "orders-db-credentials", ""}, {"CREDENTIALS", "OrdersDatabase", ""}, {"SECRET", "prod_db_1", ""},
		{"KEY_ID", "AKIAIOSFODNN7EXAMPLE", ""}, {"URL", "postgres://db.example.com/shop", ""}, {"URL", "postgres://user:password-here@db/shop", ""},
		{"URL", "https://example.com:443/a@b", ""},
	} {
		if got := secretIn(c.name, model.NewString(c.value, model.Origin{})); got != c.want {
			t.Errorf("%s: %s: got %q, want %q", c.name, c.value, got, c.want)
		}
	}
}

func TestSecretInTextThatIsKnownInParts(t *testing.T) {
	open := model.NewPresent("resolved at deployment", model.Origin{})
	known := func(s string) *model.Value { return model.NewString(s, model.Origin{}) }
	filled := model.NewText([]*model.Value{known("postgres://shop:"), open, known("@db.example.com/shop")}, model.Origin{})
	if got := secretIn("DB_URL", filled); got != "" {
		t.Errorf("password filled in at deployment: got %q", got)
	}
	literal := model.NewText([]*model.Value{known("postgres://shop:kd82hFq1@db."), open}, model.Origin{})
	if got := secretIn("DB_URL", literal); got != "kd82hFq1" {
		t.Errorf("password beside an open host: got %q", got)
	}
}

func TestNameStrength(t *testing.T) {
	for name, want := range map[string]strength{
		"DBPassword": strong, "db-password": strong, "GitHubToken": strong, "OAuthToken": strong, "MasterUserPassword": strong,
		"SSHPrivateKey": strong, "ClientSecret": strong, "HMAC_SIGNING_KEY": strong, "dbpassword": strong,
		"DbSecret": weak, "APP_CREDENTIALS": weak, "Secret": weak,
		"TokenExpiry": none, "SecretName": none, "SecretArn": none, "PasswordMinLength": none, "KeyId": none, "TableKey": none,
		"TokenEndpointAuthMethod": none, "TOKEN_URL_PASSWORD": strong, "KmsKey": none, "KeyPairName": none, "EnablePasswordPolicy": none, "UseSecret": none, "PublicKey": none, "": none,
	} {
		if got := nameStrength(name); got != want {
			t.Errorf("%s: got %d, want %d", name, got, want)
		}
	}
}

func TestSecretInEnvironment(t *testing.T) {
	got := ask(t, "secret-in-environment", "function", stages+`
Mappings:
  Keys: {dev: {Key: 0b7aa94e528f3c1d}, prod: {Key: ""}}
Resources:
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs22.x
      Environment:
        Variables:
          A_TOKEN: 8f3c1d0b7aa94e52
          B_TOKEN: !Ref Free
          C_TOKEN: !If [IsProd, "{{resolve:ssm-secure:/t:1}}", 8f3c1d0b7aa94e52]
          D_TOKEN: !FindInMap [Keys, !Ref Stage, Key]
`)
	want := []string{
		"Fn Environment.Variables.A_TOKEN A_TOKEN",
		"Fn Environment.Variables.C_TOKEN C_TOKEN Stage=dev",
		"Fn Environment.Variables.D_TOKEN D_TOKEN Stage=dev",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestSecretsAreHandedToTheReports(t *testing.T) {
	p := read(t, `Resources: {Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs22.x, Environment: {Variables: {
  KEY: "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\n-----END PRIVATE KEY-----"}}}}}`)
	answer := secretInEnvironment(subjects(p, "function")[0])
	if len(answer.Hits) != 1 || !strings.Contains(strings.Join(answer.Hits[0].Secrets[1:], " "), "MIIEvQIBADANBgkq") {
		t.Errorf("got %+v", answer)
	}
}

func TestSecretParameters(t *testing.T) {
	const template = `
Parameters:
  DbPassword: {Type: String}
  Hidden: {Type: String, NoEcho: true}
  HiddenPassword: {Type: String, NoEcho: "true"}
  WeakSecret: {Type: String}
  LiteralSecret: {Type: String, Default: 8f3c1d0b7aa94e52}
  HiddenToken: {Type: String, NoEcho: true, Default: 8f3c1d0b7aa94e52}
  PathToken: {Type: String, Default: /shop/token}
  EmptyToken: {Type: String, Default: ""}
  StandInToken: {Type: String, Default: changeme}
  SsmToken: {Type: "AWS::SSM::Parameter::Value<String>", Default: slack9token}
  ChoiceToken: {Type: String, AllowedValues: [jwt, opaque1]}
  TokenCount: {Type: Number, Default: 3}
  Database: {Type: String, Default: "mysql://root:kd82hFq1@db/shop"}
Resources:
  Topic: {Type: AWS::SNS::Topic}
`
	for check, want := range map[string][]string{
		"secret-parameter-without-noecho": {"DbPassword", "LiteralSecret", "EmptyToken", "StandInToken", "Database"},
		"secret-parameter-with-default":   {"LiteralSecret Default", "HiddenToken Default", "Database Default"},
	} {
		if diff := cmp.Diff(want, ask(t, check, "parameter", template)); diff != "" {
			t.Errorf("%s -want +got:\n%s", check, diff)
		}
	}
}
