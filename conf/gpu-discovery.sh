#!/usr/bin/env bash
# Tells Spark which GPUs this machine has: spark.executor.resource.gpu.discoveryScript, and
# spark.worker.resource.gpu.discoveryScript on standalone workers.
set -euo pipefail

addresses=$(nvidia-smi --query-gpu=index --format=csv,noheader | sed 's/.*/"&"/' | paste -s -d,)
echo "{\"name\": \"gpu\", \"addresses\": [$addresses]}"
