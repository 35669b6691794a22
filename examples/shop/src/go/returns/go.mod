module larkspur.example/returns

go 1.23

require (
	github.com/aws/aws-lambda-go v1.47.0
	github.com/aws/aws-sdk-go-v2 v1.30.3
	github.com/aws/aws-sdk-go-v2/config v1.27.27
	github.com/aws/aws-sdk-go-v2/service/dynamodb v1.34.4
	github.com/go-playground/validator/v10 v10.22.0
)
