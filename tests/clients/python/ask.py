"""One question to the service by OpenAI's SDK for Python, as its documentation shows it. JSON in, JSON out."""

import json
import sys

import openai
from pydantic import BaseModel

request = json.load(sys.stdin)
ask, extra = request["ask"], request["extra"]
client = openai.OpenAI(
    base_url=ask["baseURL"],
    api_key=ask["apiKey"],
    default_headers=ask.get("headers"),
    **({} if ask.get("isPatient") else {"max_retries": 0}),
)


class Weather(BaseModel):
    city: str
    degrees: float


TOOL = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather",
        "strict": True,
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}


def body():
    content = ask["prompt"]
    if "image" in ask:
        content = [
            {"type": "text", "text": ask["prompt"]},
            {"type": "image_url", "image_url": {"url": ask["image"]}},
        ]
    fields = {"model": ask["model"], "messages": [{"role": "user", "content": content}], "extra_body": extra}
    return {**fields, "temperature": ask["temperature"]} if "temperature" in ask else fields


def text():
    return client.chat.completions.create(**body()).choices[0].message.content


def whole():
    """The object with all that the SDK's types do not know."""
    return client.chat.completions.create(**body()).model_dump()


def create_stream():
    chunks = client.chat.completions.create(**body(), stream=True, stream_options={"include_usage": True})
    return [choice.delta.content for chunk in chunks for choice in chunk.choices if choice.delta.content]


def stream():
    with client.chat.completions.stream(**body()) as events:
        return [event.delta for event in events if event.type == "content.delta" and event.delta != ""]


def tool_calls():
    completion = client.chat.completions.create(**body(), tools=[TOOL], tool_choice="required")
    return [json.loads(call.function.arguments) for call in completion.choices[0].message.tool_calls]


def streamed_tool_calls():
    with client.chat.completions.stream(**body(), tools=[TOOL], tool_choice="required") as events:
        calls = events.get_final_completion().choices[0].message.tool_calls
    return [call.function.parsed_arguments for call in calls]


def parse():
    completion = client.chat.completions.parse(**body(), response_format=Weather)
    return completion.choices[0].message.parsed.model_dump()


def response_text():
    return client.responses.create(model=ask["model"], input=ask["prompt"], extra_body=extra).output_text


def response_stream():
    with client.responses.stream(model=ask["model"], input=ask["prompt"], extra_body=extra) as events:
        return [event.delta for event in events if event.type == "response.output_text.delta"]


def response_parse():
    response = client.responses.parse(model=ask["model"], input=ask["prompt"], text_format=Weather)
    return response.output_parsed.model_dump()


OPERATIONS = [
    text,
    whole,
    create_stream,
    stream,
    tool_calls,
    streamed_tool_calls,
    parse,
    response_text,
    response_stream,
    response_parse,
]

try:
    told = {"value": {one.__name__: one for one in OPERATIONS}[request["operation"]]()}
except openai.APIError as error:
    told = {
        "error": {
            "class": type(error).__name__,
            "status": getattr(error, "status_code", None),
            "message": error.message,
            "param": error.param,
            "code": error.code,
        }
    }
print(json.dumps(told))
