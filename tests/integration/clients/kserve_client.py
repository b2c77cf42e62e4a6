"""Calls the service with KServe's client, from .venv-clients: `kserve_client.py URL IMAGE VERSION`; IMAGE is a 7."""

import asyncio
import base64
import sys
from pathlib import Path

import httpx
import numpy as np
from kserve import InferenceRESTClient, InferInput, InferRequest, RESTConfig

URL, IMAGE = sys.argv[1], base64.b64encode(Path(sys.argv[2]).read_bytes()).decode()


async def check_v1() -> None:
    """Check the V1 protocol."""
    client = InferenceRESTClient(RESTConfig(protocol="v1"))
    assert await client.is_model_ready(URL, "digits")
    body = {"instances": [{"image": {"b64": IMAGE}}, {"image_bytes": {"b64": IMAGE}}]}
    answer = await client.infer(URL, body, model_name="digits")
    assert [prediction["digit"] for prediction in answer["predictions"]] == [7, 7]
    explained = await client.explain(URL, "digits", body)
    assert all("explanation" in prediction for prediction in explained["predictions"])
    await client.close()


async def check_v2() -> None:
    """Check the Open Inference Protocol."""
    client = InferenceRESTClient(RESTConfig(protocol="v2"))
    assert await client.is_server_live(URL)
    assert await client.is_server_ready(URL)
    assert await client.is_model_ready(URL, "digits")
    images = InferInput("images", [1], "BYTES", [IMAGE])
    answer = await client.infer(URL, InferRequest("digits", [images], request_id="a"), model_name="digits")
    assert answer.id == "a"
    assert {output.name: output.data for output in answer.outputs}["digit"] == [7]
    picture = np.zeros((1, 28, 28), np.uint8)
    picture[:, 4:24, 13:16] = 255  # a 1
    pictures = InferInput("pictures", [1, 28, 28], "UINT8")
    pictures.set_data_from_numpy(picture, binary_data=True)
    answer = await client.infer(URL, InferRequest("digits", [pictures]), model_name="digits")
    assert answer.outputs[0].data == [1]
    broken = InferInput("images", [1], "BYTES", ["?"])
    message = ""
    try:
        await client.infer(URL, InferRequest("digits", [broken]), model_name="digits")
    except httpx.HTTPStatusError as error:
        message = str(error)
    assert "Row 0: " in message
    await client.close()


asyncio.run(check_v1())
asyncio.run(check_v2())
