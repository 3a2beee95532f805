Feature: what scenarios can say

  Scenario: quotation marks, backslashes and signs
    When Ana says "the \"big\" one"
    Then Ana receives "the \"big\" one"
    When Ana says "C:\"
    Then Ana receives "C:\"
    When Ana says "a\\"b"
    Then Ana receives a text with "\\""
    When Ana says "order \"12\""
    Then Ana receives a text that matches "^order \"\d+\"$"
    When Ana says:
      """
      the "big" one
      """
    Then Ana receives:
      """
      the "big" one
      """

  Scenario: lengths of time, dates and time zones
    Given the time is 2026-01-05 09:00
    And Ana is in "America/Mexico_City"
    And Łukasz is in "Europe/Warsaw"
    When 1 hour 30 minutes pass
    And Ana says "10:30"
    Then Ana receives exactly:
      | at       | with  |
      | 10:30:00 | 10:30 |
    When time passes until 2026-01-06 08:00
    And time passes until 08:00 for Ana
    And Ana says "eight"
    Then Ana receives exactly:
      | at       | with  |
      | 14:00:00 | eight |
    When time passes until 08:00 for Ana
    And time passes until 07:59 for Ana
    When time passes until 2026-01-09 02:00
    And time passes until 21:00 for Ana
    And Ana says "nine"
    Then Ana receives exactly:
      | at       | with |
      | 03:00:00 | nine |
    When time passes until 2026-01-10 00:00
    And time passes until 2026-07-01 08:00 for Łukasz
    And Ana says "summer"
    Then Ana receives exactly:
      | at       | with   |
      | 06:00:00 | summer |

  Scenario: many users
    When 50 users say "hello"
    Then 50 users receive "hello"
    And User51 receives nothing
    When 2 users say "again"
    Then 2 users receive a text with "gai"
    And User3 receives nothing

  Scenario: phones that are off, and blocks
    When Ana switches the phone off
    And Ana says "hello"
    Then Ana receives nothing
    When Ana switches the phone on
    Then Ana receives "hello"
    When Ana blocks the business
    And Ana says "go away"
    Then Ana receives nothing
    When Ana unblocks the business
    And Ana says "come back"
    Then Ana receives "come back"
    And the report card is clean

  Scenario: refusals in the words of Meta
    When the business sends to Ana:
      """
      {"type": "text", "text": {"body": "hi", "previewUrl": true}}
      """
    Then WhatsApp refuses it with 100
    And WhatsApp refuses it with the words "Unexpected key \"previewUrl\" on param \"text\"."
    When the business sends to Ana:
      """
      {"type": "jpeg"}
      """
    Then WhatsApp refuses it with 100
    And WhatsApp refuses it with the words "got \"jpeg\""

  Scenario: keys that the fake does not know
    Given WhatsApp takes keys that it does not know
    When Ana says "hello"
    And the business sends to Ana:
      """
      {"text": {"body": "hi", "previewUrl": true}}
      """
    Then WhatsApp takes it
    And Ana receives "hi"

  Scenario: templates
    When the business sends the template "ready" to Ana
    Then WhatsApp refuses it with 132001
    When the business creates the template "ready" with the text "Your order is ready."
    Then WhatsApp takes it
    When Meta rejects the template "ready"
    And Meta approves the template "ready"
    And the business sends the template "ready" to Ana
    Then WhatsApp takes it
    And Ana receives a message of the type "template" with "is ready"
    When Meta pauses the template "ready"
    And the business sends the template "ready" to Ana
    Then WhatsApp refuses it with 132015
    When the business creates the template "named" with the text "Order {{1}} of {{2}} is ready."
    Then WhatsApp takes it

  Scenario: whose webhook is delivered again
    When Ana says "mine"
    And Ben says "his"
    And the webhook of Ana is delivered again
    Then Ana receives 2 messages
    And Ben receives "his"

  Scenario: without a contact book the number is told for 30 days
    Given the business has no contact book
    When Ana has the username "ana.b"
    And the business writes "by number" to Ana
    And 720 hours pass
    And Ana sends a sticker
    Then WhatsApp names Ana by the number 15550000001
    When 720 hours pass
    And 1 second passes
    And Ana sends a sticker
    Then WhatsApp does not tell the number of Ana

  Scenario: a user id that changes
    When Ana sends a sticker
    And Ana gets another user id
    And the business writes "to the old one" to the user id of Ana
    Then WhatsApp takes it
    And the message to Ana fails with 131026
    When Ana sends a sticker
    And the business writes "to the new one" to the user id of Ana
    Then Ana receives "to the new one"

  Scenario: a number that is shared when the business asks for it
    When Ana has the username "ana.b"
    And Ana sends a sticker
    Then WhatsApp does not tell the number of Ana
    When the business asks Ana for their number
    And Ana shares their number
    Then WhatsApp does not tell the number of Ana
    When Ana sends a sticker
    Then WhatsApp names Ana by the number 15550000001

  Scenario: a number that is on no list, on no phone, and on another one
    Given the business may write to +15550000001 only
    When the business writes "hello" to +16505550002
    Then WhatsApp refuses it with 131030
    When Ana is on WhatsApp as "16505559999"
    And Ana sends a sticker
    Then WhatsApp names Ana by the number 16505559999
    When the business writes "hello" to Ana
    Then WhatsApp answers with the wa_id 16505559999
    When Ana is not on WhatsApp
    And the business writes "hello" to Ana
    Then the message to Ana fails with 131026
