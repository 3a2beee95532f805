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
