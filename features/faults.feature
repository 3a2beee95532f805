Feature: faults that the bot tolerates

  Scenario: two replicas hear of the same silence
    Given the bot runs on 2 replicas
    When Ana says "one"
    And Ana says "two"
    And 15 seconds pass
    Then Ana receives exactly:
      | at       | with                         |
      | 09:00:00 | Message #1 stored            |
      | 09:00:00 | Message #2 stored            |
      | 09:00:15 | Message History (2 messages) |

  Scenario: one of two replicas crashes
    Given the bot runs on 2 replicas
    When Ana says "one"
    And replica 1 crashes
    And Ana says "two"
    And 15 seconds pass
    Then Ana receives a text with "Message History (2 messages)"

  Scenario: of four replicas one crashes while many write
    Given the bot runs on 4 replicas
    When Ana says 10 things, 0.1 seconds apart
    And Ben says 10 things, 0.1 seconds apart
    And replica 3 crashes
    And Cleo says 10 things, 0.1 seconds apart
    And 40 seconds pass
    Then Ana receives a text with "Message History (10 messages)"
    And Ben receives a text with "Message History (10 messages)"
    And Cleo receives a text with "Message History (10 messages)"

  Scenario: a replica freezes while it sends a history, and thaws when another has sent it
    Given the bot runs on 2 replicas
    When Ana says "hello"
    Then Ana receives 1 message
    When 14.999 seconds pass
    And replica 1 freezes for 40 seconds
    And 2 minutes pass
    Then Ana receives 1 message

  Scenario: a replica crashes before it has stored a message
    Given the bot runs on 2 replicas
    When replica 1 crashes before Redis command 1
    And Ana says "hello"
    Then the webhook is answered 0
    And Ana receives nothing
    When the webhook is delivered again
    Then Ana receives a text with "Message #1 stored"
    When 15 seconds pass
    Then Ana receives a text with "1. [09:00:00] hello"

  Scenario: a replica crashes after it has stored a message
    Given the bot runs on 2 replicas
    When replica 1 crashes after Redis command 2
    And Ana says "hello"
    Then the webhook is answered 0
    When the webhook is delivered again
    And 15 seconds pass
    Then Ana receives exactly:
      | at       | with                        |
      | 09:00:15 | Message History (1 message) |

  Scenario: a replica crashes while it confirms
    When the bot crashes before API call 1
    And Ana says "hello"
    Then Ana receives nothing
    When the bot restarts
    And 15 seconds pass
    Then Ana receives a text with "Message History (1 message)"

  Scenario: a replica crashes after it has sent the history, and another one gets the status
    Given the bot runs on 2 replicas
    When Ana says "hello"
    Then Ana receives 1 message
    When replica 1 crashes after API call 1
    And replica 2 crashes after API call 1
    And 15 seconds pass
    Then Ana receives a text with "Message History (1 message)"
    When all faults heal
    And 5 minutes pass
    Then Ana receives nothing
    And Redis holds nothing of Ana

  Scenario: the bot crashes after it has sent the history, and its statuses are lost
    When Ana says "hello"
    Then Ana receives 1 message
    When the bot crashes after API call 1
    And 15 seconds pass
    Then Ana receives a text with "Message History (1 message)"
    When the bot restarts
    And 59 seconds pass
    Then Ana receives nothing
    When 1 second passes
    Then Ana receives a text with "Message History (1 message)"

  Scenario: a frozen replica goes on as if nothing had happened
    When Ana says "hello"
    And replica 1 freezes for 20 seconds
    And 19 seconds pass
    Then Ana receives a text with "Message #1 stored"
    When 5 seconds pass
    Then Ana receives 1 message

  Scenario: a replica is frozen until it is thawed
    When replica 1 freezes
    And Ana says "hello"
    Then the webhook is answered 0
    And Ana receives nothing
    When replica 1 thaws
    Then Ana receives a text with "Message #1 stored"

  Scenario: the bot's clock is an hour ahead
    When the clock of replica 1 jumps by 1 hour
    And Ana says "hello"
    And 14.999 seconds pass
    Then Ana receives 1 message
    When 0.001 seconds pass
    Then Ana receives a text with "1. [09:00:00] hello"

  Scenario: Redis is slow
    When Redis takes 0.5 seconds for 1 minute
    And Ana says "hello"
    And 20 seconds pass
    Then Ana receives a text with "Message History (1 message)"

  Scenario: Redis is away for a while
    When Ana says "hello"
    And Redis is unreachable for 30 seconds
    And 1 minute passes
    Then Ana receives a text with "Message History (1 message)"

  Scenario: Redis restarts, and no longer announces expired keys
    When Ana says "hello"
    And Redis restarts
    And 15 seconds pass
    Then Ana receives a text with "Message History (1 message)"

  Scenario: Redis restarts empty
    When Ana says "gone"
    And Redis restarts empty
    And 20 seconds pass
    And Ana says "hello"
    And 15 seconds pass
    Then Ana receives a text with "1. [09:00:20] hello"
    And Ana receives nothing

  Scenario: Redis fails over
    When Ana says "kept"
    And Redis fails over in 2 seconds and loses what is written until then
    And 1 second passes
    And Ana says "lost"
    Then Ana receives a text with "Message #2 stored"
    When 1 minute passes
    Then Ana receives a text with "Message History (1 message)"

  Scenario Outline: the history is on time without an expiry event, or with a late or second one
    Given the bot runs on 2 replicas
    When <fault>
    And Ana says "hello"
    And 1 minute passes
    Then Ana receives exactly:
      | at       | with                        |
      | 09:00:00 | Message #1 stored           |
      | 09:00:15 | Message History (1 message) |

    Examples:
      | fault                                   |
      | the next expiry event comes twice       |
      | the next expiry event is 7 seconds late |
      | the next expiry event is lost           |
      | expiry events are off                   |

  Scenario Outline: webhooks are late, doubled, batched or out of order
    Given the bot runs on 2 replicas
    When <fault>
    And Ana says "one"
    And Ana says "two"
    And 30 seconds pass
    Then Ana receives a text with "<history>"

    Examples:
      | fault                                     | history                      |
      | the next 2 webhooks come twice            | Message History (2 messages) |
      | the next webhook is 3 seconds late        | 2. [09:00:03] two            |
      | the next 2 messages come in reverse order | 1. [09:00:00] two            |
      | the next 2 messages come in one webhook   | Message History (2 messages) |

  Scenario: a webhook is cut off
    When the next webhook is cut off
    And Ana says "hello"
    Then the webhook is answered 0
    When the webhook is delivered again
    And 15 seconds pass
    Then Ana receives a text with "Message History (1 message)"

  Scenario: an answer of the API is lost, and nothing is sent twice
    When the API loses the next answer
    And Ana says "hello"
    And 1 minute passes
    Then Ana receives exactly:
      | at       | with                        |
      | 09:00:00 | Message #1 stored           |
      | 09:00:15 | Message History (1 message) |

  Scenario: the API never answers a confirmation
    When the API never answers the next time
    And Ana says "hello"
    And 1 minute passes
    Then Ana receives exactly:
      | at       | with                        |
      | 09:00:15 | Message History (1 message) |

  Scenario: the API is slow once
    When the API takes 3 seconds the next time
    And Ana says "hello"
    And 15 seconds pass
    Then Ana receives exactly:
      | at       | with                        |
      | 09:00:03 | Message #1 stored           |
      | 09:00:15 | Message History (1 message) |

  Scenario: all faults heal
    When the token expires
    And replica 1 freezes
    And Redis is unreachable
    And expiry events are off
    And all faults heal
    And Ana says "hello"
    And 15 seconds pass
    Then Ana receives a text with "Message History (1 message)"
