"""A bot on pywa, with pywa's own handlers. Each prints a line when pywa has called it.

What pywa logs as an error is printed too: it takes a webhook that it cannot read for
handled, answers 200 and says so in its log only.
"""

import datetime
import logging
import os
import sys
import threading

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from pywa import WhatsApp, filters, types
from pywa.types import flows, templates
from pywa.utils import CallbackURLScope, Version
from werkzeug.serving import make_server

GRAPH = httpx.URL(os.environ["GRAPH_URL"])
PHOTO = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c"
    "6364f8cf500f0003860180 5a347d6a0000000049454e44ae426082".replace(" ", "")
)


class ToFake(httpx.HTTPTransport):
    """It knows Meta's host only, and takes a client of one's own."""

    def handle_request(self, request):
        if request.url.host == "graph.facebook.com":
            request.url = request.url.copy_with(scheme=GRAPH.scheme, host=GRAPH.host, port=GRAPH.port)
            request.headers["Host"] = GRAPH.netloc.decode()
        return super().handle_request(request)


class Complaints(logging.Handler):
    def emit(self, record):
        trace = record.exc_info and logging.Formatter().formatException(record.exc_info)
        print("error", record.getMessage(), (trace or "").replace("\n", " | "), flush=True)


logging.getLogger("pywa").addHandler(Complaints(logging.ERROR))
threading.excepthook = lambda args: print("error", args.exc_value, args.exc_value.__cause__, flush=True)
logging.getLogger("werkzeug").setLevel(logging.ERROR)

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)

app = Flask(__name__)
server = make_server("127.0.0.1", 0, app, threaded=True, fd=int(os.environ["WEBHOOK_FD"]))
wa = WhatsApp(
    phone_id=os.environ["PHONE_ID"],
    token=os.environ["TOKEN"],
    waba_id=os.environ["WABA_ID"],
    app_id=os.environ["APP_ID"],
    app_secret=os.environ["APP_SECRET"],
    verify_token="a word of the bot's",
    session=httpx.Client(transport=ToFake()),
    server=app,
    webhook_endpoint="/webhook",
    callback_url=os.environ["WEBHOOK_URL"],
    callback_url_scope=CallbackURLScope[os.environ["SCOPE"]],
    webhook_challenge_delay=0,
    business_private_key=KEY.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode(),
)


def say(*words):
    print(*words, flush=True)


@wa.on_message(filters.text)
def text(_, msg: types.Message):
    say("text", msg.text, "from", msg.from_user.name, msg.from_user.wa_id, msg.from_user.bsuid)
    match msg.text:
        case "buttons":
            msg.reply_text("Sure?", buttons=[types.Button("Yes ✓", "yes"), types.Button("No", "no")])
        case "list":
            rows = [types.SectionRow("Green", "green", "from Japan"), types.SectionRow("Black", "black")]
            msg.reply_text("Tea?", buttons=types.SectionList("Choose", [types.Section("Teas", rows)]))
        case "photo":
            msg.reply_image(PHOTO, caption="a dot", mime_type="image/png")
        case "template":
            body = templates.BodyText("Hello {{name}}, your table is free.", name="Ana")
            made = wa.create_template(
                templates.Template(
                    name="table",
                    category=templates.TemplateCategory.UTILITY,
                    language=templates.TemplateLanguage.ENGLISH_US,
                    parameter_format=templates.ParamFormat.NAMED,
                    components=[body],
                )
            )
            say("template", made.id != "", made.status.value)
        case "flow":
            flow_id = make_flow()
            start = types.FlowButton(
                "Rate us", flow_id=flow_id, flow_token="t7", flow_action_type=flows.FlowActionType.DATA_EXCHANGE
            )
            msg.reply_text("How was it?", buttons=start)
        case "number":
            msg.reply_contact_info_request("Your number, please?")
        case _:
            msg.mark_as_read()
            msg.react("👍")
            msg.reply_text("you said " + msg.text, quote=True)


@wa.on_message(filters.media)
def media(_, msg: types.Message):
    got = msg.media.get_bytes()
    say("media", msg.type.value, msg.media.mime_type, len(got), getattr(msg.audio, "voice", None))


@wa.on_message(filters.contacts)
def contacts(_, msg: types.Message):
    say("contacts", msg.contacts.origin.value, msg.contacts.first.phones[0].phone, "from", msg.from_user.wa_id)


@wa.on_message(filters.location | filters.reaction | filters.unsupported | filters.order)
def other(_, msg: types.Message):
    say(msg.type.value, msg.reaction.emoji if msg.reaction else "", msg.error.code if msg.error else "")


@wa.on_callback_button
def button(_, tap: types.CallbackButton):
    say("button", tap.data, tap.title, tap.type.value)


@wa.on_callback_selection
def selection(_, pick: types.CallbackSelection):
    say("selection", pick.data, pick.title, pick.description)


def make_flow():
    """Makes a flow with an endpoint, with all calls of pywa's about flows."""
    rating = flows.RadioButtonsGroup(
        name="rating", label="Rating", required=True, data_source=flows.ScreenData(
            key="ratings", example=[flows.DataSource(id="1", title="Bad")]
        ).ref,
    )
    ask = flows.Screen(
        id="ASK",
        title="How was it?",
        data=[flows.ScreenData(key="ratings", example=[flows.DataSource(id="1", title="Bad")])],
        layout=flows.Layout(
            children=[
                rating,
                flows.Footer(label="Next", on_click_action=flows.DataExchangeAction(payload={"rating": rating.ref})),
            ]
        ),
    )
    thanks = flows.ScreenData(key="thanks", example="Thank you")
    comment = flows.TextInput(name="comment", label="Comment")
    end = flows.Screen(
        id="END",
        title="More?",
        terminal=True,
        refresh_on_back=True,
        data=[thanks],
        layout=flows.Layout(
            children=[
                flows.TextBody(text=thanks.ref),
                comment,
                flows.Footer(label="Send", on_click_action=flows.DataExchangeAction(payload={"comment": comment.ref})),
            ]
        ),
    )
    public = KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    wa.set_business_public_key(public.decode())
    made = wa.create_flow(name="rating", categories=[flows.FlowCategory.SURVEY])
    wa.update_flow_metadata(made.id, name="ratings", endpoint_uri=os.environ["WEBHOOK_URL"] + "/rate")
    screens = flows.FlowJSON(
        version=Version.FLOW_JSON,
        data_api_version="3.0",
        routing_model={"ASK": ["END"], "END": []},
        screens=[ask, end],
    )
    wrong = wa.update_flow_json(made.id, screens.to_json().replace("TextBody", "TextBodies"))
    right = wa.update_flow_json(made.id, screens)
    say("flow problems", [e.error for e in wrong.validation_errors], list(right.validation_errors))
    wa.publish_flow(made.id)
    told = wa.get_flow(made.id)
    others = [f.name for f in wa.get_flows()]
    asset = wa.get_flow_assets(made.id)[0]
    say("flow made", told.name, told.status.value, told.endpoint_uri.endswith("/rate"), others, asset.name)
    draft = wa.create_flow(name="draft", categories=["OTHER"], clone_flow_id=made.id)
    say("flow draft", wa.delete_flow(draft.id).success)
    return made.id


RATINGS = [{"id": "1", "title": "Bad"}, {"id": "5", "title": "Good"}]


@wa.on_flow_request("/rate")
def rate(_, req: flows.FlowRequest):
    say("flow request", req.action.value, req.screen, req.data)


@rate.on_init
def rate_init(_, req: flows.FlowRequest):
    say("flow init", req.flow_token)
    return req.respond(screen="ASK", data={"ratings": RATINGS})


@rate.on_back(screen="END")
def rate_back(_, req: flows.FlowRequest):
    say("flow back", req.screen)
    return req.respond(screen="ASK", data={"ratings": RATINGS})


@rate.on_data_exchange(screen="ASK")
def rate_ask(_, req: flows.FlowRequest):
    say("flow ask", req.data["rating"])
    if req.data["rating"] == "1":
        return req.respond(screen="ASK", data={"ratings": RATINGS}, error_message="Really?")
    return req.respond(screen="END", data={"thanks": "Thank you."})


@rate.on_data_exchange(screen="END")
def rate_end(_, req: flows.FlowRequest):
    if req.data["comment"] == "late":
        req.token_no_longer_valid("Too late.")
    say("flow end", req.data["comment"])
    return req.respond(close_flow=True, data={"comment": req.data["comment"]})


@wa.on_flow_completion
def flow(_, done: types.FlowCompletion):
    say("flow", done.token, done.response)


@wa.on_message_status
def status(_, new: types.MessageStatus):
    say("status", new.status.value, new.from_user.wa_id, new.error.code if new.error else "")


@wa.on_template_status_update
def template(_, new: templates.TemplateStatusUpdate):
    recent = abs((datetime.datetime.now(datetime.timezone.utc) - new.timestamp).total_seconds()) < 3600
    say("template", new.template_name, new.new_status.value, new.category and new.category.value, recent)
    if new.new_status == templates.TemplateStatus.APPROVED:
        params = [templates.BodyText.params(name="Ana")]
        wa.send_template(os.environ["USER"], new.template_name, new.template_language, params)


@wa.on_phone_number_change
def changed(_, new: types.PhoneNumberChange):
    say("changed", new.old_wa_id, new.new_wa_id, new.new_user_id)


say("listening")
server.serve_forever()
sys.exit(0)
