"""Takes paid orders from the queue: books them in the warehouse and prints the label."""

import io
import json
import logging
import os

import boto3
import segno

import checks

log = logging.getLogger()
warehouse = boto3.client("rds-data")
labels = boto3.client("s3")


def handler(event, context):
    failed = []
    for record in event["Records"]:
        try:
            job = checks.job(json.loads(record["body"]))
            book(job)
            store_label(job["order"], print_label(job))
            log.info("order %s is booked", job["order"])
        except Exception:
            log.exception("message %s failed", record["messageId"])
            failed.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failed}


def book(job):
    warehouse.execute_statement(
        resourceArn=os.environ["WAREHOUSE_CLUSTER"],
        secretArn=os.environ["WAREHOUSE_SECRET_ARN"],
        database="warehouse",
        sql="INSERT INTO parcels (order_id, carrier, note) VALUES (:order, :carrier, :note)",
        parameters=[{"name": name, "value": {"stringValue": job[name]}} for name in job],
    )


def print_label(job):
    picture = io.BytesIO()
    segno.make(f"{job['carrier']}:{job['order']}").save(picture, kind="png", scale=8)
    return picture.getvalue()


def store_label(order, picture):
    labels.put_object(
        Bucket=os.environ["LABELS_BUCKET"], Key=f"labels/{order}.png", Body=picture
    )
