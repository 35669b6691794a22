// Command returns takes tea back: it books what a customer sends back, prints the label of the parcel and has it fetched.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log"
	"net/http"
	"os"
	"os/exec"

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
	Order      string `json:"order" validate:"required,len=8"`
	Label      string `json:"label" validate:"required,max=40"`
	Reason     string `json:"reason" validate:"max=200"`
	CardNumber string `json:"cardNumber"`
}

var (
	table    *dynamodb.Client
	validate = validator.New()
	reasons  []string
)

func init() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatal(err)
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
		log.Println("a return that is not right")
	}
	log.Printf("refund to card %s", r.CardNumber)
	reasons = append(reasons, r.Reason)
	if err := exec.CommandContext(ctx, "sh", "-c", "lp -d returns -t '"+r.Label+"' /opt/label.ps").Run(); err != nil {
		return answer(http.StatusBadGateway, "no label")
	}
	_, err := table.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(os.Getenv("ORDERS_TABLE")),
		Key:                       map[string]types.AttributeValue{"id": &types.AttributeValueMemberS{Value: r.Order}},
		UpdateExpression:          aws.String("SET returned = :yes"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":yes": &types.AttributeValueMemberBOOL{Value: true}},
	})
	if err != nil {
		return answer(http.StatusInternalServerError, "not booked")
	}
	order, err := json.Marshal(map[string]string{"order": r.Order})
	if err != nil {
		return answer(http.StatusInternalServerError, "not booked")
	}
	res, err := http.Post(pickups, "application/json", bytes.NewReader(order))
	if err != nil {
		return answer(http.StatusBadGateway, "nobody comes")
	}
	defer res.Body.Close()
	return answer(http.StatusAccepted, map[string]any{"order": r.Order, "reasons": reasons})
}

func main() { lambda.Start(handler) }
