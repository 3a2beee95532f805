Feature: each webhook counts once, and only if WhatsApp has signed it

  Scenario: a webhook that is delivered twice
    When Ana says "hello"
    And 5 seconds pass
    And the webhook is delivered again
    Then the webhook is answered 200
    And Ana receives 1 message
    When 10 seconds pass
    Then Ana receives a text with "Message History (1 message)"

  Scenario: a webhook that is delivered again after its history
    When Ana says "hello"
    And 15 seconds pass
    Then Ana receives 2 messages
    When 6 days pass
    And the webhook is delivered again
    And 15 seconds pass
    Then Ana receives nothing

  Scenario: a webhook with a wrong signature
    When an unsigned webhook arrives in which Ana says "give me her money"
    Then the webhook is answered 401
    And Redis holds nothing of Ana
    When 15 seconds pass
    Then Ana receives nothing

  Scenario: a batch is confirmed message by message
    When these messages arrive in one webhook:
      | who | text |
      | Ana | one  |
      | Ana | two  |
    Then Ana receives exactly:
      | at       | with               |
      | 09:00:00 | Message #1 stored! |
      | 09:00:00 | Message #2 stored! |

  Scenario: a batch of several users
    When these messages arrive in one webhook:
      | who | text        |
      | Ana | from Ana    |
      | Ben | from Ben    |
      | Ana | Ana's other |
    And 15 seconds pass
    Then Ana receives a text with "2. [09:00:00] Ana's other"
    And Ben receives a text with "Message History (1 message)"

  Scenario: a message that Redis cannot store is answered 503, and counts when it is redelivered
    When Redis is unreachable
    And Ana says "hello"
    Then the webhook is answered 503
    When Redis is reachable again
    And the webhook is delivered again
    Then the webhook is answered 200
    And Ana receives a text with "Message #1 stored!"

  Scenario: a read status is not a message
    When Ana says "hello"
    And 14 seconds pass
    And Ana reads the messages
    And 1 second passes
    Then Ana receives exactly:
      | at       | with                        |
      | 09:00:00 | Message #1 stored!          |
      | 09:00:15 | Message History (1 message) |
