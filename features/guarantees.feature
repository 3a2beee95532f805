Feature: every message is sent back once, through every fault

  Background:
    Given the time is 2026-01-05 08:59:30
    When Ben says "the bot has served somebody before"
    And 30 seconds pass

  Scenario: the bot crashes before it has answered WhatsApp
    When the bot crashes as soon as it has stored a message
    And Ana says "hello"
    Then the webhook is answered 0
    When the bot restarts
    And the webhook is delivered again
    And 1 minute passes
    Then Ana receives exactly:
      | at       | with                        |
      | 09:00:15 | Message History (1 message) |

  Scenario Outline: the bot crashes while it sends a history
    When Ana says "hello"
    Then Ana receives 1 message
    When the bot crashes as soon as it has <moment>
    And 20 seconds pass
    Then Ana receives <before>
    When the bot restarts
    And 2 minutes pass
    Then Ana receives <after>

    Examples:
      | moment                        | before    | after     |
      | claimed a history             | nothing   | 1 message |
      | begun to send a history       | nothing   | 1 message |
      | noted that a history was sent | 1 message | nothing   |
      | closed a session              | 1 message | nothing   |

  Scenario: Redis is restarted while the silence ends, and has kept its data
    When Ana says "hello"
    And 14 seconds pass
    And Redis is unreachable for 10 seconds
    And Redis restarts
    And 20 seconds pass
    Then Ana receives a text with "Message History (1 message)"

  Scenario: Redis stands still for ten seconds
    When Ana says "hello"
    And 10 seconds pass
    And Redis takes 10 seconds for 10 seconds
    And 20 seconds pass
    Then Ana receives a text with "Message History (1 message)"

  Scenario: the network drops what is sent to Redis
    When Ana says "hello"
    And 10 seconds pass
    And Redis takes 1 minute for 20 seconds
    And 30 seconds pass
    Then Ana receives a text with "Message History (1 message)"
    When 1 minute passes
    Then Ana receives nothing

  Scenario: WhatsApp accepts a history, and reports later that it cannot be delivered
    When Ana says "hello"
    Then Ana receives 1 message
    When the API takes the next message, which then fails with 131047
    And 1 hour passes
    Then Ana receives nothing
    And Redis keeps the unsent words of Ana: "hello"

  Scenario: WhatsApp accepts a history, and reports later that it was too busy
    When Ana says "hello"
    Then Ana receives 1 message
    When the API takes the next 2 messages, which then fail with 130429
    And 1 minute passes
    Then Ana receives a text with "Message History (1 message)"
    And Redis holds nothing of Ana

  Scenario: confirmations leave room for the history
    When Ana says 60 things, 0.1 seconds apart
    Then Ana receives 30 messages
    When 15 seconds pass
    Then Ana receives a text with "Message History (60 messages)"
