Feature: conversations outlive the bot

  Scenario: the bot restarts between messages
    When Ana says "before"
    And the bot restarts
    And Ana says "after"
    Then Ana receives a text with "Message #2 stored!"
    When 15 seconds pass
    Then Ana receives a text with "Message History (2 messages)"

  Scenario: the bot restarts during the silence
    When Ana says "hello"
    Then Ana receives 1 message
    When 10 seconds pass
    And the bot restarts
    And 5 seconds pass
    Then Ana receives exactly:
      | at       | with                        |
      | 09:00:15 | Message History (1 message) |

  Scenario: the silence ends while the bot is down
    When Ana says "hello"
    Then Ana receives 1 message
    When the bot crashes
    And 1 minute passes
    Then Ana receives nothing
    When the bot restarts
    Then Ana receives exactly:
      | at       | with                        |
      | 09:01:00 | Message History (1 message) |

  Scenario: a message while the bot is down is delivered later
    When the bot crashes
    And Ana says "anyone there?"
    Then the webhook is answered 503
    When the bot restarts
    And the webhook is delivered again
    Then Ana receives a text with "Message #1 stored!"

  Scenario: the silence ends while Redis is unreachable
    When Ana says "hello"
    Then Ana receives 1 message
    When Redis is unreachable
    And 20 seconds pass
    Then Ana receives nothing
    When Redis is reachable again
    And 10 seconds pass
    Then Ana receives a text with "Message History (1 message)"

  Scenario: of two replicas one sends the history
    Given the bot runs on 2 replicas
    When Ana says "one"
    And Ana says "two"
    Then Ana receives 2 messages
    When 15 seconds pass
    Then Ana receives exactly:
      | at       | with                         |
      | 09:00:15 | Message History (2 messages) |
