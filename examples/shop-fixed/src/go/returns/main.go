// Command returns takes tea back: it books what a customer sends back, prints the label of the parcel and has it fetched.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/go-playground/validator/v10"
)

const pickups = "https://pickup.parcels.example.com/v1/orders"

type request struct {
	Order  string `json:"order" validate:"required,len=8,alphanum"`
	Label  string `json:"label" validate:"required,max=40"`
	Reason string `json:"reason" validate:"max=200"`
}

var (
	table    *dynamodb.Client
	validate = validator.New()
	plain    = regexp.MustCompile(`^[A-Za-z0-9 ]{1,40}$`)
	parcels  = &http.Client{Timeout: 5 * time.Second}
	logger   = slog.New(slog.NewJSONHandler(os.Stdout, nil))
)

func init() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		logger.Error("no configuration", "error", err)
		os.Exit(1)
	}
	table = dynamodb.NewFromConfig(cfg)
}

func answer(code int, v any) (events.APIGatewayProxyResponse, error) {
	body, err := json.Marshal(v)
	return events.APIGatewayProxyResponse{StatusCode: code, Body: string(body)}, err
}

func handler(ctx context.Context, event events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	var r request
	if err := json.Unmarshal([]byte(event.Body), &r); err != nil {
		return answer(http.StatusBadRequest, "not understood")
	}
	if err := validate.Struct(r); err != nil {
		logger.Warn("return refused", "request", event.RequestContext.RequestID)
		return answer(http.StatusBadRequest, "not right")
	}
	if !plain.MatchString(r.Label) {
		return answer(http.StatusBadRequest, "not right")
	}
	if err := exec.CommandContext(ctx, "lp", "-d", "returns", "-t", r.Label, "/opt/label.ps").Run(); err != nil {
		logger.Error("no label", "request", event.RequestContext.RequestID, "error", err)
		return answer(http.StatusBadGateway, "no label")
	}
	_, err := table.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(os.Getenv("ORDERS_TABLE")),
		Key:                       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: r.Order}},
		UpdateExpression:          aws.String("SET returned = :yes"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":yes": &types.AttributeValueMemberBOOL{Value: true}},
	})
	if err != nil {
		logger.Error("not booked", "request", event.RequestContext.RequestID, "error", err)
		return answer(http.StatusInternalServerError, "not booked")
	}
	order, err := json.Marshal(map[string]string{"order": r.Order})
	if err != nil {
		return answer(http.StatusInternalServerError, "not booked")
	}
	res, err := parcels.Post(pickups, "application/json", bytes.NewReader(order))
	if err != nil {
		logger.Error("nobody comes", "request", event.RequestContext.RequestID, "error", err)
		return answer(http.StatusBadGateway, "nobody comes")
	}
	defer res.Body.Close()
	return answer(http.StatusAccepted, map[string]string{"order": r.Order, "reason": r.Reason})
}

func main() { lambda.Start(handler) }
