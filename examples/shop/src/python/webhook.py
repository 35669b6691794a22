"""Calls of the payment provider: a paid order can leave the warehouse."""

import base64
import json
import os
import traceback

import boto3

orders = boto3.resource("dynamodb").Table(os.environ["ORDERS_TABLE"])
queue = boto3.client("sqs")


def handler(event, context):
    try:
        print("webhook", json.dumps(event))
        body = event["body"]
        if event.get("isBase64Encoded"):
            body = base64.b64decode(body)
        call = json.loads(body)
        if call["type"] == "payment.succeeded":
            release(call["data"])
        return answer(200, {"received": True})
    except Exception:
        return answer(500, {"error": traceback.format_exc()})


def release(payment):
    orders.update_item(
        Key={"id": payment["order"]},
        UpdateExpression="SET paid = :p",
        ExpressionAttributeValues={":p": True},
    )
    queue.send_message(
        QueueUrl=os.environ["FULFILMENT_QUEUE"],
        MessageBody=json.dumps(
            {
                "order": payment["order"],
                "carrier": payment.get("carrier", "dhl"),
                "note": payment.get("note", ""),
            }
        ),
    )


def answer(status, body):
    return {"statusCode": status, "body": json.dumps(body)}
