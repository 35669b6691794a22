"""Takes paid orders from the queue: books them in the warehouse and prints the label."""

import json
import os
import subprocess

import boto3

warehouse = boto3.client("rds-data")
labels = boto3.client("s3")


def handler(event, context):
    for record in event["Records"]:
        job = json.loads(record["body"])
        book(job)
        store_label(job["order"], print_label(job))


def book(job):
    warehouse.execute_statement(
        resourceArn=os.environ["WAREHOUSE_CLUSTER"],
        secretArn=os.environ["WAREHOUSE_SECRET"],
        database="warehouse",
        sql=f"INSERT INTO parcels (order_id, carrier, note) "
        f"VALUES ('{job['order']}', '{job['carrier']}', '{job['note']}')",
    )


def print_label(job):
    picture = f"/tmp/{job['order']}.png"
    subprocess.run(
        f"/opt/bin/zint --output {picture} --data '{job['carrier']}:{job['order']}'",
        shell=True,
        check=True,
    )
    return picture


def store_label(order, picture):
    with open(picture, "rb") as image:
        labels.put_object(
            Bucket=os.environ["LABELS_BUCKET"], Key=f"labels/{order}.png", Body=image
        )
