Feature: flows without an endpoint

  Background:
    Given the business has the flow "survey":
      """
      {"version": "7.0", "screens": [
        {"id": "RATING", "title": "How was it?", "layout": {"type": "SingleColumnLayout", "children": [
          {"type": "RadioButtonsGroup", "name": "rating", "label": "Rating", "required": true, "data-source": [{"id": "1", "title": "Bad"}, {"id": "5", "title": "Good"}]},
          {"type": "Footer", "label": "Next", "on-click-action": {"name": "navigate", "next": {"type": "screen", "name": "MORE"}, "payload": {"rating": "${form.rating}"}}}
        ]}},
        {"id": "MORE", "title": "More?", "terminal": true, "data": {"rating": {"type": "string", "__example__": "5"}}, "layout": {"type": "SingleColumnLayout", "children": [
          {"type": "TextBody", "text": "`'You gave ' ${data.rating} ' of 5'`"},
          {"type": "TextArea", "name": "words", "label": "In your words"},
          {"type": "OptIn", "name": "agreed", "label": "Publish it", "required": true},
          {"type": "EmbeddedLink", "text": "Again", "on-click-action": {"name": "open_url", "url": "https://example.com"}},
          {"type": "Footer", "label": "Send", "on-click-action": {"name": "complete", "payload": {"rating": "${data.rating}", "words": "${form.words}"}}}
        ]}}
      ]}
      """
    And Ana says "hello"
    And Ana receives a text with "hello"
    When the business sends to Ana:
      """
      {"type": "interactive", "interactive": {"type": "flow", "body": {"text": "How was it?"}, "action": {"name": "flow", "parameters": {
        "flow_message_version": "3", "flow_name": "survey", "flow_cta": "Rate us", "flow_token": "t1"
      }}}}
      """
    Then WhatsApp takes it

  Scenario: somebody fills it in
    When Ana opens the flow "Rate us"
    Then Ana sees the screen "How was it?"
    And Ana sees "Good"
    And Ana cannot continue: "it is required"
    And Ana cannot enter "Great" in "Rating": "there is no option"
    When Ana picks "Good" in "Rating"
    And Ana continues
    Then Ana sees "You gave 5 of 5"
    When Ana goes back
    Then Ana sees the screen "RATING"
    When Ana continues
    And Ana presses "Again"
    And Ana enters "I liked it." in "In your words"
    And Ana ticks "Publish it"
    And Ana continues
    Then Ana sees that the flow is closed

  Scenario: somebody closes it
    When Ana opens the flow "Rate us"
    And Ana closes the flow
    Then Ana sees that the flow is closed
    And Ana cannot open the flow "Buy": "no message has it"

  Scenario: somebody of an exploration fills it in
    When Ana fills the flow "Rate us" with "apple 003" and choice 1
    And 1 second passes
    Then Ana sees that the flow is closed
