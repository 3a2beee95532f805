Feature: a history is complete, however long it is

  Scenario: it is split between messages where possible
    When Ana says 1500 characters
    And Ana says 1500 characters
    And Ana says 1500 characters
    And Ana says "the end"
    Then Ana receives 4 messages
    When 15 seconds pass
    Then Ana receives 2 texts of at most 4096 characters, and between them:
      """
      📬 Message History (4 messages)
      1. [09:00:00] <1500 characters>
      2. [09:00:00] <1500 characters>
      3. [09:00:00] <1500 characters>
      4. [09:00:00] the end
      ⏱️ Timer: 15 seconds
      """

  Scenario: a message that is too long for one part continues in the next
    When Ana says "first"
    And Ana says 4096 characters
    And Ana says "last"
    Then Ana receives 3 messages
    When 15 seconds pass
    Then Ana receives 2 texts of at most 4096 characters, and between them:
      """
      1. [09:00:00] first
      2. [09:00:00] <4096 characters>
      3. [09:00:00] last
      📊 Total: 3 messages
      """

  Scenario: times are in the configured time zone
    Given the time zone is "Europe/Madrid"
    And the time is 2026-07-01 22:30:00
    When Ana says "good night"
    And 15 seconds pass
    Then Ana receives a text with "1. [00:30:00] good night"

  Scenario: the order is that of arrival
    When these messages arrive in one webhook:
      | who | text  |
      | Ana | one   |
      | Ana | two   |
      | Ana | three |
    And 15 seconds pass
    Then Ana receives:
      """
      📬 Message History (3 messages)

      ⏰ You were inactive for 15 seconds. Here's what you sent:

      1. [09:00:00] one
      2. [09:00:00] two
      3. [09:00:00] three

      ✨ Session Complete!
      📊 Total: 3 messages
      ⏱️ Timer: 15 seconds
      """
