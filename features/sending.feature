Feature: no message is lost when the API is slow or refuses

  Scenario: a message that arrives while the history is being sent
    When Ana says "first session"
    Then Ana receives 1 message
    When the API takes 5 seconds
    And 17 seconds pass
    And Ana says "second session"
    And 1 minute passes
    Then Ana receives exactly:
      | at       | with                               |
      | 09:00:20 | 1. [09:00:00] first session        |
      | 09:00:25 | Message #1 stored!                 |
      | 09:00:37 | 1. [09:00:17] second session       |

  Scenario: the answer to WhatsApp does not wait for the confirmation
    Given the API takes 5 seconds
    When Ana says "hello"
    Then the webhook is answered 200
    And Ana receives nothing
    When 5 seconds pass
    Then Ana receives a text with "Message #1 stored!"

  Scenario: confirmations and history come in order, however slow the API is
    Given the API takes 9 seconds
    When Ana says "one"
    And Ana says "two"
    And 1 minute passes
    Then Ana receives exactly:
      | at       | with                         |
      | 09:00:09 | Message #1 stored!           |
      | 09:00:18 | Message #2 stored!           |
      | 09:00:27 | Message History (2 messages) |

  Scenario Outline: what can succeed later is retried
    When Ana says "hello"
    Then Ana receives 1 message
    When the API answers <code> the next 2 times
    And 16 seconds pass
    Then Ana receives nothing
    When 8 seconds pass
    Then Ana receives a text with "Message History (1 message)"
    And the bot calls the API 4 times

    Examples:
      | code   |
      | 429    |
      | 130429 |
      | 131056 |
      | 131016 |
      | 2      |

  Scenario: what cannot succeed is parked, and not retried
    When Ana says "hello"
    Then the bot calls the API 1 time
    When the API answers 190
    And 1 hour passes
    Then the bot calls the API 1 time
    And Redis keeps the unsent words of Ana: "hello"

  Scenario: a call without an answer is not treated as refused
    When Ana says "hello"
    Then Ana receives 1 message
    When the API takes 20 seconds
    And 1 hour passes
    Then Ana receives 1 message
    And Redis holds nothing of Ana
