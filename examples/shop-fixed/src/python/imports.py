"""Reads a supplier's catalogue as soon as it is uploaded."""

import logging
import os
import re
from decimal import Decimal
from urllib.parse import unquote_plus, urlsplit

import boto3
import requests
import yaml

LARGEST_CATALOGUE = 5_000_000
LARGEST_PICTURE = 2_000_000
PRODUCT = re.compile(r"[a-z0-9-]{1,40}")
CATEGORY = re.compile(r"[a-z-]{1,30}")
PICTURES = ("image/jpeg", "image/png", "image/webp")
HOSTS = (
    "pictures.darjeeling-gardens.example",
    "uji-matcha.example",
    "cdn.nilgiri-estates.example",
)

log = logging.getLogger()
store = boto3.client("s3")
products = boto3.resource("dynamodb").Table(os.environ["PRODUCTS_TABLE"])


def handler(event, context):
    for record in event["Records"]:
        bucket = record["s3"]["bucket"]["name"]
        key = unquote_plus(record["s3"]["object"]["key"])
        entries = yaml.safe_load(read(bucket, key))
        for entry in entries if isinstance(entries, list) else []:
            try:
                products.put_item(Item=product(entry))
            except (KeyError, TypeError, ValueError) as error:
                log.warning("entry left out of %r: %s", key, type(error).__name__)


def read(bucket, key):
    catalogue = store.get_object(Bucket=bucket, Key=key)
    if catalogue["ContentLength"] > LARGEST_CATALOGUE:
        raise ValueError("the catalogue is too large")
    return catalogue["Body"].read()


def product(entry):
    name, category, price = entry["id"], entry["category"], Decimal(str(entry["price"]))
    if not PRODUCT.fullmatch(name) or not CATEGORY.fullmatch(category) or not 0 < price < 10_000:
        raise ValueError("the product has the wrong form")
    return {
        "id": name,
        "category": category,
        "price": price,
        "title": str(entry["title"])[:120],
        "visible": entry.get("visible") is True,
        "picture": copy_picture(name, entry["picture"]),
    }


def copy_picture(name, address):
    parts = urlsplit(address)
    if parts.scheme != "https" or parts.netloc not in HOSTS:
        raise ValueError("the picture is on an unknown host")
    with requests.get(
        f"https://{HOSTS[HOSTS.index(parts.netloc)]}{parts.path}",
        timeout=5,
        allow_redirects=False,
        stream=True,
    ) as picture:
        kind = picture.headers.get("Content-Type")
        content = picture.raw.read(LARGEST_PICTURE + 1, decode_content=True)
    if picture.status_code != 200 or kind not in PICTURES or len(content) > LARGEST_PICTURE:
        raise ValueError("the picture has the wrong form")
    key = f"pictures/{name}"
    store.put_object(
        Bucket=os.environ["PICTURES_BUCKET"], Key=key, Body=content, ContentType=kind
    )
    return key
