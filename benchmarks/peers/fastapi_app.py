"""FastAPI on uvicorn. It recognizes in the event loop: threads would only compete for the CPU."""

from fastapi import FastAPI, Request, Response

from benchmarks.peers import core
from handler.errors import ClientError
from handler.payload import JSON_TYPE, parse
from handler.preprocessing import NumberImage

app = FastAPI()
recognizer = core.load()


@app.post("/predictions/digits")
async def recognize(request: Request) -> Response:
    """Recognize one image."""
    return _respond(await request.body(), request, batched=False)


@app.post("/v1/models/digits:predict")
async def recognize_batch(request: Request) -> Response:
    """Recognize a batch."""
    return _respond(await request.body(), request, batched=True)


def _respond(body: bytes, request: Request, *, batched: bool) -> Response:
    try:
        content_type = request.headers.get("Content-Type")
        payload = parse({"body": body}, content_type=content_type, batched=batched)
    except ClientError as error:
        return Response(core.to_json(error.to_dict()), error.code, media_type=JSON_TYPE)
    images = [image.data if isinstance(image, NumberImage) else image for image in payload.images]  # digits only
    answers = core.plain(recognizer.recognize([images])[0])
    status = 200 if batched else answers[0].get("code", 200)
    return Response(core.to_json({"predictions": answers} if batched else answers[0]), status, media_type=JSON_TYPE)
