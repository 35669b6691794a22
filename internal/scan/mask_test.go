package scan

import "testing"

// Whatever a name calls a secret is masked in the lines that are shown; what only points to a secret stays readable.
func TestMaskAssigned(t *testing.T) {
	tests := []struct{ line, want string }{
		{`DB_PASSWORD: Sup3rS3cretValue9`, `DB_PASSWORD: Sup********`},
		{`DB_PASSWORD: abc1`, `DB_PASSWORD: ********`},
		{`  apiKey: "Zz8vLr93pKx2qqq" # comment`, `  apiKey: "Zz8********" # ********`},
		{`{JWT_SECRET: !Join ["", [Zq8vLr93pKx1, x]], TABLE: orders}`, `{JWT_SECRET: !Join ["", [Zq8********, x]], TABLE: orders}`},
		{`AUTH_TOKEN: ["S3cr", "etD4"].join("-")`, `AUTH_TOKEN: ["********", "********"]********("-")`},
		{`PASSWORD: process.env.X ?? "S3cretF6", NAME: "shop"`, `PASSWORD: process.env.X ?? "********", NAME: "shop"`},
		{`url: http://user:S3CR3TepL12x@partner.example.org/x`, `url: http://user:********@partner.example.org/x`},
		{`DB_PASSWORD: !Ref DbPassword`, `DB_PASSWORD: !Ref DbPassword`},
		{`DB_PASSWORD: ${ssm:/db/password}`, `DB_PASSWORD: ${ssm:/db/password}`},
		{`DB_PASSWORD: '{{resolve:secretsmanager:db}}'`, `DB_PASSWORD: '{{resolve:secretsmanager:db}}'`},
		{`SECRET_ARN: arn:aws:secretsmanager:eu-west-1:1:secret:x`, `SECRET_ARN: arn:aws:secretsmanager:eu-west-1:1:secret:x`},
		{`NoEcho: true`, `NoEcho: true`},
		{`Runtime: nodejs22.x`, `Runtime: nodejs22.x`},
		{`Principal: "*"`, `Principal: "*"`},
	}
	for _, test := range tests {
		if got := maskAssigned(test.line); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.line, got, test.want)
		}
	}
}

// In a program calls stay as they are no secrets: what is written out, what a comment says, and bare words alone are masked all the same.
func TestMaskInCode(t *testing.T) {
	tests := []struct{ line, want string }{
		{`  const decodedToken = jwt.decode(token);`, `  const decodedToken = jwt.decode(token);`},
		{`token = os.environ["API_TOKEN"]`, `token = os.environ["********"]`},
		{`const apiKey = "Zz8vLr93pKx2qqq";`, `const apiKey = "Zz8********";`},
		{"password := `Sup3rS3cretValue9`", "password := `Sup********`"},
		{`const token = sign(id, 'Sup3rS3cretValue9')`, `const token = sign(id, 'Sup********')`},
		{`password: Sup3rS3cretValue9`, `password: Sup********`},
		{`login(user) // password: hunter2hunter2`, `login(user) // password: hun********`},
		{`# DB_PASSWORD: Sup3rS3cretValue9`, `# DB_PASSWORD: Sup********`},
	}
	for _, test := range tests {
		if got := maskInCode(test.line); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.line, got, test.want)
		}
	}
}
