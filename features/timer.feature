Feature: the timer fires after exactly the silence, and every message restarts it

  Scenario: not a millisecond early
    When Ana says "hello"
    Then Ana receives 1 message
    When 14.999 seconds pass
    Then Ana receives nothing
    When 0.001 seconds pass
    Then Ana receives exactly:
      | at       | with                         |
      | 09:00:15 | Message History (1 message)  |

  Scenario: each message restarts it
    When Ana says "one"
    And 14.999 seconds pass
    And Ana says "two"
    And 14.999 seconds pass
    And Ana says "three"
    Then Ana receives 3 messages
    When 14.999 seconds pass
    Then Ana receives nothing
    When 0.001 seconds pass
    Then Ana receives a text with "Message History (3 messages)"

  Scenario: a timer that was restarted does not fire for its earlier setting
    When Ana says "one"
    And 10 seconds pass
    And Ana says "two"
    Then Ana receives 2 messages
    When 5 seconds pass
    Then Ana receives nothing
    When 10 seconds pass
    Then Ana receives exactly:
      | at       | with                         |
      | 09:00:25 | Message History (2 messages) |

  @world
  Scenario: a message at the moment the timer fires begins the next session
    When Ana says "one"
    And 15 seconds pass
    And Ana says "two"
    Then Ana receives exactly:
      | at       | with                         |
      | 09:00:00 | Message #1 stored!           |
      | 09:00:15 | Message History (1 message)  |
      | 09:00:15 | Message #1 stored!           |

  Scenario: a conversation that goes on for an hour is one session
    When Ana says "still here"
    And 10 seconds pass
    And Ana says "still here"
    And 14 seconds pass
    And Ana says "still here"
    And 13 seconds pass
    And Ana says "gone"
    And 1 hour passes
    Then Ana receives a text with "4. [09:00:37] gone"

  Scenario Outline: the silence is a setting
    Given the inactivity timeout is <timeout>
    When Ana says "hello"
    Then Ana receives a text with "Timer reset to <words>"
    When <timeout> pass
    Then Ana receives a text with "You were inactive for <words>."

    Examples:
      | timeout    | words         |
      | 1 second   | 1 second      |
      | 2 seconds  | 2 seconds     |
      | 1 minute   | 60 seconds    |
      | 24 hours   | 86400 seconds |

  Scenario: the timer and the messages can be watched in Redis
    When +1234567890 says "Hello there!"
    And 4 seconds pass
    Then Redis holds "wappa:EXPTRIGGER:user_inactivity:+1234567890" in database 3 for 11 seconds
    And Redis holds "wappa:user:+1234567890" in database 0 with:
      """
      "text":"Hello there!"
      """
    When +1234567890 says "How are you?"
    Then Redis holds "wappa:EXPTRIGGER:user_inactivity:+1234567890" in database 3 for 15 seconds
    And Redis holds "wappa:user:+1234567890" in database 0 with:
      """
      "text":"Hello there!"
      "text":"How are you?"
      """

  Scenario: a user who never falls silent
    Given a session has at most 5 messages
    When Ana says 5 things, 2 seconds apart
    Then Ana receives a text with "Message History (5 messages)"
    When Ana says 2 things, 2 seconds apart
    And 15 seconds pass
    Then Ana receives a text with "Message History (2 messages)"
