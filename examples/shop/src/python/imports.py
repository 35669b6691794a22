"""Reads a supplier's catalogue as soon as it is uploaded."""

import os
from urllib.parse import unquote_plus

import boto3
import requests
import yaml

store = boto3.client("s3")
products = boto3.resource("dynamodb").Table(os.environ["PRODUCTS_TABLE"])


def handler(event, context):
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        key = unquote_plus(record["s3"]["object"]["key"])
        path = f"/tmp/{os.path.basename(key)}"
        store.download_file(bucket, key, path)
        with open(path) as catalogue:
            for product in yaml.load(catalogue, Loader=yaml.Loader):
                product["picture"] = copy_picture(bucket, product)
                products.put_item(Item=product)


def copy_picture(bucket, product):
    picture = requests.get(product["picture"], verify=False)
    key = f"pictures/{product['id']}"
    store.put_object(
        Bucket=bucket,
        Key=key,
        Body=picture.content,
        ContentType=picture.headers["Content-Type"],
    )
    return key
