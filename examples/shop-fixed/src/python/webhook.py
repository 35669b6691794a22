"""Calls of the payment provider: a paid order can leave the warehouse."""

import hashlib
import hmac
import json
import logging
import os
import time

import boto3
from botocore.exceptions import ClientError

import checks
import secret

LONGEST = 16 * 1024
TOLERANCE = 300

log = logging.getLogger()
orders = boto3.resource("dynamodb").Table(os.environ["ORDERS_TABLE"])
queue = boto3.client("sqs")


def handler(event, context):
    try:
        body = event["body"] or ""
        if len(body) > LONGEST or not signed(event["headers"], body):
            log.warning("webhook refused from %s", event["requestContext"]["identity"]["sourceIp"])
            return answer(401, {"message": "not signed"})
        call = json.loads(body)
        if isinstance(call, dict) and call.get("type") == "payment.succeeded":
            release(checks.job(call.get("data")))
        return answer(200, {"received": True})
    except (checks.Refused, ValueError):
        log.warning("webhook with a body of the wrong form")
        return answer(400, {"message": "the body has the wrong form"})
    except Exception:
        log.exception("webhook failed")
        return answer(500, {"message": "something went wrong"})


def signed(headers, body):
    sent = headers.get("x-payfriend-time", "")
    if not sent.isdecimal() or abs(time.time() - int(sent)) > TOLERANCE:
        return False
    key = secret.read(os.environ["WEBHOOK_SECRET_ID"]).encode()
    expected = hmac.new(key, f"{sent}.{body}".encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, headers.get("x-payfriend-signature", ""))


def release(job):
    try:
        orders.update_item(
            Key={"id": job["order"]},
            UpdateExpression="SET paid = :p",
            ConditionExpression="attribute_exists(id) AND attribute_not_exists(paid)",
            ExpressionAttributeValues={":p": True},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
        log.info("order %s is unknown or already paid", job["order"])
        return
    queue.send_message(QueueUrl=os.environ["FULFILMENT_QUEUE"], MessageBody=json.dumps(job))
    log.info("order %s is paid", job["order"])


def answer(status, body):
    return {"statusCode": status, "body": json.dumps(body)}
