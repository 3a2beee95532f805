Feature: people edit and delete what they have written

  Scenario: an edited message is in the history with its new words, at its place
    When Ana says "one"
    And Ana says "three"
    And 5 seconds pass
    And Ana edits "one" to "two"
    Then Ana receives 2 messages
    When 15 seconds pass
    Then Ana receives:
      """
      📬 Message History (2 messages)

      ⏰ You were inactive for 15 seconds. Here's what you sent:

      1. [09:00:00] two (edited)
      2. [09:00:00] three

      ✨ Session Complete!
      📊 Total: 2 messages
      ⏱️ Timer: 15 seconds
      """

  Scenario: an edit is no silence
    When Ana says "one"
    Then Ana receives 1 message
    When 14 seconds pass
    And Ana edits "one" to "two"
    And 14.999 seconds pass
    Then Ana receives nothing
    When 0.001 seconds pass
    Then Ana receives a text with "1. [09:00:00] two (edited)"

  Scenario: a caption is edited
    When Ana sends an image captioned "my cat"
    And Ana edits "my cat" to "her cat"
    And 15 seconds pass
    Then Ana receives a text with "1. [09:00:00] [image] her cat (edited)"

  Scenario: the last of several edits counts
    When Ana says "one"
    And Ana edits "one" to "two"
    And 2 seconds pass
    And Ana edits "two" to "three"
    And 15 seconds pass
    Then Ana receives a text with "1. [09:00:00] three (edited)"

  Scenario: what is edited after its history was sent is noted in the next one
    When Ana says "one"
    And 15 seconds pass
    Then Ana receives a text with "1. [09:00:00] one"
    When Ana edits "one" to "two"
    And Ana says "more"
    And 15 seconds pass
    Then Ana receives exactly:
      | at       | with                         |
      | 09:00:15 | Message #2 stored            |
      | 09:00:30 | 1. [09:00:15] two (edited)   |
    When 1 minute passes
    Then Ana receives nothing

  Scenario: a deleted message is not in the history
    When Ana says "one"
    And Ana says "two"
    And Ana says "three"
    And Ana deletes "two"
    Then Ana receives 3 messages
    When 15 seconds pass
    Then Ana receives:
      """
      📬 Message History (2 messages)

      ⏰ You were inactive for 15 seconds. Here's what you sent:

      1. [09:00:00] one
      2. [09:00:00] three

      ✨ Session Complete!
      📊 Total: 2 messages
      ⏱️ Timer: 15 seconds
      """

  Scenario: nothing is left to be sent
    When Ana says "one"
    And Ana deletes "one"
    Then Ana receives 1 message
    When 1 minute passes
    Then Ana receives nothing
    When Ana says "two"
    And 15 seconds pass
    Then Ana receives a text with "1. [09:01:00] two"

  Scenario: what is deleted after its history was sent changes nothing
    When Ana says "one"
    And 15 seconds pass
    Then Ana receives a text with "1. [09:00:00] one"
    When Ana deletes "one"
    And 1 minute passes
    Then Ana receives nothing

  Scenario: an edited message is deleted
    When Ana says "one"
    And Ana says "two"
    And Ana edits "one" to "three"
    And Ana deletes "three"
    And 15 seconds pass
    Then Ana receives a text with "1. [09:00:00] two"

  Scenario: a redelivered edit does not undo a later one
    When Ana says "one"
    And the next 2 messages come in reverse order
    And Ana edits "one" to "two"
    And 2 seconds pass
    And Ana edits "two" to "three"
    And 15 seconds pass
    Then Ana receives a text with "1. [09:00:00] three (edited)"

  Scenario: an edit arrives before its message
    When the next 2 messages come in reverse order
    And Ana says "one"
    And 1 second passes
    And Ana edits "one" to "two"
    And 15 seconds pass
    Then Ana receives exactly:
      | at       | with                       |
      | 09:00:16 | 1. [09:00:01] two (edited) |

  Scenario: a deletion arrives before its message
    When the next 2 messages come in reverse order
    And Ana says "one"
    And Ana deletes "one"
    And 1 minute passes
    Then Ana receives nothing

  Scenario: a redelivered edit and a redelivered deletion change nothing
    When Ana says "one"
    And Ana says "two"
    And Ana edits "one" to "three"
    And the webhook is delivered again
    And Ana deletes "two"
    And the webhook is delivered again
    And 15 seconds pass
    Then Ana receives a text with "Message History (1 message)"
    When the webhook is delivered again
    And 1 minute passes
    Then Ana receives nothing

  Scenario: another replica crashes before it has stored an edit
    Given the bot runs on 2 replicas
    When Ana says "one"
    And replica 1 crashes before Redis command 1
    And replica 2 crashes before Redis command 1
    And Ana edits "one" to "two"
    Then the webhook is answered 0
    When the bot restarts
    And the webhook is delivered again
    And 15 seconds pass
    Then Ana receives a text with "1. [09:00:00] two (edited)"
