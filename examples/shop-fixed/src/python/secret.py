"""Secrets, read at run time and kept for five minutes, so that a rotated one is picked up."""

import time

import boto3

MINUTES = 5 * 60

client = boto3.client("secretsmanager")
kept = {}


def read(secret_id):
    value, until = kept.get(secret_id, (None, 0))
    if until < time.monotonic():
        value = client.get_secret_value(SecretId=secret_id)["SecretString"]
        kept[secret_id] = (value, time.monotonic() + MINUTES)
    return value
